"""Who hears by mail: the manager of questions and replies, the account of answers, experts of what is theirs to look at.

The words themselves stay in the portal: a mail lies open on its way, and its reader may have left since.
"""

import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Person
from accounts.people import managers_of, members_of
from examinations.telling.once import news_since, tell_once, untold
from inquiries.models import Inquiry, Involvement, Message, PrivateNote
from inquiries.templatetags.inquiries import full_stop, promised_by
from notifications.models import Delivery
from notifications.models import Message as Told
from notifications.queue import stop_all
from notifications.signals import about_to_send

ASKED, WRITTEN, INVOLVED, NOTED = "inquiry-asked", "inquiry-written", "inquiry-expert", "inquiry-note"
HALF, QUARTER, MISSED = "inquiry-half", "inquiry-quarter", "inquiry-missed"
#: What is missed for longer than this stands on pages, and is no news.
STALE = datetime.timedelta(days=14)


def ended(subject: str) -> str:
    """A subject at the end of a sentence."""
    return subject + full_stop(subject)


def tell(now: datetime.datetime) -> int:
    """Tell of what nobody has told of yet. Returns how many messages were made."""
    written = Message.objects.filter(at__gte=news_since()).select_related("inquiry__account", "by")
    brought = Involvement.objects.filter(since__gte=news_since(), until=None).select_related(
        "inquiry__account", "expert"
    )
    # A question about a result, and its first answer, are told by their own room.
    before = Message.objects.filter(inquiry=OuterRef("inquiry"), kind=OuterRef("kind"), pk__lt=OuterRef("pk"))
    its_own = Q(kind__in=[Message.Kind.QUESTION, Message.Kind.ANSWER]) & ~Exists(before)
    written = written.exclude(its_own, inquiry__question__isnull=False)
    notes = PrivateNote.objects.filter(at__gte=news_since()).select_related("inquiry__account", "by")
    return (
        sum(_tell_of_message(one) for one in untold(written, WRITTEN))
        + sum(
            _tell_staff(one, ASKED)
            for one in untold(written.filter(kind=Message.Kind.QUESTION, by__role=Person.Role.HEADQUARTERS), ASKED)
        )
        + sum(_tell_expert(one) for one in untold(brought, INVOLVED))
        + sum(_tell_of_note(one) for one in untold(notes, NOTED))
        + warn(now)
    )


def _of_staff(inquiry: Inquiry) -> list[QuerySet[Any]]:
    """Who answers today; where nobody does, headquarters."""
    people = managers_of([inquiry.account_id], timezone.localdate())
    if any(rows.exists() for rows in people):
        return people
    return [headquarters()]


def headquarters() -> QuerySet[Any]:
    """Everybody of headquarters, told for no account."""
    nowhere = Cast(Value(None), UUIDField())
    return Person.objects.filter(role=Person.Role.HEADQUARTERS, is_active=True).values_list("pk", nowhere)


def _tell_of_message(message: Message) -> bool:
    if message.from_cbp:
        return _tell_account(message)
    first = message.kind == Message.Kind.QUESTION
    if first and message.written_down:
        return _tell_asker(message)
    return _tell_staff(message, WRITTEN)


def _tell_staff(message: Message, what: str) -> bool:
    inquiry, first = message.inquiry, message.kind == Message.Kind.QUESTION
    verb = "asks" if first else "has written"
    who = inquiry.asked_by if message.written_down else message.by
    text = (
        f"{who.name} of {inquiry.account.name} {verb}: {ended(inquiry.subject)}\n\n"
        f"Inquiry {inquiry.number}. Read it and answer in the portal."
    )
    subject = f"{'Question' if first else 'Reply'}: {inquiry.account.name}"
    return tell_once(
        f"{what}:{message.pk}", ASKED if first else WRITTEN, subject, text, path=f"/inquiries/{inquiry.pk}/",
        about=inquiry, people=_of_staff(inquiry),
    )  # fmt: skip


def _tell_asker(message: Message) -> bool:
    """Whoever asked reads what was written down, and can set it right."""
    inquiry = message.inquiry
    text = (
        f"{message.by.name} has written down what you asked {message.how_it_came}: {ended(inquiry.subject)}\n\n"
        f"It is inquiry {inquiry.number} now and will be answered in the portal. Is something missing or wrong? Add it there."
    )
    return tell_once(
        f"{WRITTEN}:{message.pk}", WRITTEN, f"Written down for you: inquiry {inquiry.number}", text,
        path=f"/inquiries/{inquiry.pk}/", about=inquiry, people=[members_of([inquiry.account_id]).filter(person=inquiry.asked_by_id)],
    )  # fmt: skip


def _tell_account(message: Message) -> bool:
    """Who asked, as long as they belong to the account; else everybody who does."""
    inquiry = message.inquiry
    back = message.kind == Message.Kind.ASK_BACK
    text = (
        f"CBP {'asks you something about' if back else 'has answered'} your inquiry {inquiry.number}: {ended(inquiry.subject)}\n\n"
        + ("Until you reply, the clock of the promised answer stands still." if back else "")
        + ("" if back else "Read the answer in the portal. It is help, not a ruling; it stops no deadline.")
    )
    members = members_of([inquiry.account_id])
    asker = members.filter(person=inquiry.asked_by_id)
    subject = f"{'Your reply is needed' if back else 'Answered'}: inquiry {inquiry.number}"
    return tell_once(
        f"{WRITTEN}:{message.pk}", WRITTEN, subject, text, path=f"/inquiries/{inquiry.pk}/", about=inquiry,
        people=[asker if asker.exists() else members],
    )  # fmt: skip


