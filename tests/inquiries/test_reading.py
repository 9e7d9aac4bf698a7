"""A long thread is read a page at a time: the newest at hand, every row reached once, each by an address of its own."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inquiries.models import Inquiry, Message, PrivateNote, Step
from inquiries.reading import PAGE, thread_page
from tests.inquiries.threads import asked
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
MANY = 2_000


def long_thread(world: World, count: int) -> Inquiry:
    """Replies, with a note and two steps to each eighth, some of the same moment."""
    one, began = asked(world), timezone.now()
    given = {"inquiry": one, "account": world.quillard}
    at = [began + datetime.timedelta(seconds=n // 3) for n in range(count)]
    Message.objects.bulk_create(
        Message(by=world.robin, from_cbp=False, kind="reply", text=f"Reply {n}.", at=at[n], **given)
        for n in range(count)
    )
    PrivateNote.objects.bulk_create(
        PrivateNote(by=world.jordan, text=f"Note {n}.", at=at[n], **given) for n in range(0, count, 8)
    )
    Step.objects.bulk_create(
        Step(words=f"Step {n}.", staff_only=bool(n % 2), at=at[n - n % 8], **given)
        for k in range(0, count, 8)
        for n in (k, k + 1)
    )
    return one


def names(inquiry: Inquiry, person: object, **asked_for: str) -> list[str]:
    return [row["name"] for row in thread_page(inquiry, person, **asked_for).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["robin", "jordan"])
def test_pages_backwards_and_forwards_reach_every_row_once_in_its_order(world: World, name: str) -> None:
    one, person = long_thread(world, 200), world.people[name]
    back, page = [], thread_page(one, person)
    while True:
        back = [row["name"] for row in page.rows] + back
        if not page.earlier:
            break
        page = thread_page(one, person, before=page.earlier)
    there, page = [], thread_page(one, person, at=back[0])
    while True:
        there += [row["name"] for row in page.rows]
        if not page.later:
            break
        page = thread_page(one, person, at=page.later)
    assert back == there
    assert len(set(back)) == len(back) == 201 + (75 if name == "jordan" else 25)
    assert any(row.startswith("n") for row in back) == (name == "jordan")


def test_the_newest_stand_on_the_page_and_a_link_to_one_message_finds_it(world: World) -> None:
    one = long_thread(world, 120)
    robin, where = signed_in(world, "robin"), f"/inquiries/{one.pk}/"
    page = robin.get(where).content.decode()
    assert "Reply 119." in page
    assert "Reply 3." not in page
    first = one.messages.get(text="Reply 3.")
    there = robin.get(f"{where}?at=m{first.pk}").content.decode()
    assert f'id="m{first.pk}"' in there
    assert "Reply 3." in there
    assert "Later in this thread" in there
    before = re.search(r"\?before=([ms]\d+)", page)
    assert before is not None
    assert "Reply 119." not in robin.get(f"{where}?before={before[1]}").content.decode()


def test_who_answers_from_an_earlier_page_has_not_seen_the_last_message(world: World) -> None:
    one = long_thread(world, 120)
    jordan, where = signed_in(world, "jordan"), f"/inquiries/{one.pk}/"
    first, last = one.messages.first(), one.messages.last()
    seen = jordan.get(where, follow=True).context["answer_form"]["seen"].value()
    earlier = jordan.get(f"/accounts/{world.quillard.pk}{where}?at=m{first.pk}").context["answer_form"]["seen"].value()
    assert earlier < seen == last.pk


@pytest.mark.parametrize("nonsense", ["x", "m", "m0", "m99999999999999999999", "n1", "m1'--", "\0", "s-1"])
def test_nonsense_and_what_one_may_not_see_gives_the_newest_page(world: World, nonsense: str) -> None:
    one = long_thread(world, 60)
    note = one.private_notes.first()
    assert names(one, world.robin, before=nonsense) == names(one, world.robin)
    assert names(one, world.robin, at=f"n{note.pk}") == names(one, world.robin)
    assert names(one, world.jordan, at=f"n{note.pk}") != names(one, world.jordan)
    assert signed_in(world, "robin").get(f"/inquiries/{one.pk}/", {"at": nonsense}).status_code == 200


def test_two_thousand_messages_take_the_statements_of_two(world: World) -> None:
    counted = []
    for count in (2, MANY):
        one, client = long_thread(world, count), signed_in(world, "jordan")
        where = f"/inquiries/{one.pk}/"
        client.get(where)
        with CaptureQueriesContext(connection) as made:
            page = client.get(where).content.decode()
        counted.append(len(made))
        if count == MANY:
            assert page.count('class="msg') + page.count('class="event"') + page.count('class="private"') <= 3 * PAGE
            assert f"Reply {MANY - 1}." in page
            before = thread_page(one, world.jordan).earlier
            with CaptureQueriesContext(connection) as earlier:
                client.get(f"{where}?before={before}")
            assert len(earlier) <= counted[0] + 2
    assert counted[1] <= counted[0] + 1
