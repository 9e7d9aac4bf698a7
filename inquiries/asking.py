"""A new inquiry: what is taken, what is refused, and what is kept of the row that it is about."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.access import reach_now
from accounts.history import acting
from accounts.models import Account, Person
from accounts.people import members_of
from inquiries.attached import Attached, attachment_of
from inquiries.models.category import Category, Target, Urgency
from inquiries.promises.promising import clock_values, hours_of, zone_of
from inquiries.verbs import BECAUSE, MOST_A_DAY, WITHDRAWN, Files, HasLeft

if TYPE_CHECKING:
    from inquiries.models import Inquiry

TOO_MANY = f"You have asked {MOST_A_DAY} questions within a day. Ask again tomorrow, or write to one of these."


def ask(
    self: Any,
    account: Account,
    *,
    subject: str,
    category: Category,
    text: str,
    by: Person,
    urgency: str = Urgency.USUAL,
    urgent_because: str = "",
    about: models.Model | None = None,
    heading: str = "",
    not_imported: bool = False,
    documents: Files = (),
    question: Any = None,
    now: datetime.datetime | None = None,
) -> Inquiry:
    """Ask for an account; a worker routes it then.

    about: the row in question, of any model whose manager has `visible_to`; question: the one about a result that this
    takes over. Raises PermissionDenied for who does not belong to the account; ValidationError, by field, for an account
    that has left, a row that the asker may not see, an urgency without a reason, a category that is not offered, nothing
    said, and a file that is not taken.
    """
    if account.pk not in reach_now(by).own:
        raise PermissionDenied("Only members of the account ask for it.")
    return _kept(
        self, account, asker=by, by=by, via="portal", subject=subject, category=category, text=text, urgency=urgency,
        urgent_because=urgent_because, about=about, heading=heading, not_imported=not_imported, documents=documents,
        question=question, now=now,
    )  # fmt: skip


def write_down(
    self: Any,
    account: Account,
    *,
    asker: Person,
    via: str,
    by: Person,
    now: datetime.datetime | None = None,
    **asked: Any,
) -> Inquiry:
    """Put down in writing what a person of the account asked by telephone, in person or by letter: from then on it is an
    inquiry as any other, promised, routed and answered, and its asker is told who wrote it down.

    asker: a member of the account; via: of Message.Via, how it came; asked: as `ask` takes it. Raises PermissionDenied for
    who does not answer for the account; ValidationError as `ask`, and for an asker who is no member. The row that it is about
    must be the asker's to see: its facts stand in the thread.
    """
    if not reach_now(by).sees_law_enforcement_data(account.pk):
        raise PermissionDenied("Only who answers for the account writes down what it asks.")
    if not members_of([account.pk]).filter(person=asker).exists():
        raise ValidationError({"asker": "Choose who of the account asked."})
    if via not in ("call", "visit", "letter"):
        raise ValidationError({"via": "Choose how it came."})
    return _kept(self, account, asker=asker, by=by, via=via, now=now, **asked)


def _kept(
    self: Any, account: Account, *, asker: Person, by: Person, via: str, subject: str, category: Category, text: str,
    urgency: str = Urgency.USUAL, urgent_because: str = "", about: models.Model | None = None, heading: str = "",
    not_imported: bool = False, documents: Files = (), question: Any = None, now: datetime.datetime | None = None,
) -> Inquiry:  # fmt: skip
    now = now or timezone.now()
    subject, because = " ".join(subject.split()), " ".join(urgent_because.split())
    if account.state == Account.State.WITHDRAWN:
        raise HasLeft(WITHDRAWN)
    wrong = {}
    if not subject or len(subject) > self.model.SUBJECT:
        wrong["subject"] = f"Say what it is about, in up to {self.model.SUBJECT} letters."
    if not category.offered or (category.of_results and question is None):
        wrong["category"] = "Choose what it is about."
    if urgency != Urgency.USUAL and not because:
        wrong["urgent_because"] = "Say why it cannot wait."
    if _asked_lately(self, account, asker, now) >= MOST_A_DAY:
        wrong["subject"] = TOO_MANY
    if about is not None and not _may_see(about, asker):
        wrong["about"] = "This row is not among yours."
    if wrong:
        raise ValidationError(wrong)
    attached = attachment_of(about, account, asker) if about is not None else None
    inquiry = self.model(
        account=account, subject=subject, category=category, urgency=urgency, asked_by=asker, asked_at=now,
        changed_at=now, written_down_by=None if by == asker else by,
        urgent_because=because[:BECAUSE] if urgency != Urgency.USUAL else "", not_imported=not_imported,
        question=question, heading=heading or (attached.heading if attached else ""),
        zone=zone_of(account), hours=hours_of(Target.objects.all(), category, urgency), clock_from=now,
    )  # fmt: skip
    if attached:
        _attach(inquiry, about, attached)
    for name, value in clock_values(inquiry.clock_from, inquiry.hours, (), inquiry.zone).items():
        setattr(inquiry, name, value)
    with transaction.atomic(), acting(by, "ask"):
        inquiry.save()
        inquiry._write("question", text, by, False, now, documents, via)
        if not_imported and category.before_import:
            inquiry._step(
                now, None, "For goods that are not imported yet only a ruling binds: ask for one (19 CFR 177)."
            )
    return inquiry


def _asked_lately(rows: Any, account: Account, by: Person, now: datetime.datetime) -> int:
    day = now - datetime.timedelta(days=1)
    return int(rows.filter(account=account, asked_by=by, asked_at__gt=day, asked_at__lte=now).count())


def _attach(inquiry: Inquiry, about: models.Model | None, attached: Attached) -> None:
    inquiry.about = about
    inquiry.about_words, inquiry.about_path = attached.words[:200], attached.path
    inquiry.about_facts, inquiry.port, inquiry.amount = attached.facts, attached.port, attached.amount


def _may_see(thing: models.Model, person: Person) -> bool:
    manager: Any = type(thing)._default_manager
    return hasattr(manager, "visible_to") and manager.visible_to(person).filter(pk=thing.pk).exists()
