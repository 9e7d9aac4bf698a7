"""Warned at half and at a quarter, escalated when missed, each once; figures by group that name nobody."""

import datetime
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from inquiries.models import GroupMember, Inquiry, Settled
from inquiries.promises.figures import MANAGERS, SMALL, Row, figures, together, without_people
from inquiries.promises.shown import promise_of
from inquiries.telling import HALF, MISSED, QUARTER, tell, warn
from notifications.models import Delivery, Message
from tests.inquiries.threads import RULING, asked, brought_in, group_of, later
from tests.named_people import World, make_person

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


def told(topic: str) -> set[str]:
    return set(Delivery.objects.filter(message__topic=topic).values_list("person__name", flat=True))


def test_each_stage_is_told_once_to_who_answers_and_to_experts_and_a_missed_one_to_headquarters(world: World) -> None:
    one = asked(world)
    brought_in(world, one)
    for moment, number in (
        (one.half_at - MINUTE, 0), (one.half_at, 1), (one.half_at + MINUTE, 0), (one.quarter_at, 1), (one.due_at - MINUTE, 0),
        (one.due_at, 1), (one.due_at + MINUTE, 0),
    ):  # fmt: skip
        assert warn(moment) == number, moment
    assert told(HALF) == told(QUARTER) == {"Jordan Ellery", "Expert Nobody"}
    assert told(MISSED) == {"Jordan Ellery", "Expert Nobody", "Hollis Quarter"}


def test_after_standing_still_only_the_latest_stage_is_told(world: World) -> None:
    one = asked(world)
    assert warn(one.due_at + MINUTE) == 1
    assert Message.objects.get().topic == MISSED


def test_a_promise_that_begins_again_is_warned_of_again_and_one_that_stands_still_is_not(world: World) -> None:
    one = asked(world)
    warn(one.half_at)
    one.ask_back(by=world.jordan, text="With the gear?", now=one.half_at + MINUTE)
    assert warn(one.asked_at + datetime.timedelta(days=60)) == 0
    one.reply(by=world.robin, text="Yes.", now=one.asked_at + datetime.timedelta(days=30))
    one.answer(by=world.jordan, text="8501.", **RULING, now=one.asked_at + datetime.timedelta(days=30, hours=1))
    one.reply(by=world.robin, text="More.", now=one.asked_at + datetime.timedelta(days=40))
    assert warn(one.half_at) == 1


def test_the_account_hears_of_an_answer_and_never_of_a_note(world: World) -> None:
    one = asked(world)
    one.note(by=world.jordan, text="Sesame")
    assert tell(timezone.now()) == 1
    assert told("inquiry-asked") == {"Jordan Ellery"}
    one.answer(by=world.jordan, text="Open", **RULING)
    assert tell(timezone.now()) == 1
    assert tell(timezone.now()) == 0
    assert told("inquiry-written") == {"Robin Castell"}
    texts = " ".join(Message.objects.values_list("text", flat=True))
    assert "Sesame" not in texts
    assert "Open" not in texts


def test_an_experts_note_is_told_to_the_manager_and_the_managers_to_the_expert(world: World) -> None:
    one = asked(world)
    brought_in(world, one)
    tell(timezone.now())
    one.note(by=world.expert, text="A motor.", kind="proposal")
    tell(timezone.now())
    assert told("inquiry-note") == {"Jordan Ellery"}
    one.note(by=world.jordan, text="Thanks.")
    tell(timezone.now())
    assert told("inquiry-note") == {"Jordan Ellery", "Expert Nobody"}


def test_where_nobody_answers_headquarters_hears_of_it(world: World) -> None:
    world.quillard.assignments.all().delete()
    asked(world)
    tell(timezone.now())
    assert told("inquiry-asked") == {"Hollis Quarter"}


def test_the_page_shows_what_is_left(world: World) -> None:
    one = asked(world)
    shown = promise_of(one, one.half_at)
    assert (shown.passed, shown.minutes, shown.left_in_words) == (27 * 30, 27 * 60, "13 hours left")
    assert promise_of(one, one.due_at + MINUTE).left_in_words == "Missed"
    one.answer(by=world.jordan, text="8501.", **RULING)
    assert promise_of(one, timezone.now()) is None


# ---- figures ------------------------------------------------------------------------------------------------------


def some(number: int) -> frozenset[UUID]:
    """So many people whom no other group has."""
    return frozenset(uuid4() for _ in range(number))


def test_groups_of_few_people_stand_together() -> None:
    rows = [(Row("A", 8, 2, hours=3.0), some(3)), (Row("B", 1, 0, hours=1.0), some(2)),
            (Row("C", 0, 1, hours=5.0), some(1)), (Row(MANAGERS, 4, 0), None)]  # fmt: skip
    assert [(row.name, row.kept, row.missed) for row in without_people(rows)] == [
        (SMALL, 1, 1), ("A", 8, 2), (MANAGERS, 4, 0),
    ]  # fmt: skip
    assert together([row for row, _ in rows[1:3]], "x").hours == 3.0
    assert without_people([]) == []


def test_no_figure_is_one_persons() -> None:
    one, large, larger = (Row("One", 0, 1), some(1)), (Row("Large", 8, 2), some(3)), (Row("Larger", 5, 5), some(4))
    assert [(row.name, row.kept, row.missed) for row in without_people([larger, one, large])] == [
        ("Larger", 5, 5), (SMALL, 8, 3),
    ]  # fmt: skip
    assert without_people([one]) == []
    dana = some(1)
    assert without_people([(Row(name, 1, 1), dana) for name in "ABC"]) == []
    assert without_people([one, (Row(MANAGERS, 4, 0), None)]) == [Row(MANAGERS, 4, 0)]


def test_figures_count_what_is_settled_and_what_is_late_now(world: World) -> None:
    group = group_of(world, "Three people")
    for name in ("Ada", "Ben"):
        GroupMember.objects.create(group=group, expert=make_person(f"{name} Expert", "expert"))
    for hours in (1, 24 * 30):
        one = asked(world)
        one.bring_in(by=world.jordan, group=group, expert=world.expert, because="Look")
        one.answer(by=world.jordan, text="8501.", **RULING, now=later(hours))
    asked(world).answer(by=world.jordan, text="8501.", **RULING)
    Inquiry.objects.filter(pk=asked(world).pk).update(due_at=timezone.now() - MINUTE)
    found = {row.name: row for row in figures(timezone.now() - datetime.timedelta(1), later(24 * 31))}
    assert (found["Three people"].kept, found["Three people"].missed) == (1, 1)
    assert (found[MANAGERS].kept, found[MANAGERS].late) == (1, 1)
    assert Settled.objects.count() == 3
    assert not any("Expert Nobody" in name for name in found)
