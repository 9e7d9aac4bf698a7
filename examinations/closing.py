"""Entries whose correction or protest window closes soon, as one statement; `entry_dates.dates_of` says it of one.

An index finds them: a correction ends 298 to 300 days after entry unless a nearer liquidation is on file, so that
the days of entry, or of liquidation, of all windows that close in a period lie in periods of their own.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    Func,
    Min,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models import OuterRef as Outer
from django.db.models.functions import Coalesce, Greatest, Least, NullIf

from accounts.models import Account, Person
from examinations import clocks
from examinations.checks.catalogue import CHECKS
from examinations.checks.check import Check
from examinations.entry_dates import ADCVD_TYPES, EXTENDED, LIQUIDATED, SUSPENDED
from examinations.models import CheckFinding, Discrepancy, Entry, LookedAt
from examinations.models.entry import MONEY
from examinations.working_days import DaysAfter

DAY = datetime.timedelta(days=1)
#: By the usual cycle liquidation is at the earliest on day 313: a Friday before a Saturday that is day 314.
LEAST_CORRECTION_DAYS = clocks.LIQUIDATION_DAYS - 1 - clocks.CORRECTION_DAYS_BEFORE_LIQUIDATION
CORRECTION, PROTEST = "correction", "protest"
WINDOWS = ((CORRECTION, "Correction"), (PROTEST, "Protest"))


class ExpectedLiquidation(Func):
    """`clocks.expected_liquidation` in SQL: from the Sunday on or before day 314 to the Friday after it."""

    template = (
        f"(%(expressions)s + {clocks.LIQUIDATION_DAYS + clocks.FRIDAY_AFTER_SUNDAY}"
        f" - extract(dow FROM %(expressions)s + {clocks.LIQUIDATION_DAYS})::int)"
    )
    output_field = DateField()


def _says(word: str) -> Q:
    return Q(extension_status__icontains=word) | Q(liquidation_status__icontains=word)


#: No day of liquidation can be counted: it is suspended, extended, or was on a day that no file names.
#: Most entries have no word on file, and to compare words in either case takes its time: that is asked first.
UNDATED = Q(entry_type__in=ADCVD_TYPES) | ~Q(liquidation_status="", extension_status="") & (
    Q(liquidation_status__iexact=LIQUIDATED) | _says(SUSPENDED) | _says(EXTENDED)
)


def with_windows(rows: QuerySet[Entry], as_of: datetime.date) -> QuerySet[Entry]:
    """Annotate `liquidation`, `correction_by`, `protest_by`, and `closes`: the one of both that there is."""
    no_day = Value(None, DateField())
    liquidation = Case(
        When(liquidation_date__isnull=False, then=F("liquidation_date")),
        When(UNDATED, then=no_day),
        default=ExpectedLiquidation(F("entry_date")),
    )
    liquidated = Q(liquidation_date__lte=as_of) | Q(liquidation_date=None, liquidation_status__iexact=LIQUIDATED)
    correction = Least(  # of a date and nothing PostgreSQL takes the date
        DaysAfter(F("entry_date"), Value(clocks.CORRECTION_DAYS)),
        DaysAfter(F("liquidation"), Value(-clocks.CORRECTION_DAYS_BEFORE_LIQUIDATION)),
    )
    protest = DaysAfter(F("liquidation_date"), Value(clocks.PROTEST_DAYS))
    return (
        rows.annotate(liquidation=liquidation)
        .annotate(
            correction_by=Case(When(liquidated, then=no_day), default=correction, output_field=DateField()),
            protest_by=Case(When(liquidation_date__lte=as_of, then=protest), default=no_day, output_field=DateField()),
        )
        .annotate(closes=Coalesce("protest_by", "correction_by"))
    )


def _days(count: int) -> datetime.timedelta:
    return count * DAY


def _found_by_index(first: datetime.date, last: datetime.date, windows: set[str]) -> list[Q]:
    """Periods of entry and liquidation outside which no window closes between two days."""
    found = []
    if CORRECTION in windows:
        entered = (first - _days(clocks.CORRECTION_DAYS), last - _days(LEAST_CORRECTION_DAYS))
        ahead = _days(clocks.CORRECTION_DAYS_BEFORE_LIQUIDATION)
        found += [Q(entry_date__range=entered), Q(liquidation_date__range=(first + ahead, last + ahead))]
    if PROTEST in windows:
        behind = _days(clocks.PROTEST_DAYS)
        found += [Q(liquidation_date__range=(first - behind, last - behind))]
    return found


def sides_of(account: Account) -> list[Q]:
    """The rows of the account's own imports, and for a broker those that it filed, each by an index of its own."""
    return [Q(account=account)] + ([Q(filer=account)] if account.kind == Account.Kind.BROKER else [])


def closing(
    sides: list[Q],
    person: Person,
    as_of: datetime.date,
    last: datetime.date,
    *,
    first: datetime.date | None = None,
    window: str = "",
) -> QuerySet[Entry]:
    """Entries with a window that closes from `first` (today unless named) to `last`, both included.

    sides: whose entries, as `sides_of` says it. window: correction or protest alone, both where empty.
    """
    first = first or as_of
    windows = {window} if window else {CORRECTION, PROTEST}
    wanted = Q(pk__in=())
    for side in sides:
        for period in _found_by_index(first, last, windows):
            wanted |= side & period
    closes = Q()
    if window:
        closes = Q(**{f"{window}_by__isnull": False})
    rows = with_windows(Entry.objects.visible_to(person).filter(wanted), as_of)
    return rows.filter(closes, closes__range=(first, last))


