"""Which accounts may this person see, now, and which kinds of their data: the one place that answers.

PostgreSQL asks the same question again underneath (row-level security, accounts/scope.py writes this
answer into the open transaction), so that a forgotten filter shows nothing.
"""

from __future__ import annotations

import dataclasses
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import Person


@dataclasses.dataclass(frozen=True)
class Reach:
    """What one person may see at one moment: accounts by kind of data.

    person: who asks; None for nobody. everything: headquarters. The rest are ids of accounts: `own` and
    `managed` say why, the others say what: rows of that kind are open for these accounts. administers: those of the own
    ones whose people this person manages.
    """

    person: UUID | None = None
    everything: bool = False
    own: frozenset[UUID] = frozenset()
    managed: frozenset[UUID] = frozenset()
    known: frozenset[UUID] = frozenset()
    filed: frozenset[UUID] = frozenset()
    entries: frozenset[UUID] = frozenset()
    examinations: frozenset[UUID] = frozenset()
    cost: frozenset[UUID] = frozenset()
    bonds: frozenset[UUID] = frozenset()
    trends: frozenset[UUID] = frozenset()
    administers: frozenset[UUID] = frozenset()

    def opens(self, account: UUID) -> bool:
        """Whether all of the account's own pages are this person's to open."""
        return self.everything or account in self.own or account in self.managed

    def sees_cost(self, account: UUID) -> bool:
        """Whether what the examinations of this importer's account cost may be shown."""
        return self.everything or account in self.cost

    @property
    def delegated(self) -> frozenset[UUID]:
        """Accounts that opened some kinds of their data to this person's own: some of their pages, not all."""
        opened = self.entries | self.examinations | self.cost | self.bonds | self.trends
        return opened - self.own - self.managed

    def sees_law_enforcement_data(self, account: UUID) -> bool:
        """Whether reasons of selection, scores and private notes of this account may be shown."""
        return self.everything or account in self.managed

    def reads_disclosed_reasons(self, account: UUID) -> bool:
        """Whether it may be shown which closed examinations of this account were picked at random."""
        return discloses_reasons() or self.sees_law_enforcement_data(account)


def discloses_reasons() -> bool:
    """Whether members read "random measurement" or "other" on a closed examination (docs/operations.md)."""
    return bool(settings.DISCLOSE_REASON)


#: The kinds that row-level security knows, in the order in which accounts/scope.py writes them.
KINDS = ("own", "managed", "known", "filed", "entries", "examinations", "cost", "bonds", "trends", "administers")

#: The answer for the person in whose scope the code runs; set by accounts/scope.py.
current: ContextVar[Reach | None] = ContextVar("reach", default=None)

#: The function of the database that decides, for one person (accounts/migrations/0019_decide_reach.py): a row for each
#: account and kind. It keeps its plan; sent as text PostgreSQL would plan it in each request, five times as long as it runs.
DECIDE = "SELECT kind, account FROM decide_reach(%s)"


def reach(person: Person | None) -> Reach:
    """Decide what a person may see now. One statement; nobody and the inactive reach nothing."""
    if person is None or person.pk is None or not person.is_active:
        return Reach()
    if person.is_headquarters:
        return Reach(person=person.pk, everything=True)
    found: dict[str, set[UUID]] = {kind: set() for kind in KINDS}
    with connection.cursor() as cursor:
        cursor.execute(DECIDE, [person.pk])
        for kind, account in cursor.fetchall():
            found[kind].add(account)
    whole = found["own"] | found["managed"]
    for kind in ("known", "filed", "entries", "examinations", "cost", "bonds", "trends"):
        found[kind] |= whole
    return Reach(person=person.pk, **{kind: frozenset(found[kind]) for kind in KINDS})


def reach_now(person: Person | None) -> Reach:
    """The answer of the open scope if it is this person's, else a fresh one."""
    held = current.get()
    if held is not None and person is not None and held.person == person.pk:
        return held
    return reach(person)


class VisibleQuerySet(models.QuerySet[Any]):
    """Rows of a model that says, by its `within(reach)`, which of them a reach opens."""

    def visible_to(self, person: Person | None) -> Self:
        """Narrow to the rows that this person may see now."""
        held = reach_now(person)
        return self if held.everything else self.filter(self.model.within(held))

    def visible_of(self, account: UUID, person: Person | None) -> Self:
        """The rows of one account that this person may see: `visible_to` for which the answer is known beforehand.

        Where the reach opens the account, `opened(reach, account)` of the model says what is left to ask of a row. To ask
        whose it is once more, of either side, would hide from PostgreSQL that one index has the rows in their order.
        """
        held, rows = reach_now(person), self.filter(account=account)
        left = None if held.everything else self.model.opened(held, account)
        return rows.visible_to(person) if left is None else rows.filter(left)


class AccountQuerySet(VisibleQuerySet):
    def opened_by(self, person: Person | None) -> Self:
        """Narrow to the accounts whose own pages this person may open (known names are more)."""
        held = reach_now(person)
        return self if held.everything else self.filter(pk__in=held.own | held.managed)

    def partly_opened_by(self, person: Person | None) -> Self:
        """The same, and the accounts that opened some kinds of data, and so some pages, to an account of this person."""
        held = reach_now(person)
        return self if held.everything else self.filter(pk__in=held.own | held.managed | held.delegated)


def of_accounts(held: Reach, kind: str, field: str = "account") -> Q:
    """Rows whose account is open for that kind of data."""
    return Q(**{f"{field}__in": getattr(held, kind)})
