"""The rows that figures are about: whose they are, how long goods were held, what is newest."""

import datetime
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Account
from examinations.figures.period import Period, after, months_between
from examinations.intervals import Rate, rate_of
from examinations.models import Entry, EntryMonth, Examination
from examinations.models.entry import COUNTED_TYPES, Source
from examinations.models.examination import HELD, Disposition, ExaminationType

CARGO = ~Q(type=ExaminationType.ESR)
#: As the monthly sums count it: closed, with anything but "no discrepancy".
WRONG = Q(closed__isnull=False) & ~Q(disposition__in=[Disposition.NO_DISCREPANCY, Disposition.PENDING])


def of_account(account: Account, client: Account | None = None) -> Q:
    """Rows of the account's own imports, and for a broker of what it filed; client: of that for this importer alone."""
    if client is not None:
        return Q(account=client, filer=account)
    if account.kind == Account.Kind.BROKER:
        return Q(account=account) | Q(filer=account)
    return Q(account=account)


def examinations_of(account: Account, client: Account | None = None) -> QuerySet[Examination]:
    """The account's examinations, with `days`: from selection to release, or to today while held."""
    return Examination.objects.filter(of_account(account, client))


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
    newest: list[QuerySet[Any]] = []
    for side in sides:
        entries = Entry.objects.filter(side, entry_date__lte=as_of).order_by("-entry_date")
        examined = Examination.objects.filter(side, selected__lte=as_of).order_by("-selected")
        newest += [entries.values_list("entry_date", flat=True)[:1], examined.values_list("selected", flat=True)[:1]]
    return max(newest[0].union(*newest[1:], all=True), default=None)


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
    examined = (
        examinations_of(account)
        .filter(CARGO, entry__entry_type__in=COUNTED_TYPES, entry__source=Source.CBP)
        .filter(entry__entry_date__gte=months[0], entry__entry_date__lt=after(months[-1]))
    )
    counted = (
        examined.order_by().annotate(what=Value("examined")).values("what").annotate(n=Count("entry", distinct=True))
    )
    if entries is None:
        sums = EntryMonth.objects.filter(within, source=Source.CBP).order_by().annotate(what=Value("entries"))
        counted = counted.union(sums.values("what").annotate(n=Sum("entries")), all=True)
    found = dict(counted.values_list("what", "n"))
    every = (found.get("entries") or 0) if entries is None else entries
    return rate_of(min(found.get("examined", 0), every), every)


def held_now(account: Account, as_of: datetime.date, client: Account | None = None) -> QuerySet[Examination]:
    """The examinations for which goods wait now, longest first."""
    return with_days(examinations_of(account, client).filter(HELD), as_of).order_by("selected", "id")
