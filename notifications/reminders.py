"""Reminders before a date, to those who were told of a thing: each once for a date, "due and not yet sent".

After an outage the reminder that is due then goes out, and none of those before it. One whose day came before people were
told at all is left out: what told them said the date. A date that moves begins anew; what waits for the old one is stopped.
"""

import datetime
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, QuerySet
from django.utils import timezone

from notifications.models import Delivery, Message
from notifications.queue import stop_all, tell

#: So many days before.
STEPS = (30, 7, 1)
DAY = datetime.timedelta(days=1)


def due_step(
    day: datetime.date, told_on: datetime.date, today: datetime.date, steps: tuple[int, ...] = STEPS
) -> int | None:
    """Which reminder is due: the last one whose day has come. None too early, from the day itself on, and where people
    were told on that reminder's day or later. Pure."""
    left = (day - today).days
    step = min((step for step in steps if 0 < left <= step), default=None)
    return step if step is not None and day - step * DAY > told_on else None


def stale_on(day: datetime.date, step: int, steps: tuple[int, ...] = STEPS) -> datetime.date:
    """The day on which a reminder is not worth sending any more: the next one takes its place, or the day has come."""
    return day - max((later for later in steps if later < step), default=0) * DAY


def key_of(message: Message, day: datetime.date, step: int) -> str:
    """Names one reminder of what a message told."""
    return f"{message.key}:before:{day}:{step}"


def remind(
    message: Message,
    day: datetime.date,
    step: int,
    *,
    topic: str,
    subject: str,
    text: str,
    settled: Collection[UUID] = (),
    stop_after: datetime.datetime | None = None,
) -> int:
    """Queue one reminder for everybody who was told the message, as long as they belong to an account for which they were.

    It is about the same, leads to the same page, and asks for action where the message did. One statement for all people,
    however many. settled: ids of accounts that have done what was asked; whoever was told for these alone is left in peace.
    stop_after: a moment after which nothing of it is sent, where that comes first.
    Returns how many were told; 0 where another worker was faster.
    """
    until = timezone.make_aware(datetime.datetime.combine(stale_on(day, step), datetime.time.min))
    with transaction.atomic():
        reminder, made = Message.objects.get_or_create(
            key=key_of(message, day, step),
            defaults={
                "topic": topic,
                "subject": subject[:200],
                "text": text,
                "path": message.path,
                "asks": message.asks,
                "about_type": message.about_type,
                "about_id": message.about_id,
                "stop_after": min(until, stop_after or until),
            },
        )
        return tell(reminder, [_told(message, settled)]) if made else 0


def _told(message: Message, settled: Collection[UUID]) -> QuerySet[Any]:
    """Everybody who was told, with each account for which they were; without one where it was about none."""
    each = Func(
        F("told_for"),
        template="unnest(CASE WHEN %(expressions)s = '{}' THEN ARRAY[NULL]::uuid[] ELSE %(expressions)s END)",
    )
    told = message.deliveries.exclude(state=Delivery.State.STOPPED)
    if settled:
        told = told.exclude(told_for__contained_by=list(settled), account__isnull=False)
    return told.values_list("person", each)


def stop_reminders(message: Message) -> int:
    """Stop what waits of a message's reminders: it was taken back."""
    return stop_all(Delivery.objects.filter(message__key__startswith=f"{message.key}:before:"))
