"""Reminders before an answer to CBP is due, to the account's people and its manager; and papers that were sent.

Ten days, three days and the last day before: each once for a last day, so that an extension begins anew. After an
outage the reminder that is due then goes out, and none of those before it.
"""

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat, Left, Length
from django.db.models.lookups import Exact
from django.dispatch import receiver
from django.utils import timezone

from accounts.people import managers_of, members_of
from documents.models import Document
from examinations.models import CustomsRequest
from examinations.requests.words import DEEDS, TO_DO, lines_of, next_steps
from examinations.telling.once import news_since, tell_once, untold
from look.formats import entry_number, long_day, weekday
from notifications.models import Delivery, Message
from notifications.queue import stop_all, tell_each
from notifications.signals import about_to_send

TOPIC, PAPERS = "answer due", "request papers"
#: So many days before the last one; the last of them is the day itself.
STEPS = (10, 3, 0)
DAY = datetime.timedelta(days=1)


def step_of(left: int) -> int | None:
    """The reminder that is due with so many days left: the last one whose day has come. None too early or too late."""
    return min((step for step in STEPS if left <= step), default=None) if left >= 0 else None


def stale_on(last: datetime.date, step: int) -> datetime.date:
    """The day on which a reminder is not worth sending any more: the next one takes its place, or the period is over."""
    return last - max((later for later in STEPS if later < step), default=-1) * DAY


def remind() -> int:
    """Queue the reminders that are due, and stop those unsent that nobody needs any more. Returns how many messages.

    A fixed number of statements, however many requests there are.
    """
    today = timezone.localdate()
    asked = CustomsRequest.objects.to_answer().filter(said_on=None)  # type: ignore[attr-defined]
    stop_overtaken()
    due = asked.filter(answer_by__range=(today, today + STEPS[0] * DAY)).select_related("account").with_lines()
    wanted = [one for request in due for one in _messages(request, today)]
    known = set(Message.objects.filter(key__in=[one.key for one, _, _ in wanted]).values_list("key", flat=True))
    new = [one for one in wanted if one[0].key not in known]
    members, managers = _people(new, today)
    return tell_each(
        [(message, account, (managers if staff else members).get(account, [])) for message, account, staff in new]
    )


@receiver(about_to_send, dispatch_uid="examinations.telling.requests")
def stop_overtaken(**_: Any) -> None:
    """Stop what is not asked any more, and what names a last day that is another one by now; one statement."""
    asked = CustomsRequest.objects.to_answer().filter(said_on=None).order_by()  # type: ignore[attr-defined]
    begins = Concat(Value(f"{TOPIC}:"), Cast("pk", CharField()), Value(":"), Cast("answer_by", CharField()), Value(":"))
    still = asked.filter(Exact(Left(OuterRef("message__key"), Length(begins)), begins))
    stop_all(Delivery.objects.filter(message__topic=TOPIC).exclude(Exists(still)))


def _people(
    new: Iterable[tuple[Message, UUID, bool]], today: datetime.date
) -> tuple[dict[UUID, list[UUID]], dict[UUID, list[UUID]]]:
    """Members and managers by account; three statements."""
    accounts = {account for _, account, _ in new}
    members: dict[UUID, list[UUID]] = {}
    managers: dict[UUID, list[UUID]] = {}
    for person, account in members_of(accounts):
        members.setdefault(account, []).append(person)
    for rows in managers_of(accounts, today):
        for person, account in rows:
            managers.setdefault(account, []).append(person)
    return members, managers


def _messages(request: CustomsRequest, today: datetime.date) -> list[tuple[Message, UUID, bool]]:
    """One message for each account that the request is of, with its page there, and one for who manages it."""
    last: datetime.date = request.answer_by  # type: ignore[attr-defined]
    step = step_of((last - today).days)
    parties = [one for one in (request.account_id, request.filer_id) if one]
    if step is None or not parties:
        return []
    told = [(account, False) for account in dict.fromkeys(parties)] + [(parties[0], True)]
    return [(_message(request, last, step, account, staff, today), account, staff) for account, staff in told]


def _message(
    request: CustomsRequest, last: datetime.date, step: int, account: UUID, staff: bool, today: datetime.date
) -> Message:
    entry = f"{lines_of(request.line_numbers)} of entry {entry_number(request.entry_number)}"  # type: ignore[attr-defined]
    when = f"today, {long_day(last)}" if last == today else f"by {weekday(last)}"
    if staff:
        whose = request.account.name if request.account else "An account of yours"
        lead = f"{whose} has to answer CBP {when}: request {request.number} {DEEDS[request.form]} {entry}."  # type: ignore[index]
        rest = "Neither CBP’s data nor the account say that it was answered."
    else:
        lead = f"{TO_DO[request.form]} {when}: request {request.number}, {entry}."  # type: ignore[index]
        rest = " ".join(next_steps(request, today))
    end = datetime.datetime.combine(stale_on(last, step), datetime.time.min)
    return Message(
        key=f"{TOPIC}:{request.pk}:{last}:{step}:{'manager' if staff else account}",
        topic=TOPIC,
        subject=f"Answer due {'today' if last == today else long_day(last)}: request {request.number}",
        text=f"{lead}\n\n{rest}",
        path=f"/accounts/{account}/requests/{request.pk}/",
        about_type=ContentType.objects.get_for_model(CustomsRequest),
        about_id=str(request.pk),
        stop_after=timezone.make_aware(end),
    )


def tell_of_papers() -> int:
    """Tell managers which papers of an answer were sent, as far as nobody has. Returns how many."""
    kind = ContentType.objects.get_for_model(CustomsRequest)
    sent = Document.objects.filter(about_type=kind, created_at__gte=news_since(), withdrawn_at=None)
    papers = untold(sent.select_related("by"), "request paper")
    about = CustomsRequest.objects.in_bulk([int(one.about_id) for one in papers])
    return sum(_tell_manager(paper, about[int(paper.about_id)]) for paper in papers if int(paper.about_id) in about)


def _tell_manager(paper: Document, request: CustomsRequest) -> bool:
    whose = request.account_id or request.filer_id
    text = (
        f"{paper.by.name} sent {paper.name} as a paper of the answer to request {request.number}, entry"
        f" {entry_number(request.entry_number)}.\n\nThe answer itself goes from the account to CBP."
    )
    return tell_once(
        f"request paper:{paper.pk}", PAPERS, f"Paper of an answer: request {request.number}", text,
        path=f"/accounts/{whose}/requests/{request.pk}/", about=request,
        people=managers_of([whose], timezone.localdate()),
    )  # fmt: skip
