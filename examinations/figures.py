"""An account's figures of a period, from summaries where they exist and from its examinations where not."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Case, Count, F, FloatField, Func, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Account, Person
from examinations.intervals import Rate, rate_of
from examinations.models import Entry, EntryMonth, Examination, ExaminationMonth
from examinations.models.entry import COUNTED_TYPES, Source
from examinations.models.examination import HELD, Disposition, ExaminationType

CARGO = ~Q(type=ExaminationType.ESR)
#: As the monthly sums count it: closed, with anything but "no discrepancy".
WRONG = Q(closed__isnull=False) & ~Q(disposition__in=[Disposition.NO_DISCREPANCY, Disposition.PENDING])
LONG_STAY_DAYS = 5


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included."""

    start: datetime.date
    end: datetime.date


def twelve_months(as_of: datetime.date) -> Period:
    """This month so far and the eleven before it."""
    month_a_year_ago = as_of.replace(year=as_of.year - 1, day=1)
    return Period(after(month_a_year_ago), as_of)


@dataclass(frozen=True)
class MonthFigures:
    month: datetime.date
    entries: int
    cargo: int
    value: Decimal
    duty: Decimal


@dataclass(frozen=True)
class Stay:
    """Calendar days from selection to release of the cargo examinations that ended."""

    count: int
    median: float | None
    ninth_decile: float | None
    long_stays: int


@dataclass(frozen=True)
class PortFigures:
    port: str
    examinations: int
    wrong: int
    held: int
    median_days: float | None


@dataclass(frozen=True)
class Figures:
    """What the page of figures says; a rate is None where nothing was counted."""

    period: Period
    entries: int
    cargo: int
    examined: Rate | None
    random: Rate | None
    other: Rate | None
    owed: Decimal
    overpaid: Decimal
    stay: Stay
    held: int
    months: list[MonthFigures]
    ports: list[PortFigures]


def of_account(account: Account) -> Q:
    """Rows of the account's own imports, and for a broker of what it filed."""
    if account.kind == Account.Kind.BROKER:
        return Q(account=account) | Q(filer=account)
    return Q(account=account)


def examinations_of(account: Account) -> QuerySet[Examination]:
    """The account's examinations, with `days`: from selection to release, or to today while held."""
    return Examination.objects.filter(of_account(account))


class DaysBetween(Func):
    """Whole days from the second date to the first: dates subtract to an integer in PostgreSQL."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def with_days(rows: QuerySet[Examination], as_of: datetime.date) -> QuerySet[Examination]:
    """Annotate the calendar days held, as examinations.clocks.days_held counts them; a review of papers holds nothing."""
    ended = Coalesce(F("released"), Value(as_of))
    held = Greatest(DaysBetween(ended, F("selected")), Value(0))
    return rows.annotate(days=Case(When(CARGO, then=held), output_field=IntegerField()))


def newest_data(account: Account, as_of: datetime.date) -> datetime.date | None:
    """The latest day that any of the account's rows speaks of, for the stamp of freshness.

    Each side of a broker's rows is asked by itself: one index gives the answer, where an OR reads every row.
    """
    sides = [Q(account=account)] + ([Q(filer=account)] if account.kind == Account.Kind.BROKER else [])
    days: list[datetime.date] = []
    for side in sides:
        entries = Entry.objects.filter(side, entry_date__lte=as_of).order_by("-entry_date")
        examined = Examination.objects.filter(side, selected__lte=as_of).order_by("-selected")
        days += [*entries.values_list("entry_date", flat=True)[:1], *examined.values_list("selected", flat=True)[:1]]
    return max(days, default=None)


def after(month: datetime.date) -> datetime.date:
    """The first day of the month that follows."""
    return (month + datetime.timedelta(days=32)).replace(day=1)


def months_between(period: Period) -> list[datetime.date]:
    """The first days of the months that a period touches."""
    month, months = period.start.replace(day=1), []
    while month <= period.end:
        months.append(month)
        month = after(month)
    return months


def by_month(account: Account, period: Period) -> list[MonthFigures]:
    """Entries, cargo examinations, value and duty month by month; whole months, CBP's rows only."""
    months = months_between(period)
    within = of_account(account) & Q(month__gte=months[0], month__lte=months[-1])
    traded = {
        row["month"]: row
        for row in EntryMonth.objects.filter(within, source=Source.CBP)
        .values("month")
        .annotate(n=Sum("entries"), v=Sum("value"), d=Sum("duty"))
    }
    examined = dict(
        ExaminationMonth.objects.filter(within).values_list("month").annotate(Sum("cargo")).order_by("month")
    )
    empty = {"n": 0, "v": Decimal(0), "d": Decimal(0)}
    return [
        MonthFigures(month, row["n"], examined.get(month, 0), row["v"], row["d"])
        for month in months
        for row in [traded.get(month, empty)]
    ]


