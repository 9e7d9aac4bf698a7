"""The contact of an accounts file becomes its first person, invited by mail with a one-time address."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.test import Client

from accounts.models import Membership, Person
from accounts.sign_in import password_address
from accounts.signals import invited
from examinations.loading.load import load_path
from notifications import sending
from notifications.invitations import nobody_invited
from notifications.models import Delivery, Message
from tests.mail_servers import Post, text_of
from tests.named_people import PASSWORD, World, make_account, make_person

pytestmark = pytest.mark.django_db
HEADER = "Account Name,Account Type,Identifier,Contact Email\n"
ADDRESS = re.compile(r"http://127\.0\.0\.1:8000(/sign-in/forgotten/[0-9a-f]{32}-\S+/)")
NEW = "another-long-password-7"


@pytest.fixture
def load(tmp_path: Path, django_capture_on_commit_callbacks: Any) -> Any:
    def of(*rows: str) -> None:
        file = tmp_path / "accounts.csv"
        file.write_text(HEADER + "\n".join(rows) + "\n")
        with django_capture_on_commit_callbacks(execute=True):
            assert load_path("accounts", file).rejected == 0

    return of


def test_the_contact_sets_a_password_at_the_address_in_the_mail_once(load: Any, post: Post) -> None:
    load("Novel Goods,IMPORTER,96-222222200,First.Person@novel.example")
    person = Person.objects.get(email="first.person@novel.example")
    assert person.memberships.get().administrator
    assert sending.send_all() == 1
    mail = post.of(person.email)[0]
    assert mail["Subject"] == "Your access for Novel Goods"
    found = ADDRESS.search(text_of(mail))
    assert found
    assert found[0] in text_of(mail, "html")
    client = Client()
    looked = [client.get(found[1]) for _ in range(2)]  # a mail scanner follows every link
    assert {answer.status_code for answer in looked} == {302}
    form = looked[0]["Location"]
    assert found[1] not in form
    assert "twelve characters" in client.get(form).content.decode()
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert "too old" in Client().get(found[1]).content.decode()
    answer = Client().post("/sign-in/", {"login": person.email, "password": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_the_first_page_after_the_invitation_stands(load: Any, post: Post) -> None:
    load("Novel Goods,IMPORTER,96-222222200,first@novel.example")
    client = Client()
    client.force_login(
        Person.objects.get(email="first@novel.example"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.get("/").status_code == 200
    assert "No notice" in client.get("/notices/").content.decode()


def test_the_secret_stands_in_no_row_and_no_log(load: Any, post: Post, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        load("Novel Goods,IMPORTER,96-222222200,first@novel.example")
        sending.send_all()
    found = ADDRESS.search(text_of(post.mails[0]))
    assert found
    key = found[1].rstrip("/").split("-", 2)[2]
    rows = serializers.serialize("json", [*Message.objects.all(), *Delivery.objects.all()])
    assert key not in rows
    assert "forgotten/" not in rows
    assert key not in "".join(record.getMessage() for record in caplog.records if record.name != "mail.log")


def test_the_invitation_is_there_as_soon_as_the_member_is(tmp_path: Path) -> None:
    """Nothing waits for the commit: a process that dies at its end leaves nobody uninvited."""
    file = tmp_path / "accounts.csv"
    file.write_text(HEADER + "Novel Goods,IMPORTER,96-222222200,first@novel.example\n")
    load_path("accounts", file, dry_run=True)
    assert not Delivery.objects.exists()
    load_path("accounts", file)
    assert Delivery.objects.get().person.email == "first@novel.example"


def test_the_same_file_again_invites_nobody_again(load: Any, post: Post) -> None:
    for _ in range(2):
        load("Novel Goods,IMPORTER,96-222222200,first@novel.example")
    assert sending.send_all() == 1


def test_who_has_a_password_is_told_to_sign_in(load: Any, post: Post) -> None:
    person = make_person("Known Person")
    load(f"Novel Goods,IMPORTER,96-222222200,{person.email}")
    sending.send_all()
    text = text_of(post.of(person.email)[0])
    assert "http://127.0.0.1:8000/sign-in/\n" in text
    assert not ADDRESS.search(text)


def test_a_contact_who_left_before_the_mail_went_out_gets_none(load: Any, post: Post) -> None:
    load("Novel Goods,IMPORTER,96-222222200,first@novel.example")
    Membership.objects.update(ended_at="2026-11-01T00:00Z")
    assert sending.send_all() == 0
    assert post.mails == []


def test_a_name_with_line_breaks_makes_no_second_header(post: Post) -> None:
    account = make_account("Novel\r\nBcc: victim@else.example", "importer", "96-222222200")
    member = Membership.objects.create(account=account, person=make_person("First"))
    invited.send(sender=Membership, membership=member)
    sending.send_all()
    assert post.mails[0]["Bcc"] is None
    assert list(post.tries) == ["first@people.example"]


def test_the_demonstration_invites_none_of_its_invented_contacts(load: Any, post: Post) -> None:
    with nobody_invited():
        load("Novel Goods,IMPORTER,96-222222200,first@novel.example")
    assert Person.objects.filter(email="first@novel.example").exists()
    assert not Message.objects.exists()
    load("Other Goods,IMPORTER,96-333333300,other@novel.example")
    assert Message.objects.count() == 1


def test_the_sign_in_page_sends_a_new_address_to_who_has_no_password_yet(world: World, post: Post) -> None:
    person = Person.objects.create_user("late@people.example", name="Late Person")
    Client().post("/sign-in/forgotten/", {"email": person.email})
    found = re.search(r"http://\S+(/sign-in/forgotten/\S+/)", text_of(post.of(person.email)[0]))
    assert found
    assert Client().get(found[1]).status_code == 302


def test_a_password_address_dies_with_a_sign_in(world: World) -> None:
    address = password_address(world.robin).removeprefix("http://127.0.0.1:8000")
    assert Client().get(address).status_code == 302
    Client().post("/sign-in/", {"login": world.robin.email, "password": PASSWORD})
    assert "too old" in Client().get(address).content.decode()
