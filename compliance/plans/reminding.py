"""Reminders before and after the day of an action, to who owns it; where the owner has left, to whoever may name another.

Two weeks, three days and the last day before; the day after, and two and four weeks later. Each once for a day, so that a
new day begins anew. After an outage the reminder that is due then goes out, and none of those before it.
"""

import datetime
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat, Left, Length
from django.db.models.lookups import Exact
from django.dispatch import receiver
from django.utils import timezone

from accounts.people import managers_of, members_of
from compliance.plans.models import OPEN, Action
from look.formats import long_day, plural, weekday
from notifications.models import Delivery, Message
from notifications.queue import stop_all, tell_each
from notifications.signals import about_to_send

TOPIC = "plan action due"
#: Days that are left; below zero: days past.
STEPS = (14, 3, 0, -1, -14, -28)
DAY = datetime.timedelta(days=1)
#: An action that is overdue for longer stands on its page; nobody is reminded for ever.
WORTH_TELLING_DAYS = 60


def step_of(left: int) -> int | None:
    """The reminder that is due with so many days left: the last one whose day has come. None too early or too late."""
    return min((step for step in STEPS if left <= step), default=None) if left >= -WORTH_TELLING_DAYS else None


def stale_on(due: datetime.date, step: int) -> datetime.date:
    """The day on which a reminder is not worth sending any more: the next one takes its place."""
    return due - max((later for later in STEPS if later < step), default=-WORTH_TELLING_DAYS) * DAY


def _asked() -> Any:
    return Action.objects.waiting().filter(plan__state__in=OPEN).order_by()  # type: ignore[attr-defined]


def remind() -> int:
    """Queue the reminders that are due, and stop those unsent that nobody needs any more. Returns how many messages.

    A fixed number of statements, however many actions there are.
    """
    today = timezone.localdate()
    stop_overtaken()
    due = _asked().filter(due__range=(today - WORTH_TELLING_DAYS * DAY, today + STEPS[0] * DAY))
    wanted = [(one, _message(one, today)) for one in due.select_related("owner", "account")]
    known = set(Message.objects.filter(key__in=[message.key for _, message in wanted]).values_list("key", flat=True))
    new = [(one, message) for one, message in wanted if message.key not in known]
    sides = _people({one.account_id for one, _ in new}, today)
    return tell_each([(message, one.account_id, _readers(one, sides)) for one, message in new])


@receiver(about_to_send, dispatch_uid="compliance.plans.reminding")
def stop_overtaken(**_: Any) -> None:
    """Stop what is done by now, dropped, or due on another day; one statement."""
    begins = Concat(Value(f"{TOPIC}:"), Cast("pk", CharField()), Value(":"), Cast("due", CharField()), Value(":"))
    still = _asked().filter(Exact(Left(OuterRef("message__key"), Length(begins)), begins))
    stop_all(Delivery.objects.filter(message__topic=TOPIC).exclude(Exists(still)))


def _people(accounts: set[UUID], today: datetime.date) -> dict[str, dict[UUID, list[UUID]]]:
    """Members and who answers, by side and account; three statements."""
    sides: dict[str, dict[UUID, list[UUID]]] = {Action.Side.ACCOUNT: {}, Action.Side.CBP: {}}
    for person, account in members_of(accounts):
        sides[Action.Side.ACCOUNT].setdefault(account, []).append(person)
    for rows in managers_of(accounts, today):
        for person, account in rows:
            sides[Action.Side.CBP].setdefault(account, []).append(person)
    return sides


def _readers(action: Action, sides: dict[str, dict[UUID, list[UUID]]]) -> list[UUID]:
    """The owner; once it is overdue the manager too; where the owner has left, everybody of that side."""
    own, staff = sides[action.side].get(action.account_id, []), sides[Action.Side.CBP].get(action.account_id, [])
    readers = [action.owner_id] if action.owner_id in own else own
    return [*readers, *(staff if action.due < timezone.localdate() else [])]


def _message(action: Action, today: datetime.date) -> Message:
    left = (action.due - today).days
    step = step_of(left)
    assert step is not None  # the statement asks for those days alone
    when = "today" if left == 0 else f"by {weekday(action.due)}" if left > 0 else f"on {long_day(action.due)}"
    late = f" It is {plural(-left, 'day')} overdue." if left < 0 else ""
    end = datetime.datetime.combine(stale_on(action.due, step), datetime.time.min)
    return Message(
        key=f"{TOPIC}:{action.pk}:{action.due}:{step}",
        topic=TOPIC,
        subject=f"{'Overdue' if left < 0 else 'Due ' + ('today' if left == 0 else long_day(action.due))}: an action of an"
        " improvement plan",
        text=f"An action of {action.account.name}’s improvement plan {'was' if left < 0 else 'is'} due {when}: {action.what}."
        f"{late} Its owner is {action.owner.name}.\n\nSay on the plan’s page what was done, with evidence, or give it a new day.",
        path=f"/accounts/{action.account_id}/plan/{action.plan_id}/",
        about_type=ContentType.objects.get_for_model(Action),
        about_id=str(action.pk),
        stop_after=timezone.make_aware(end),
    )
