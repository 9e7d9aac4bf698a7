"""What a question and an answer begin with: the row's facts and its usual category, an expert's proposal."""

import datetime

import pytest
from django.utils import timezone

from examinations.models import Detention
from inquiries.models import Inquiry
from inquiries.telling import tell
from look.formats import long_day
from notifications.models import Message as Told
from tests.inquiries.threads import RULING, asked, brought_in, later
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
PROPOSED = "It is <one> machine: 8501."


@pytest.fixture
def proposed(world: World) -> Inquiry:
    one = asked(world)
    brought_in(world, one)
    one.note(by=world.expert, kind="proposal", text=PROPOSED)
    return one


def test_the_facts_of_goods_that_wait_say_until_when_and_for_what(world: World) -> None:
    held = world.examinations["held"]
    detention = Detention.objects.record(held, by=world.jordan, kind="wro", imported=held.selected)
    detention.ask("Packing list", by=world.jordan)
    detention.ask("Old invoice", by=world.jordan).drop(by=world.jordan)
    facts = dict(asked(world, "hold", about=held).about_facts)
    assert facts["Detained"] == "Withhold release order"
    assert facts["Waits for"] == "Packing list"
    assert facts["Proof by"] > ""
    assert "Decision by" not in facts


def test_the_facts_of_goods_that_only_wait_name_the_day_of_decision(world: World) -> None:
    held = world.examinations["held"]
    held.presented = timezone.localdate()
    held.save()
    facts = dict(asked(world, "hold", about=held).about_facts)
    days = [long_day(held.presented + datetime.timedelta(days=days)) for days in range(5, 12)]
    assert facts["Decision by"] in days
    assert "Detained" not in facts
    assert "Decision by" not in dict(asked(world, "hold", about=world.examinations["found"]).about_facts)


def test_the_category_of_a_row_is_chosen_already_and_can_be_another(world: World) -> None:
    robin = signed_in(world, "robin")
    of_hold = robin.get(f"/inquiries/new/?about=examination:{world.examinations['held'].pk}").content.decode()
    assert '<option value="hold" selected>' in of_hold
    assert '<option value="" selected>' in robin.get("/inquiries/new/").content.decode()


def test_an_answer_begins_with_a_proposal_for_who_answers(world: World, proposed: Inquiry) -> None:
    note = proposed.private_notes.get()
    link = f"/inquiries/{proposed.pk}/?proposal={note.pk}#answer"
    jordan = signed_in(world, "jordan")
    assert link in jordan.get(f"/inquiries/{proposed.pk}/").content.decode()
    page = jordan.get(link).content.decode()
    assert "It is &lt;one&gt; machine: 8501.</textarea>" in page
    expert = signed_in(world, "expert").get(link).content.decode()
    assert "?proposal=" not in expert
    assert "8501.</textarea>" not in expert


@pytest.mark.parametrize("number", ["0", "x", "9" * 40, "²", "-1", ""])
def test_what_is_no_proposal_of_this_inquiry_begins_nothing(world: World, proposed: Inquiry, number: str) -> None:
    answer = signed_in(world, "jordan").get(f"/inquiries/{proposed.pk}/", {"proposal": number})
    assert answer.status_code == 200
    assert "8501.</textarea>" not in answer.content.decode()


def test_neither_a_note_nor_a_proposal_elsewhere_nor_an_account_gets_its_words(world: World, proposed: Inquiry) -> None:
    note = proposed.note(by=world.expert, text="A secret.")
    other = asked(world, subject="Other")
    jordan = signed_in(world, "jordan")
    assert "A secret.</textarea>" not in jordan.get(f"/inquiries/{proposed.pk}/?proposal={note.pk}").content.decode()
    first = proposed.private_notes.order_by("pk").first()
    assert "machine" not in jordan.get(f"/inquiries/{other.pk}/?proposal={first.pk}").content.decode()
    assert (
        "machine"
        not in signed_in(world, "robin").get(f"/inquiries/{proposed.pk}/?proposal={first.pk}").content.decode()
    )


def test_mails_name_the_promise_by_the_clocks_of_the_page_and_end_a_question_as_one(world: World) -> None:
    one = asked(world, subject="Which heading?")
    one.answer(by=world.jordan, text="8501.", **RULING, now=later(0))
    tell(timezone.now())
    (told,) = Told.objects.filter(subject__startswith="Answered")
    assert told.text.startswith(f"CBP has answered your inquiry {one.number}: Which heading?\n")
    late = asked(world, subject="Late")
    Inquiry.objects.filter(pk=late.pk).update(
        zone="America/Chicago", due_at=timezone.now() - datetime.timedelta(hours=1)
    )
    tell(timezone.now())
    assert "Central time." in Told.objects.get(subject=f"Promise missed: inquiry {late.number}").text