def with_money(rows: QuerySet[Entry], person: Person, account: Account | None = None) -> QuerySet[Entry]:
    """Annotate what is in question on each entry, as far as this person may see it: `owed` and `overpaid`, by what
    examinations found, `checked`, by what the checks found that nobody looked at (not below zero, dollars, empty for
    nothing), and `question`, their sum.

    account: whose all the rows are, where they are one importer's. Something was found on few of its entries: these few
    are looked up together, and only they are asked for their money.
    """
    differing = Discrepancy.objects.visible_to(person).filter(revenue_difference__isnull=False).order_by()
    found = differing.filter(examination__entry=Outer("pk")).values("examination__entry")
    few = None
    if account and account.kind != Account.Kind.BROKER:
        its = differing.filter(account=account, examination__entry__isnull=False).values_list("examination__entry")
        finds = CheckFinding.objects.visible_to(person).filter(account=account, money__gt=0)  # type: ignore[attr-defined]
        few = Among("pk", [entry for (entry,) in its.union(finds.order_by().values_list("entry"))])
    money = DecimalField(**MONEY)
    parts = {
        "owed": Sum(Greatest(F("revenue_difference"), Value(0), output_field=money)),
        "overpaid": Sum(Greatest(-F("revenue_difference"), Value(0), output_field=money)),
    }
    checked = counted_finds(person).filter(entry=Outer("pk")).order_by().values("entry").annotate(sum=Sum("money"))
    nothing = Value(Decimal(0), output_field=money)
    sums = [Coalesce(name, nothing, output_field=money) for name in (*parts, "checked")]
    return rows.annotate(
        **{name: _of_few(few, found.annotate(sum=part).values("sum")) for name, part in parts.items()},
        checked=_of_few(few, checked.values("sum")),
    ).annotate(question=NullIf(reduce(add, sums), nothing))


class Among(Func):
    """Whether a number is one of these. As an array it is one value to PostgreSQL, however often it is asked for."""

    output_field = BooleanField()

    def __init__(self, field: str, numbers: Iterable[int]) -> None:
        super().__init__(F(field))
        self.numbers = "{" + ",".join(map(str, numbers)) + "}"

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY (%s::bigint[])", [*parameters, self.numbers]


def _of_few(few: Among | None, amount: QuerySet[Any]) -> Subquery | Case:
    """A sum asked of each row, or of those few alone where they are known."""
    money = DecimalField(**MONEY)
    asked = Subquery(amount, output_field=money)
    return Case(When(few, then=asked), output_field=money) if few else asked


def counted_finds(person: Person) -> QuerySet[CheckFinding]:
    """Finds of the checks whose dollars are in question: those that nobody marked as looked at, and of a line that
    several checks found the one with the most, since they ask about the same money."""
    marks = LookedAt.objects.visible_to(person).filter(  # type: ignore[attr-defined]
        Q(account=Outer("account")) | Q(account=Outer("filer")),
        kind=Outer("kind"), entry_number=Outer("entry_number"), line=Outer("line"),
    )  # fmt: skip
    found = CheckFinding.objects.visible_to(person).filter(~Exists(marks), kind__in=list(CHECKS), money__gt=0)  # type: ignore[attr-defined]
    more = found.filter(
        Q(money__gt=Outer("money")) | Q(money=Outer("money"), pk__lt=Outer("pk")),
        entry=Outer("entry"), line=Outer("line"),
    )  # fmt: skip
    return found.filter(~Exists(more))


@dataclass(frozen=True)
class Checked:
    """What one check puts in question on one entry: dollars, and the lines."""

    check: Check
    money: Decimal
    lines: int


def checks_of(entries: Collection[int], person: Person) -> dict[int, list[Checked]]:
    """By entry (ids) what the checks put in question there, the most first; one statement."""
    by_entry: dict[int, list[Checked]] = {}
    sums = counted_finds(person).filter(entry__in=entries).order_by().values("entry", "kind")
    for row in sums.annotate(sum=Sum("money"), lines=Count("id")).order_by("-sum", "kind"):
        by_entry.setdefault(row["entry"], []).append(Checked(CHECKS[row["kind"]], row["sum"], row["lines"]))
    return by_entry


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
    """What closes until a day for many accounts in one statement: the sum, in which each entry counts once, and each
    account's own, the most in question first. Of an importer its imports count, of a broker what it filed.
    """
    importers = {one.pk for one in accounts if one.kind != Account.Kind.BROKER}
    brokers = {one.pk for one in accounts if one.kind == Account.Kind.BROKER}
    rows = closing([Q(account__in=importers), Q(filer__in=brokers)], person, as_of, last)
    groups = (
        with_money(rows, person)
        .order_by()
        .values("account", "filer")
        .annotate(
            entries=Count("id"),
            paid=Sum("duty"),
            at_stake=Coalesce(Sum("question"), Value(0), output_field=DecimalField(**MONEY)),
            first=Min("closes"),
        )
    )
    total, each = ClosingOf(), {pk: ClosingOf(pk) for pk in importers | brokers}
    for row in groups:
        total.add(row)
        for pk in {row["account"]} & importers | {row["filer"]} & brokers:
            each[pk].add(row)
    found = [one for one in each.values() if one.entries]
    return total, sorted(found, key=lambda one: (-one.question, -one.duty))
