"""A published notice becomes a message, and a row for each person."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Func, Q, QuerySet, TextField, UUIDField
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from accounts.models import Person
from notices.letter import text_of
from notices.staleness import end_of, last_moment
from notifications import queue as deliveries
from notifications.models import Delivery, Message
from notifications.reminders import stop_reminders

if TYPE_CHECKING:
    from notices.models import Notice

TOPIC = "notice"
#: Of a notice that is for those who traded something: its mail says to each what it touches (notices/mailing.py).
OWN = "notice of trade"
TOPICS = (TOPIC, OWN)
#: That a notice was taken back, to whoever had been told of it.
RETRACTED = "notice taken back"
PREFIX = "notice:"
#: That a notice holds no more is told for so long.
RETRACTED_DAYS = datetime.timedelta(days=14)


def key_of(notice: Notice) -> str:
    """The event's name: one message a notice."""
    return f"{PREFIX}{notice.pk}"


def notices_of(told: QuerySet[Delivery]) -> QuerySet[Any]:
    """The ids of the notices that these deliveries told."""
    position = len(PREFIX) + 1
    found = Cast(Substr(Cast("message__key", TextField()), position), UUIDField())
    return told.annotate(notice=found).values("notice")


def about_of(field: str) -> Cast:
    """The id of a notice as its message carries it, for use in queries."""
    return Cast(field, TextField())


def message_of(notice: Notice) -> Message:
    """The message that told a published notice."""
    return Message.objects.get(key=key_of(notice))


def told_of(notice: Notice) -> QuerySet[Any]:
    """Whoever was told of a notice, as rows of (person, account): they hear of what takes its place."""
    return Delivery.objects.filter(message__key=key_of(notice)).values_list("person", "account")


def told_for(notice: Notice, person: Person) -> list[UUID]:
    """The accounts (ids) for which a person was told of a notice."""
    rows = Delivery.objects.filter(message__key=key_of(notice), person=person)
    return list(rows.values_list("told_for", flat=True).first() or [])


def queue(notice: Notice, people: list[QuerySet[Any]]) -> int:
    """Make the message and one delivery a person. Returns how many people will be told."""
    assert notice.published_at is not None
    message = Message.objects.create(
        key=key_of(notice),
        topic=OWN if notice.asks_of_trade else TOPIC,
        subject=" ".join(notice.title.split()),
        text=text_of(notice),
        path=f"/notices/{notice.pk}/",
        asks=bool(notice.to_do.strip()),
        about_type=ContentType.objects.get_for_model(notice),
        about_id=str(notice.pk),
        stop_after=end_of(notice.stop_date)
        if notice.stop_date
        else last_moment(
            notice.published_at,
            notice.effective_date,
            least_days=settings.NOTICE_LEAST_DAYS,
            most_days=settings.NOTICE_MOST_DAYS,
        ),
    )
    return deliveries.tell(message, people)


def stop(notice: Notice) -> int:
    """Stop what has not been sent, its reminders too. Returns how many deliveries of the notice itself were stopped."""
    message = message_of(notice)
    stop_reminders(message)
    return deliveries.stop(message)


def had_it(notice: Notice) -> list[int]:
    """The deliveries (ids) of whoever has a notice, or is being sent it just now; not of who still waits for it."""
    waits = Q(state__in=[Delivery.State.QUEUED, Delivery.State.STOPPED], read_at=None)
    return list(Delivery.objects.filter(message__key=key_of(notice)).exclude(waits).values_list("pk", flat=True))


def tell_retracted(notice: Notice, had: list[int], why: str) -> int:
    """Tell those who have a notice (ids of its deliveries) that it holds no more. Returns how many people."""
    told = message_of(notice)
    words = f"{notice.title.strip().rstrip('.')}: this was taken back. It holds no more, and nothing is asked of you."
    parts = [words, f"Why\n{why}" if why else "", f"Source: {notice.get_kind_display()} {notice.number}"]
    message = Message.objects.create(
        key=f"{RETRACTED}:{notice.pk}",
        topic=RETRACTED,
        subject=f"Taken back: {told.subject}"[:200],
        text="\n\n".join(part for part in parts if part),
        path=told.path,
        asks=told.asks,
        about_type=told.about_type,
        about_id=told.about_id,
        stop_after=timezone.now() + RETRACTED_DAYS,
    )
    each = Func(
        F("told_for"),
        template="unnest(CASE WHEN %(expressions)s = '{}' THEN ARRAY[NULL]::uuid[] ELSE %(expressions)s END)",
    )
    return deliveries.tell(message, [Delivery.objects.filter(pk__in=had).values_list("person", each)])
