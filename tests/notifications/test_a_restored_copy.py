"""A restored copy of production must never mail anyone."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from notifications import home, sending
from notifications.models import MailHome
from tests.mail_servers import Post
from tests.named_people import World
from tests.notifications.messages import make_message, make_people, states

pytestmark = pytest.mark.django_db


def another(**fields: str) -> None:
    """As if the database's mail had always left from somewhere else."""
    here = home.here()
    MailHome.objects.update_or_create(id=1, defaults={"address": here.address, "database": here.database} | fields)


def test_the_first_sender_writes_down_where_it_is(post: Post) -> None:
    make_message(make_people(1))
    assert sending.send_all() == 1
    assert home.known() == home.here()


@pytest.mark.parametrize(
    "elsewhere",
    [{"address": "portal.customs.example"}, {"database": "7000000000000000001/16384"}],
    ids=["under another address", "in another database"],
)
def test_a_copy_sends_nothing_and_says_what_to_do(post: Post, elsewhere: dict[str, str]) -> None:
    another(**elsewhere)
    message = make_message(make_people(2))
    with pytest.raises(CommandError, match="mail_from_here"):
        call_command("send_notices")
    assert post.mails == []
    assert states(message) == {"queued": 2}


def test_after_a_move_a_person_says_that_mail_leaves_from_here(post: Post) -> None:
    another(address="portal.customs.example")
    make_message(make_people(1))
    call_command("mail_from_here", stdout=StringIO())
    assert sending.send_all() == 1


def test_the_mails_of_signing_in_do_not_leave_a_copy_either(world: World, post: Post, client: Client) -> None:
    another(address="portal.customs.example")
    answer = client.post("/sign-in/forgotten/", {"email": world.robin.email})
    assert answer.status_code == 302
    assert post.mails == []


def test_they_do_leave_from_home(world: World, post: Post, client: Client) -> None:
    client.post("/sign-in/forgotten/", {"email": world.robin.email})
    assert post.to == [world.robin.email]
    another()
    client.post("/sign-in/forgotten/", {"email": world.lee.email})
    assert post.to == [world.lee.email, world.robin.email]


def test_a_portal_for_this_machine_alone_is_the_same_on_every_port(settings: object) -> None:
    settings.PORTAL_ADDRESS = "http://127.0.0.1:8000"  # type: ignore[attr-defined]
    first = home.here()
    settings.PORTAL_ADDRESS = "http://localhost:8123"  # type: ignore[attr-defined]
    assert home.here() == first
    settings.PORTAL_ADDRESS = "https://Portal.Customs.example"  # type: ignore[attr-defined]
    assert home.here().address == "portal.customs.example"


def test_web_can_read_where_mail_leaves_from_and_not_change_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('portal_web', 'notifications_mailhome', 'SELECT'),"
            " has_table_privilege('portal_web', 'notifications_mailhome', 'INSERT, UPDATE, DELETE')"
        )
        assert cursor.fetchone() == (True, False)


def test_there_is_one_home_and_never_two() -> None:
    another()
    sending.send_all()
    assert MailHome.objects.count() == 1
    assert mail.outbox == []
