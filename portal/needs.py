"""What a member's first page asks for, in order of days: held shipments and requests of CBP in one list."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account, Person
from examinations.models import CustomsRequest, Examination
from examinations.requests.words import TO_DO, left_of, lines_of, subjects_of

NEEDS_SHOWN = 5
#: A request so many days late is no longer news; it stands below what can still be met.
LONG_LATE = datetime.timedelta(days=30)
#: A manager is shown the answers that are due in so many days.
DUE_DAYS = 10
ASKED_SHOWN = 10


@dataclass(frozen=True)
class Need:
    """One row. order: first what has a day, by that day; then goods that wait without one; then what is long late."""

    kind: str
    one: Examination | CustomsRequest
    order: tuple[int, datetime.date]


def asked_of(account: Account, person: Person, day: datetime.date) -> list[CustomsRequest]:
    """The first requests to answer, without those that the account says it answered; each with the counts of all. One
    statement."""
    rows = CustomsRequest.objects.visible_to(person).of(account).to_answer().filter(said_on=None)
    return list(rows.with_counts(day).with_lines().select_related("account")[:NEEDS_SHOWN])


def needs_of(held: Iterable[Examination], asked: Iterable[CustomsRequest], day: datetime.date) -> list[Need]:
    """held: with `holding`, where the goods stand, and with `papers` and `papers_due`, what is asked for while they are
    detained. asked: with `answer_by` and what is asked about."""
    rows = [Need("held", one, _urgency(one, day)) for one in held]
    for one in asked:
        one.to_do, one.left = TO_DO[one.form], left_of(one.answer_by, day)  # type: ignore[attr-defined,index]
        one.asked_lines, one.subjects = lines_of(one.line_numbers), subjects_of(one.subject_codes)  # type: ignore[attr-defined]
        late = one.answer_by < day - LONG_LATE  # type: ignore[attr-defined]
        rows.append(Need("asked", one, (2 if late else 0, one.answer_by)))  # type: ignore[attr-defined]
    return sorted(rows, key=lambda need: need.order)[:NEEDS_SHOWN]


def _urgency(one: Examination, day: datetime.date) -> tuple[int, datetime.date]:
    """First what the account has to send or what CBP must decide soonest, then the longest wait."""
    if one.papers:  # type: ignore[attr-defined]
        return 0, one.papers_due or day  # type: ignore[attr-defined]
    next_day = one.holding.next_day  # type: ignore[attr-defined]
    return (0, next_day) if next_day else (1, one.selected)


def answers_due(managed: Collection[UUID], day: datetime.date) -> list[CustomsRequest]:
    """A portfolio's requests due in DUE_DAYS days, or late by no more, with the account to open them under; one
    statement."""
    asked = CustomsRequest.objects.of_any(managed).due(day, DUE_DAYS).select_related("account", "filer")  # type: ignore[attr-defined]
    found = list(asked[:ASKED_SHOWN])
    for one in found:
        one.whose = one.account if one.account_id in managed else one.filer
        one.left = left_of(one.answer_by, day)
    return found
