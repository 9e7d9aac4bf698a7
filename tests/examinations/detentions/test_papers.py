"""Papers sent while goods are detained: shown, withdrawn, refused, and whose they are."""

import io

import pytest
from django.test import Client

from accounts.scope import acting_for
from documents import kinds
from documents.models import Document
from examinations.models import Detention, DetentionItem
from tests.documents.files import BAD, pdf
from tests.examinations.detentions.pages import file
from tests.named_people import World, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_what_was_sent_is_shown_with_its_scan_and_who_read_it(world: World, held, item) -> None:
    robin = signed_in(world, "robin")
    robin.post(f"/examinations/{held.pk}/detention/{item.pk}/send/", file())
    text = robin.get(f"/examinations/{held.pk}/detention/").content.decode()
    assert "Not scanned." in text
    assert "Withdraw list.pdf" in text
    signed_in(world, "jordan").get(f"/documents/{Document.objects.get().pk}/")
    text = robin.get(f"/examinations/{held.pk}/detention/").content.decode()
    assert "Read by Jordan Ellery." in text
    assert "Withdraw list.pdf" not in text


def test_a_file_withdrawn_makes_its_item_missing_again(world: World, item) -> None:
    document = item.send(io.BytesIO(pdf()), "list.pdf", by=world.robin)
    document.withdraw(by=world.robin)
    assert DetentionItem.objects.get().state == "missing"


# ---- files that are refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "data", "reason"), BAD[:12] + BAD[-4:], ids=lambda one: str(one)[:20])
def test_a_bad_file_is_refused_on_the_page_and_not_kept(world: World, held, item, name, data, reason) -> None:
    answer = signed_in(world, "robin").post(f"/examinations/{held.pk}/detention/{item.pk}/send/", file(name, data))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Nothing was sent." in text
    assert reason in text
    assert not Document.objects.exists()


@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_holds_while_the_file_streams(world: World, held, item, over: int, monkeypatch) -> None:
    monkeypatch.setattr(kinds, "LIMIT", 300_000)  # as small as shows several pieces; the real one is tested by itself
    text = b"a" * (300_000 + over)
    answer = signed_in(world, "robin").post(f"/examinations/{held.pk}/detention/{item.pk}/send/", file("a.txt", text))
    assert answer.status_code == (200 if over else 302)
    assert Document.objects.count() == 1 - over
    if over:
        assert "larger than 25 MB" in answer.content.decode()


def test_no_file_is_said(world: World, held, item) -> None:
    answer = signed_in(world, "robin").post(f"/examinations/{held.pk}/detention/{item.pk}/send/", {})
    assert "Choose a file first." in answer.content.decode()


@pytest.mark.parametrize("sent", ["../../list.pdf", "a\u202efdp.pdf", "x" * 300 + ".pdf"])
def test_a_name_is_made_harmless_on_its_way_in(world: World, held, item, sent: str) -> None:
    signed_in(world, "robin").post(f"/examinations/{held.pk}/detention/{item.pk}/send/", file(sent))
    name = Document.objects.get().name
    assert name.isprintable()
    assert "/" not in name
    assert len(name) <= 120
    assert name.endswith(".pdf")


def test_a_forged_form_sends_nothing(world: World, held, item) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.robin, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"/examinations/{held.pk}/detention/{item.pk}/send/", file()).status_code == 403
    client.get(f"/examinations/{held.pk}/detention/")
    token = client.cookies["csrftoken"].value
    data = {"csrfmiddlewaretoken": token, **file()}
    assert client.post(f"/examinations/{held.pk}/detention/{item.pk}/send/", data).status_code == 302


def test_an_item_of_another_detention_is_not_there(world: World, held, item) -> None:
    other = make_examination(world.entries["broker"], "EX-2", "TARGETED", presented=held.presented)
    elsewhere = Detention.objects.record(other, by=world.jordan, kind="cbp").ask("Invoice", by=world.jordan)
    client = signed_in(world, "robin")
    for number in (elsewhere.pk, 10**9, 10**30):
        assert client.post(f"/examinations/{held.pk}/detention/{number}/send/", file()).status_code == 404


def test_documents_move_with_the_importer_number(world: World, held, item, django_capture_on_commit_callbacks) -> None:
    item.send(io.BytesIO(pdf()), "list.pdf", by=world.robin)
    world.stranger.take_identifier(world.quillard.identifiers.get(), by=world.hq)
    assert Document.objects.get().account == world.stranger
    with acting_for(world.sam):
        assert Document.objects.count() == 1
        assert Detention.objects.count() == 1
    with acting_for(world.robin):
        assert not Document.objects.exists()
        assert not Detention.objects.exists()
