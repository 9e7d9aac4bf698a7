"""A published notice becomes a message, and a row for each person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet, TextField, UUIDField
from django.db.models.functions import Cast, Substr

from notifications import queue as deliveries
from notifications.models import Delivery, Message

if TYPE_CHECKING:
    from notices.models import Notice

TOPIC = "notice"
PREFIX = "notice:"


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


def text_of(notice: Notice) -> str:
    """What the mail says, in plain text."""
    parts = [f"{notice.get_kind_display()} {notice.number}", notice.title]
    if notice.effective_date:
        parts.append(
            f"In force from {notice.effective_date:%B} {notice.effective_date.day}, {notice.effective_date.year}."
        )
    parts.append(notice.body)
    if notice.to_do:
        parts.append("What you must do:\n" + notice.to_do)
    return "\n\n".join(parts)


def queue(notice: Notice, people: list[QuerySet[Any]]) -> int:
    """Make the message and one delivery a person. Returns how many people will be told."""
    message = Message.objects.create(
        key=key_of(notice),
        topic=TOPIC,
        subject=" ".join(notice.title.split()),
        text=text_of(notice),
        path=f"/notices/{notice.pk}/",
        about_type=ContentType.objects.get_for_model(notice),
        about_id=str(notice.pk),
    )
    return deliveries.tell(message, people)


def stop(notice: Notice) -> int:
    """Stop what has not been sent. Returns how many deliveries were stopped."""
    return deliveries.stop(message_of(notice))
