"""Reminders before and after an action is due: each once, to whom, and none that is overtaken."""

import datetime

import pytest

from accounts.models import Membership
from compliance.plans.models import Action, Plan
from compliance.plans.reminding import remind, stale_on, step_of, stop_overtaken
from compliance.plans.telling import tell_of_steps
from notifications.models import Delivery, Message
from tests.compliance.plans.world import DAY, TODAY, agreed, begin
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("left", "step"),
    [(15, None), (14, 14), (5, 14), (3, 3), (1, 3), (0, 0), (-1, -1), (-13, -1), (-14, -14), (-40, -28), (-61, None)],
)
def test_the_reminder_due_is_the_last_one_whose_day_has_come(left: int, step: int | None) -> None:
    assert step_of(left) == step


@pytest.mark.parametrize(("step", "day"), [(14, 27), (3, 30), (0, 31)])
def test_a_reminder_is_stale_when_the_next_one_is_due(step: int, day: int) -> None:
    assert stale_on(datetime.date(2026, 12, 30), step) == datetime.date(2026, 12, day)


def told() -> set[str]:
    return set(Delivery.objects.filter(message__topic="plan action due").values_list("person__name", flat=True))


@pytest.mark.parametrize(("left", "people"), [(9, {"Lee Farrow"}), (-2, {"Lee Farrow", "Jordan Ellery"})])
def test_the_owner_is_reminded_once_and_the_manager_when_it_is_late(world: World, left: int, people: set[str]) -> None:
    begin(world)
    Action.objects.update(due=TODAY + left * DAY)
    assert (remind(), remind()) == (1, 0)
    assert told() == people
    message = Message.objects.get(topic="plan action due")
    assert "Renew the parts list" in message.text
    assert ("overdue" in message.text) == (left < 0)


def test_where_the_owner_has_left_the_others_of_that_side_are_told(world: World) -> None:
    begin(world)
    Action.objects.update(due=TODAY)
    Membership.objects.get(person=world.lee).end(by=world.robin)
    assert remind() == 1
    assert told() == {"Robin Castell"}


def test_a_new_day_begins_anew_and_stops_what_was_queued_for_the_old_one(world: World) -> None:
    begin(world)
    Action.objects.update(due=TODAY + 2 * DAY)
    remind()
    Action.objects.update(due=TODAY + 3 * DAY)
    assert remind() == 1
    states = dict(Delivery.objects.values_list("message__key", "state"))
    assert sorted(states.values()) == ["queued", "stopped"]


def test_what_is_done_or_over_reminds_nobody(world: World) -> None:
    plan = begin(world)
    Action.objects.update(due=TODAY)
    remind()
    plan.actions.get().finish("Done", by=world.lee, on=TODAY)
    stop_overtaken()
    assert Delivery.objects.get().state == "stopped"
    Action.objects.update(done_on=None, due=TODAY + DAY)
    Plan.objects.update(state="closed")
    assert remind() == 0


def test_both_sides_hear_of_the_steps_that_concern_them_once(world: World) -> None:
    agreed(world)
    assert (tell_of_steps(), tell_of_steps()) == (2, 0)
    rows = Delivery.objects.values_list("message__subject", "person__name")
    assert set(rows) == {
        ("A plan waits for you: Quillard Electric", "Jordan Ellery"),
        ("Your plan is in work", "Robin Castell"),
        ("Your plan is in work", "Lee Farrow"),
    }
