"""Reminders 30, 7 and 1 days before a notice takes effect, to everybody who was told of it.

Who was told of a notice that asks for confirmation is left in peace once each of their accounts has confirmed. What holds no
more reminds nobody (`telling.stop`).
"""

import datetime
from uuid import UUID

from django.utils import timezone

from look.formats import long_day, weekday
from notices import telling
from notices.models import Acknowledgement, Notice
from notices.staleness import end_of
from notifications.models import Message
from notifications.reminders import DAY, STEPS, due_step, key_of, remind

TOPIC = "notice reminder"


def remind_all(today: datetime.date) -> int:
    """Queue the reminders that are due. Returns how many people they are for; run twice it tells once."""
    coming = Notice.objects.filter(
        state=Notice.State.PUBLISHED, effective_date__range=(today + DAY, today + STEPS[0] * DAY)
    )
    due = {telling.key_of(one): (one, step) for one in coming if (step := step_of(one, today))}
    told = {message.key: message for message in Message.objects.filter(key__in=list(due))}
    keys = {key: key_of(told[key], one.effective_date, step) for key, (one, step) in due.items() if key in told}  # type: ignore[arg-type]
    known = set(Message.objects.filter(key__in=list(keys.values())).values_list("key", flat=True))
    return sum(_remind(*due[key], told[key]) for key, name in keys.items() if name not in known)


def step_of(notice: Notice, today: datetime.date) -> int | None:
    """The reminder of a notice that is due today; none after its last day for mail."""
    assert notice.effective_date is not None
    assert notice.published_at is not None
    if notice.stop_date and today > notice.stop_date:
        return None
    return due_step(notice.effective_date, timezone.localdate(notice.published_at), today)


def _remind(notice: Notice, step: int, message: Message) -> int:
    assert notice.effective_date is not None
    # Days that are left would be wrong in a digest, and in the inbox a day later.
    title = " ".join(notice.title.split()).rstrip(".")
    parts = [f"{title} takes effect on {weekday(notice.effective_date)}, {notice.effective_date.year}."]
    if notice.to_do:
        parts.append("What you must do\n" + notice.to_do.strip())
    parts.append(f"Source: {notice.get_kind_display()} {notice.number}, published {long_day(notice.published_at)}")
    return remind(
        message,
        notice.effective_date,
        step,
        topic=TOPIC,
        subject=f"From {long_day(notice.effective_date)}: {title}",
        text="\n\n".join(parts),
        settled=_confirmed(notice),
        stop_after=end_of(notice.stop_date) if notice.stop_date else None,
    )


def _confirmed(notice: Notice) -> list[UUID]:
    return list(Acknowledgement.objects.filter(notice=notice).values_list("account", flat=True))