@dataclass(frozen=True)
class FromYou:
    """Sums of what the account uploaded itself; in no rate."""

    entries: int
    value: Decimal
    duty: Decimal


def from_you(account: Account, period: Period, person: Person) -> FromYou | None:
    """What the account's own files hold for the months of the period; None for nothing, and for everybody else."""
    months = months_between(period)
    own = EntryMonth.objects.visible_to(person).filter(account=account, source=Source.OWN)
    found = own.filter(month__range=(months[0], months[-1])).aggregate(n=Sum("entries"), v=Sum("value"), d=Sum("duty"))
    return FromYou(found["n"], found["v"], found["d"]) if found["n"] else None


class Percentile(Aggregate):
    """PERCENTILE_CONT of an expression: `Percentile("days", fraction=0.5)` is its median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def entries_examined(account: Account, period: Period, entries: int | None = None) -> Rate | None:
    """Of the entries of the period's months that count (domain 2.7), how many had a cargo examination.

    entries: how many these are, where that has been asked already.
    """
    months = months_between(period)
    within = of_account(account) & Q(month__gte=months[0], month__lte=months[-1])
    if entries is None:
        entries = EntryMonth.objects.filter(within, source=Source.CBP).aggregate(n=Coalesce(Sum("entries"), 0))["n"]
    examined = (
        examinations_of(account)
        .filter(CARGO, entry__entry_type__in=COUNTED_TYPES, entry__source=Source.CBP)
        .filter(entry__entry_date__gte=months[0], entry__entry_date__lt=after(months[-1]))
        .aggregate(n=Count("entry", distinct=True))["n"]
    )
    return rate_of(min(examined, entries), entries)


def results(account: Account, period: Period) -> dict[str, Any]:
    """Sums over the months of the period: random reviews, other closed ones, revenue difference."""
    months = months_between(period)
    names = ("cargo", "reviews", "reviews_wrong", "other", "other_wrong", "owed", "overpaid")
    sums = {f"sum_{name}": Sum(name) for name in names}
    found = ExaminationMonth.objects.filter(of_account(account), month__gte=months[0], month__lte=months[-1]).aggregate(
        **sums
    )
    return {name: found[f"sum_{name}"] or 0 for name in names}


def stay(account: Account, period: Period) -> Stay:
    """How long cargo examinations selected in the period held the goods; those still open are not averaged in."""
    ended = with_days(
        examinations_of(account).filter(CARGO, released__isnull=False, selected__range=(period.start, period.end)),
        period.end,
    )
    found = ended.aggregate(
        count=Count("id"),
        median=Percentile("days", fraction=0.5),
        ninth_decile=Percentile("days", fraction=0.9),
        long_stays=Count("id", filter=Q(days__gt=LONG_STAY_DAYS)),
    )
    return Stay(**found)


def by_port(account: Account, period: Period) -> list[PortFigures]:
    """Cargo examinations selected in the period, port by port, most first."""
    rows = with_days(examinations_of(account).filter(CARGO, selected__range=(period.start, period.end)), period.end)
    grouped = (
        rows.values("port")
        .annotate(
            n=Count("id"),
            n_wrong=Count("id", filter=WRONG),
            n_held=Count("id", filter=HELD),
            median=Percentile("days", fraction=0.5, filter=Q(released__isnull=False)),
        )
        .order_by("-n", "port")
    )
    return [PortFigures(row["port"], row["n"], row["n_wrong"], row["n_held"], row["median"]) for row in grouped]


def held_now(account: Account, as_of: datetime.date) -> QuerySet[Examination]:
    """The examinations for which goods wait now, longest first."""
    return with_days(examinations_of(account).filter(HELD), as_of).order_by("selected", "id")


def figures(account: Account, period: Period) -> Figures:
    """All figures of one account and period, in seven statements whatever its size."""
    found = results(account, period)
    months = by_month(account, period)
    entries = sum(month.entries for month in months)
    return Figures(
        period=period,
        entries=entries,
        cargo=found["cargo"],
        examined=entries_examined(account, period, entries),
        random=rate_of(found["reviews_wrong"], found["reviews"]),
        other=rate_of(found["other_wrong"], found["other"]),
        owed=found["owed"] or Decimal(0),
        overpaid=found["overpaid"] or Decimal(0),
        stay=stay(account, period),
        held=held_now(account, period.end).count(),
        months=months,
        ports=by_port(account, period),
    )
