"""The rows that figures are about: whose they are, how long goods were held, what is newest."""

import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    DateField,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Account, Person
from examinations.figures.period import Period, months_between
from examinations.intervals import Rate, rate_of
from examinations.models import Dimension, Entry, EntryBreakdown, Examination
from examinations.models.breakdown import Breakdown
from examinations.models.entry import Source
from examinations.models.examination import CARGO, HELD


def of_account(account: Account, client: Account | None = None) -> Q:
    """Rows of the account's own imports, and for a broker of what it filed; client: of that for this importer alone."""
    if client is not None:
        return Q(account=client, filer=account)
    if account.kind == Account.Kind.BROKER:
        return Q(account=account) | Q(filer=account)
    return Q(account=account)


def sums_within(
    model: type[Breakdown], account: Account, person: Person | None, client: Account | None = None
) -> QuerySet[Any]:
    """Sums of the account's rows that this person may see, of either side of a broker; of one client where one is given.

    Of an importer whose sums are all open nothing is asked twice: PostgreSQL would take them for a few rows.
    """
    if account.kind == Account.Kind.BROKER or client is not None:
        return model.objects.visible_to(person).filter(of_account(account, client))  # type: ignore[attr-defined,no-any-return]
    return model.objects.visible_of(account.pk, person)  # type: ignore[attr-defined,no-any-return]


def examinations_of(account: Account, client: Account | None = None) -> QuerySet[Examination]:
    """The account's examinations, with `days`: from selection to release, or to today while held."""
    return Examination.objects.filter(of_account(account, client))


class DaysBetween(Func):
    """Whole days from the second date to the first: dates subtract to an integer in PostgreSQL."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def with_days(rows: QuerySet[Examination], as_of: datetime.date) -> QuerySet[Examination]:
    """Annotate the calendar days held, as examinations.clocks.days_held counts them; a review of papers holds nothing.

    Goods that are seized or refused are not released: theirs end on the day on which the result was known.
    """
    ended = Coalesce(F("released"), F("closed"), Value(as_of))
    held = Greatest(DaysBetween(ended, F("selected")), Value(0))
    return rows.annotate(days=Case(When(CARGO, then=held), output_field=IntegerField()))


class Latest(Subquery):
    """The latest day that a statement finds; a day before all others where it finds none. Where rows are under row
    security no index is asked about what COALESCE gives, so that stands within."""

    template = "(SELECT coalesce(max(day), date '0001-01-01') FROM (%(subquery)s) AS found (day))"
    output_field = DateField()


def newest_data(account: Account, as_of: datetime.date) -> datetime.date | None:
    """The latest day that any of CBP's rows of the account speaks of, for the stamp of freshness.

    What the account uploaded itself is no news of CBP's: it counts where there is nothing else. Each side of a broker's
    rows is asked by itself: one index gives the answer, where an OR reads every row. Of examinations only those later
    than the entries are asked: the newest are reviews still open by the thousand, which a member may not see.
    """
    sides = [Q(account=account)] + ([Q(filer=account)] if account.kind == Account.Kind.BROKER else [])
    newest: list[QuerySet[Any]] = []
    for side in sides:
        entries = Entry.objects.filter(side, source=Source.CBP, entry_date__lte=as_of).order_by("-entry_date")
        later = Q(selected__gt=Latest(entries.values("entry_date")[:1]))
        examined = Examination.objects.filter(side, later, selected__lte=as_of).order_by("-selected")
        newest += [entries.values_list("entry_date", flat=True)[:1], examined.values_list("selected", flat=True)[:1]]
    found = max(newest[0].union(*newest[1:], all=True), default=None)
    own = Entry.objects.filter(account=account, source=Source.OWN, entry_date__lte=as_of).order_by("-entry_date")
    return found or own.values_list("entry_date", flat=True).first()


class Percentile(Aggregate):
    """PERCENTILE_CONT of an expression: `Percentile("days", fraction=0.5)` is its median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def entries_examined(account: Account, *periods: Period) -> list[Rate | None]:
    """Of the entries of each period's months that count (domain 2.7), how many had a cargo examination; one statement.

    From the sums behind the load, as the page of figures has it: to count the entries of an account's examinations
    again would take longer with each of them. An entry examined twice is one.
    """
    spans = [(months[0], months[-1]) for months in map(months_between, periods)]
    sums = EntryBreakdown.objects.filter(of_account(account), dimension=Dimension.ALL, source=Source.CBP)
    within = reduce(or_, (Q(month__range=span) for span in spans))
    by_month = sums.filter(within).order_by().values_list("month").annotate(Sum("entries"), Sum("examined"))
    counted = list(by_month)
    found = []
    for first, last in spans:
        chosen = [(entries, examined) for month, entries, examined in counted if first <= month <= last]
        found.append(rate_of(sum(examined for _, examined in chosen), sum(entries for entries, _ in chosen)))
    return found


def held_now(account: Account, as_of: datetime.date, client: Account | None = None) -> QuerySet[Examination]:
    """The examinations for which goods wait now, longest first."""
    return with_days(examinations_of(account, client).filter(HELD), as_of).order_by("selected", "id")
