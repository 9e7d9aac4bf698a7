"""The dates that follow from the day of entry alone: entry summaries not yet filed, and preferences claimed after import.

Counted by day. Of what is over only the past tells, not a calendar: both begin today.
"""

import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Count, F, Q, Sum

from examinations import clocks, closing
from examinations.calendar import ONE_DAY
from examinations.models import Entry, EntryDay
from look.formats import money, plural
from portal.dates.asked import Asked
from portal.dates.bound import Bound

#: Ten working days never span more days than these, with the most holidays that can lie between.
MOST_DAYS_TO_SUMMARY = datetime.timedelta(days=30)
YEAR = datetime.timedelta(days=366)
PREFERENCE_RULE = "19 USC 1520(d), a project default"


class Entered(NamedTuple):
    """The entries of one day of entry: of how many no summary is on file, on how many duty was deposited, and that."""

    day: datetime.date
    without_summary: int
    with_duty: int
    duty: Decimal


def dates_from_entry(asked: Asked) -> list[Bound]:
    """The last days for summaries not yet on file, and to claim a preference after import; at most two statements."""
    first = max(asked.start, asked.as_of)
    due: dict[datetime.date, list[Entered]] = {}
    last: dict[datetime.date, list[Entered]] = {}
    for one in _entered(asked, first):
        if one.without_summary:
            due.setdefault(clocks.entry_summary_by(one.day), []).append(one)
        if one.with_duty:
            last.setdefault(clocks.preference_claim_by(one.day), []).append(one)
    dates = [*(_summaries(day, each) for day, each in due.items()), *(_claims(day, each) for day, each in last.items())]
    return [one for one in dates if first <= one.day <= asked.end]


def _entered(asked: Asked, first: datetime.date) -> list[Entered]:
    """By day of entry, from the sums of entries by day where these hold all of them, else from the entries."""
    spans = ((first - MOST_DAYS_TO_SUMMARY, asked.end), (first - YEAR, asked.end - YEAR + ONE_DAY))
    entered = [Q(entry_date__range=span) for span in spans]
    if asked.summed:
        rows = EntryDay.objects.visible_to(asked.person)
        counts = {"without": Sum(F("entries") - F("with_summary"), default=0)}
        counts["n"] = Sum("entries", filter=Q(most_duty__gt=0), default=0)
    else:
        rows = Entry.objects.visible_to(asked.person)
        counts = {"without": Count("id", filter=Q(summary_date=None)), "n": Count("id", filter=Q(duty__gt=0))}
    within = reduce(or_, (side & span for side in closing.sides_of(asked.account) for span in entered))
    by_day = rows.filter(within).order_by().values_list("entry_date")
    return [Entered(*row) for row in by_day.annotate(**counts, paid=Sum("duty"))]


def _summaries(due: datetime.date, each: list[Entered]) -> Bound:
    entries = plural(sum(one.without_summary for one in each), "entry", "entries")
    return Bound(
        due,
        f"summary-{due}",
        f"Entry summary and duty of {entries} due",
        _list_of(each),
        clocks.ENTRY_SUMMARY_RULE,
        "No summary is on file; ten working days from the entry",
        urgent=True,
        in_short=f"Summary: {entries}",
        does="Show the entries",
    )


def _claims(last: datetime.date, each: list[Entered]) -> Bound:
    entries = plural(sum(one.with_duty for one in each), "entry", "entries")
    duty = sum((one.duty for one in each), Decimal())
    return Bound(
        last,
        f"preference-{last}",
        f"Last day to claim a preference after import for {entries}",
        _list_of(each),
        PREFERENCE_RULE,
        f"{money(duty)} of duty deposited; one year from the entry",
        duty=duty,
        in_short=f"Claim preference: {entries}",
        does="Show the entries",
    )


def _list_of(each: list[Entered]) -> str:
    days = [one.day for one in each]
    return f"/entries/?start={min(days)}&end={max(days)}"