def _tell_expert(one: Involvement) -> bool:
    inquiry = one.inquiry
    text = (
        f"You were brought into inquiry {inquiry.number} of {inquiry.account.name}: {ended(inquiry.subject)}\n\n{one.because}\n\n"
        "Read it in the portal, and write the account manager a note or a proposed answer. The account does not see you."
    )
    nowhere = Cast(Value(None), UUIDField())
    people = Person.objects.filter(pk=one.expert_id, is_active=True).values_list("pk", nowhere)
    return tell_once(
        f"{INVOLVED}:{one.pk}", INVOLVED, f"You are brought in: inquiry {inquiry.number}", text,
        path=f"/inquiries/{inquiry.pk}/", about=inquiry, people=[people],
    )  # fmt: skip


def _tell_of_note(note: PrivateNote) -> bool:
    """An expert's to who answers; anybody else's to the experts who were brought in. Nobody hears of their own alone."""
    inquiry = note.inquiry
    if note.by.role == Person.Role.EXPERT:
        people = _of_staff(inquiry)
    else:
        nowhere = Cast(Value(None), UUIDField())
        there = Involvement.objects.filter(inquiry=inquiry, until=None, expert__is_active=True)
        people = [there.values_list("expert", nowhere)]
    text = (
        f"{note.by.name} has written for staff only: {note.get_kind_display().lower()}, inquiry {inquiry.number} of"
        f" {inquiry.account.name}, {ended(inquiry.subject)}\n\nRead it in the portal. The account never sees it."
    )
    return tell_once(
        f"{NOTED}:{note.pk}", NOTED, f"{note.get_kind_display()}: inquiry {inquiry.number}", text,
        path=f"/inquiries/{inquiry.pk}/", about=inquiry, people=people,
    )  # fmt: skip


def stop_what_is_not_theirs(sender: object, **kwargs: Any) -> int:
    """Stop mails, and what waits for a digest, to experts who were let go before it went out."""
    of_inquiries = ContentType.objects.get_for_model(Inquiry)
    waiting = Delivery.objects.filter(
        state__in=Delivery.WAITING, person__role=Person.Role.EXPERT, message__about_type=of_inquiries
    )
    # Compared as text: what other messages are about has no number.
    known = Involvement.objects.annotate(about=Cast("inquiry", CharField()))
    inside = known.filter(expert=OuterRef("person"), until=None, about=OuterRef("message__about_id"))
    return stop_all(waiting.exclude(Exists(inside)))


def connect() -> None:
    """Look before mails go out."""
    about_to_send.connect(stop_what_is_not_theirs, dispatch_uid="inquiries.telling.stop")


def warn(now: datetime.datetime) -> int:
    """Warn of promises of which half or a quarter is left, and escalate those that are missed: due and not yet told.

    Run twice, or after days of standing still, each stage is told once, and of two stages that have passed the later.
    """
    rows = Inquiry.objects.waiting().select_related("account")  # type: ignore[attr-defined]
    missed = rows.filter(due_at__lte=now, due_at__gt=now - STALE)
    quarter = rows.filter(quarter_at__lte=now, due_at__gt=now)
    half = rows.filter(half_at__lte=now, quarter_at__gt=now)
    return sum(
        _warn(one, stage)
        for stage, some in ((MISSED, missed), (QUARTER, quarter), (HALF, half))
        for one in _unwarned(some, stage)
    )


def _unwarned(rows: QuerySet[Any], stage: str) -> list[Inquiry]:
    """A promise that begins again is warned of again: its key holds when it began."""
    keys = {f"{stage}:{one.pk}:{one.clock_from:%Y%m%d%H%M%S}": one for one in rows}
    known = set(Told.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    left = {key: one for key, one in keys.items() if key not in known}
    for key, one in left.items():
        one.warned_as = key  # type: ignore[attr-defined]
    return list(left.values())


def _warn(inquiry: Inquiry, stage: str) -> bool:
    due = promised_by(inquiry)  # by the clocks of the Center, as on the page
    left = {HALF: "Half of the promised time is left", QUARTER: "A quarter of the promised time is left"}.get(stage)
    text = (
        f"{left}: inquiry {inquiry.number} of {inquiry.account.name} (“{inquiry.subject}”) is promised by {due}."
        if left
        else f"The answer to inquiry {inquiry.number} of {inquiry.account.name} (“{inquiry.subject}”) was promised by {due}."
    )
    people = _of_staff(inquiry)
    nowhere = Cast(Value(None), UUIDField())
    experts = Involvement.objects.filter(inquiry=inquiry, until=None, expert__is_active=True)
    people = [*people, experts.values_list("expert", nowhere)]
    if stage == MISSED:
        people = [*people, headquarters()]
    subject = f"{left or 'Promise missed'}: inquiry {inquiry.number}"
    return tell_once(
        inquiry.warned_as, stage, subject, text, path=f"/inquiries/{inquiry.pk}/", about=inquiry, people=people
    )
