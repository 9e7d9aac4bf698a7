"""What closes soon over many accounts."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, Min, Q, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Account, Person
from examinations.closing.days import asked_about, closing_days, hold_all
from examinations.closing.question import with_money
from examinations.closing.windows import closing
from examinations.models.entry import MONEY


@dataclass
class ClosingOf:
    """What closes for some account, or for all of them: entries, their duty in dollars, how much of it is in question."""

    account: UUID | None = None
    entries: int = 0
    duty: Decimal = Decimal(0)
    question: Decimal = Decimal(0)
    first: datetime.date | None = None

    def add(self, row: dict[str, Any]) -> None:
        self.entries += row["entries"]
        self.duty += row["paid"]
        self.question += row["at_stake"]
        self.first = min(self.first or row["first"], row["first"])


def closing_of_all(
    accounts: Iterable[Account], person: Person, as_of: datetime.date, last: datetime.date
) -> tuple[ClosingOf, list[ClosingOf]]:
    """What closes until a day for many accounts in a handful of statements: the sum, in which each entry counts once,
    and each account's own, the most in question first. Of an importer its imports count, of a broker what it filed.
    """
    asked = list(accounts)
    importers = {one.pk for one in asked if one.kind != Account.Kind.BROKER}
    brokers = {one.pk for one in asked if one.kind == Account.Kind.BROKER}
    sides = [Q(account__in=importers), Q(filer__in=brokers)]
    read = _from_sums if hold_all(asked) else _from_rows
    total, each = ClosingOf(), {pk: ClosingOf(pk) for pk in importers | brokers}
    for row in read(asked, sides, person, as_of, last):
        total.add(row)
        for pk in {row["account"]} & importers | {row["filer"]} & brokers:
            each[pk].add(row)
    found = [one for one in each.values() if one.entries]
    return total, sorted(found, key=lambda one: (-one.question, -one.duty))


def _from_rows(
    accounts: list[Account], sides: list[Q], person: Person, as_of: datetime.date, last: datetime.date
) -> Iterable[dict[str, Any]]:
    """By importer and filer, entry by entry; one statement."""
    groups = with_money(closing(sides, person, as_of, last), person).order_by().values("account", "filer")
    return groups.annotate(
        entries=Count("id"),
        paid=Sum("duty"),
        at_stake=Coalesce(Sum("question"), Value(0), output_field=DecimalField(**MONEY)),
        first=Min("closes"),
    )


def _from_sums(
    accounts: list[Account], sides: list[Q], person: Person, as_of: datetime.date, last: datetime.date
) -> Iterable[dict[str, Any]]:
    """The same from sums, and the few with money in question; three statements."""
    at_stake: dict[tuple[UUID, UUID | None], Decimal] = defaultdict(Decimal)
    for one in asked_about(accounts, sides, person, as_of, last):
        at_stake[one.account_id, one.filer_id] += one.question  # type: ignore[attr-defined]
    groups = closing_days(sides, person, as_of, last).values("account", "filer")
    for row in groups.annotate(count=Sum("entries"), paid=Sum("duty"), first=Min("closes")):
        yield row | {"entries": row["count"], "at_stake": at_stake[row["account"], row["filer"]]}
