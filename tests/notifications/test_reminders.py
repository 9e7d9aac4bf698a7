"""Reminders before a date: which is due, and each once."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Membership
from notifications import reminders, sending
from notifications.models import Delivery, Message
from notifications.reminders import due_step, stale_on
from tests.mail_servers import Post
from tests.named_people import World
from tests.notifications.test_how_told import choose, tell

DAY = datetime.timedelta(days=1)
EFFECT = datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("days_before", "told_before", "step"),
    [
        (31, 90, None),
        (30, 90, 30),
        (8, 90, 30),  # after an outage: late, for the next is not due yet
        (7, 90, 7),
        (2, 90, 7),
        (1, 90, 1),
        (0, 90, None),
        (-5, 90, None),
        (30, 30, None),  # told on that very day
        (29, 29, None),
        (20, 25, None),  # told after the first was due
        (7, 25, 7),
        (1, 3, 1),
        (1, 1, None),
    ],
)
def test_which_reminder_is_due(days_before: int, told_before: int, step: int | None) -> None:
    assert due_step(EFFECT, EFFECT - told_before * DAY, EFFECT - days_before * DAY) == step


def test_a_reminder_is_stale_when_the_next_is_due() -> None:
    assert [stale_on(EFFECT, step) for step in (30, 7, 1)] == [EFFECT - 7 * DAY, EFFECT - DAY, EFFECT]


def remind(message: Message, day: datetime.date, step: int = 7) -> int:
    return reminders.remind(message, day, step, topic="notice", subject="In seven days", text="It comes.")


@pytest.mark.django_db
def test_everybody_who_was_told_is_reminded_once_and_their_way(world: World, post: Post) -> None:
    message, day = tell(world, asks=True), timezone.localdate() + 7 * DAY
    sending.send_all()
    choose(world.lee, "portal", "asked")
    assert remind(message, day) == 2
    assert remind(message, day) == 0
    assert remind(message, day + DAY) == 2  # another date begins anew
    reminder = Message.objects.get(key__endswith=f":before:{day}:7")
    assert (reminder.path, reminder.asks, reminder.about_id) == (message.path, True, message.about_id)
    assert dict(reminder.deliveries.values_list("person__name", "channel")) == {
        world.robin.name: "mail",
        world.lee.name: "portal",
    }
    assert reminder.deliveries.get(person=world.robin).told_for == [world.quillard.pk]
    sending.send_all()
    assert len(post.of(world.robin.email)) == 3


@pytest.mark.django_db
def test_who_left_is_not_reminded_and_what_was_taken_back_neither(world: World, post: Post) -> None:
    message, day = tell(world), timezone.localdate() + 7 * DAY
    sending.send_all()
    Membership.objects.get(person=world.robin).end(by=None)
    remind(message, day)
    assert sending.send_all() == 1
    assert len(post.of(world.robin.email)) == 1
    remind(message, day + DAY)
    assert reminders.stop_reminders(message) == 2
    assert sending.send_all() == 0


@pytest.mark.django_db
def test_who_is_told_of_no_account_is_reminded_too(world: World) -> None:
    message = tell(world)
    Delivery.objects.filter(message=message).update(told_for=[], account=None)
    assert remind(message, timezone.localdate() + 7 * DAY) == 2
