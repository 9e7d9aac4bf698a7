"""The days by which entries may be corrected and protested, in SQL; `entry_dates.dates_of` says it of one entry.

An index finds what closes: a correction ends 298 to 300 days after entry unless a nearer liquidation is on file, so
that the days of entry, or of liquidation, of all windows that close in a period lie in periods of their own.
"""

import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, DateField, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Least

from accounts.models import Account, Person
from examinations import clocks
from examinations.entry_dates import ADCVD_TYPES, EXTENDED, LIQUIDATED, SUSPENDED
from examinations.models import Entry
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
SAID_LIQUIDATED = Q(liquidation_status__iexact=LIQUIDATED)
UNDATED = Q(entry_type__in=ADCVD_TYPES) | ~Q(liquidation_status="", extension_status="") & (
    Q(liquidation_status__iexact=LIQUIDATED) | _says(SUSPENDED) | _says(EXTENDED)
)


def with_windows(
    rows: QuerySet[Any], as_of: datetime.date, undated: Q = UNDATED, said: Q = SAID_LIQUIDATED
) -> QuerySet[Any]:
    """Annotate `liquidation`, `correction_by`, `protest_by`, and `closes`: the one of both that there is.

    rows: entries, or sums of them by what these days follow from; undated, said: how such rows say it.
    """
    no_day = Value(None, DateField())
    liquidation = Case(
        When(liquidation_date__isnull=False, then=F("liquidation_date")),
        When(undated, then=no_day),
        default=ExpectedLiquidation(F("entry_date")),
    )
    liquidated = Q(liquidation_date__lte=as_of) | Q(liquidation_date=None) & said
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


def found_by_index(sides: list[Q], first: datetime.date, last: datetime.date, windows: set[str]) -> Q:
    """Whose rows, and periods of entry and liquidation outside which no window closes between two days."""
    periods = []
    if CORRECTION in windows:
        entered = (first - _days(clocks.CORRECTION_DAYS), last - _days(LEAST_CORRECTION_DAYS))
        ahead = _days(clocks.CORRECTION_DAYS_BEFORE_LIQUIDATION)
        periods += [Q(entry_date__range=entered), Q(liquidation_date__range=(first + ahead, last + ahead))]
    if PROTEST in windows:
        behind = _days(clocks.PROTEST_DAYS)
        periods += [Q(liquidation_date__range=(first - behind, last - behind))]
    return reduce(or_, (side & period for side in sides for period in periods), Q(pk__in=()))


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
    rows = Entry.objects.visible_to(person).filter(found_by_index(sides, first, last, windows))
    return that_close(with_windows(rows, as_of), first, last, window)


def that_close(rows: QuerySet[Any], first: datetime.date, last: datetime.date, window: str = "") -> QuerySet[Any]:
    """Of rows with their windows those that close between two days, both included."""
    closes = Q(**{f"{window}_by__isnull": False}) if window else Q()
    return rows.filter(closes, closes__range=(first, last))
