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
from examinations.models.entry import Source
from look.formats import money, plural
from portal.dates.asked import Asked
from portal.dates.bound import Bound

#: Ten working days never span more days than these, with the most holidays that can lie between.
MOST_DAYS_TO_SUMMARY = datetime.timedelta(days=30)
YEAR = datetime.timedelta(days=366)
#: What an account uploaded itself says nothing of what CBP waits for.
OF_CBP = Q(source=Source.CBP)
PREFERENCE_RULE = "19 USC 1520(d), a project default"


class Entered(NamedTuple):
    """The entries of one day of entry: of how many of CBP's the data have no day of summary; the duty deposited on all."""

    day: datetime.date
    without_summary: int
    duty: Decimal


def dates_from_entry(asked: Asked) -> list[Bound]:
    """The last days for summaries not yet on file, and to claim a preference after import; at most two statements."""
    first = max(asked.start, asked.as_of)
    due: dict[datetime.date, list[Entered]] = {}
    last: dict[datetime.date, list[Entered]] = {}
    for one in _entered(asked, first):
        if one.without_summary:
            due.setdefault(clocks.entry_summary_by(one.day), []).append(one)
        if one.duty:
            last.setdefault(clocks.preference_claim_by(one.day), []).append(one)
    dates = [*(_summaries(day, each) for day, each in due.items()), *(_claims(day, each) for day, each in last.items())]
    return [one for one in dates if first <= one.day <= asked.end]


def _entered(asked: Asked, first: datetime.date) -> list[Entered]:
    """By day of entry, from the sums of entries by day where these hold all of them, else from the entries."""
    spans = ((first - MOST_DAYS_TO_SUMMARY, asked.end), (first - YEAR, asked.end - YEAR + ONE_DAY))
    entered = [Q(entry_date__range=span) for span in spans]
    if asked.summed:
        rows = EntryDay.objects.visible_to(asked.person)
        without = Sum(F("entries") - F("with_summary"), filter=OF_CBP, default=0)
    else:
        rows = Entry.objects.visible_to(asked.person)
        without = Count("id", filter=OF_CBP & Q(summary_date=None))
    within = reduce(or_, (side & span for side in closing.sides_of(asked.account) for span in entered))
    by_day = rows.filter(within).order_by().values_list("entry_date")
    return [Entered(*row) for row in by_day.annotate(without=without, paid=Sum("duty"))]


def _summaries(due: datetime.date, each: list[Entered]) -> Bound:
    entries = plural(sum(one.without_summary for one in each), "entry", "entries")
    return Bound(
        due,
        f"summary-{due}",
        f"Entry summary and duty of {entries} due",
        _list_of(each),
        clocks.ENTRY_SUMMARY_RULE,
        "The data have no day of summary; ten working days from the entry",
        in_short=f"Summary: {entries}",
        does="Show the entries of these days",
    )


def _claims(last: datetime.date, each: list[Entered]) -> Bound:
    duty = sum((one.duty for one in each), Decimal())
    return Bound(
        last,
        f"preference-{last}",
        "Last day to claim a preference after import",
        _list_of(each),
        PREFERENCE_RULE,
        f"{money(duty)} of duty deposited; one year from the entry",
        duty=duty,
        in_short="Claim preference",
        does="Show the entries of these days",
    )


def _list_of(each: list[Entered]) -> str:
    days = [one.day for one in each]
    return f"/entries/?start={min(days)}&end={max(days)}"
