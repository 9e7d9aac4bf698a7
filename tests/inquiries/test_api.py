"""Inquiries by the API: a list of heads, and each thread in pages at an address of its own."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inquiries.models import Inquiry, PrivateNote
from tests.api.calls import BASE, Caller
from tests.inquiries.threads import RULING, asked, brought_in, later
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(world: World) -> Inquiry:
    """Five messages of both sides, a private note, and an expert who was brought in."""
    one = asked(world)
    brought_in(world, one)
    one.note(by=world.expert, text="A secret of the laboratory.")
    one.answer(by=world.jordan, text="8501.", **RULING, now=later(1))
    for number in range(3):
        one.reply(by=world.robin, text=f"Reply {number}.", now=later(2 + number))
    return one


def test_the_list_has_heads_with_how_many_messages_there_are_and_none_of_them(world: World, thread: Inquiry) -> None:
    alone = asked(world, subject="Another")
    first, second = Caller(world.robin).rows("inquiries/")
    assert (first["id"], first["message_count"]) == (thread.pk, 5)
    assert datetime.datetime.fromisoformat(first["last_message_at"]) == thread.messages.latest("at").at
    assert (second["id"], second["message_count"]) == (alone.pk, 1)
    assert "messages" not in first
    assert "Reply 0." not in Caller(world.robin).ask("inquiries/").content.decode()
    assert Caller(world.robin).ask(f"inquiries/{thread.pk}/").json() == first


@pytest.mark.parametrize("name", ["robin", "jordan", "expert", "hq"])
def test_a_thread_is_read_in_pages_the_oldest_first_without_what_is_private(
    world: World, thread: Inquiry, name: str
) -> None:
    caller = Caller(world.people[name])
    whole = caller.rows(f"inquiries/{thread.pk}/messages/")
    assert [row["kind"] for row in whole] == ["question", "answer", "reply", "reply", "reply"]
    assert [row["by_name"] for row in whole[:2]] == [world.robin.name, world.jordan.name]
    assert (whole[1]["authority"], whole[0]["via"]) == ("N301234", "portal")
    for size in (1, 2):
        assert caller.rows(f"inquiries/{thread.pk}/messages/", page_size=size) == whole
    assert PrivateNote.objects.count() == 1
    assert "laboratory" not in caller.ask(f"inquiries/{thread.pk}/messages/").content.decode()


@pytest.mark.parametrize("name", ["sam", "billie", "morgan", "expert"])
def test_the_thread_of_another_is_as_one_that_is_not(world: World, thread: Inquiry, name: str) -> None:
    if name == "expert":
        thread.release(world.expert, by=world.jordan)
    caller = Caller(world.people[name])
    foreign, nothing = (caller.ask(f"inquiries/{pk}/messages/") for pk in (thread.pk, 987654321))
    assert (foreign.status_code, nothing.status_code) == (404, 404)
    assert foreign.content == nothing.content
    assert Caller().ask(f"inquiries/{thread.pk}/messages/").status_code == 401


def test_nonsense_is_refused_and_nothing_is_written_there(world: World, thread: Inquiry) -> None:
    caller = Caller(world.robin)
    for name, value in (("cursor", "x"), ("page_size", "0"), ("page_size", "1001")):
        assert caller.ask(f"inquiries/{thread.pk}/messages/", **{name: value}).status_code == 400
    assert caller.send(f"inquiries/{thread.pk}/messages/", {"text": "x"}).status_code == 405
    assert caller.ask("inquiries/messages/").status_code == 404


def test_more_threads_and_longer_ones_take_no_more_statements(world: World, thread: Inquiry) -> None:
    caller = Caller(world.jordan)

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert caller.get(BASE + path).status_code == 200
        return len(made)

    for path in ("inquiries/", f"inquiries/{thread.pk}/messages/"):
        statements(path)
    before = [statements(path) for path in ("inquiries/", f"inquiries/{thread.pk}/messages/")]
    for number in range(4):
        asked(world, subject=f"Question {number}")
        thread.reply(by=world.lee, text=f"More {number}.", now=later(9 + number))
    assert [statements(path) for path in ("inquiries/", f"inquiries/{thread.pk}/messages/")] == before
