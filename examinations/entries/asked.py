"""Which entries of an account one person asks for, in which order: the same for the page and for its file."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from examinations.entries import kept, listing
from examinations.entries.listing import EntryFilter, last_days, ordered, visible_entries
from examinations.exports.kinds import Asked
from examinations.filters import american
from examinations.models import EntryDay

NEWEST_FIRST = "-date"


def asked_filters(asked: Asked) -> dict[str, Any]:
    """What the address asks for; without a period or a number to find, the last 90 days."""
    filters: dict[str, Any] = {name: values[-1] for name, values in asked.filters.items() if values}
    filters |= {"marked": list(asked.filters.get("marked", [])), "find": filters.get("find", "").replace("\0", "")}
    if not any(filters.get(name) for name in ("start", "end", "find")):
        start, end = last_days(asked.today)
        filters |= {"start": start.isoformat(), "end": end.isoformat()}
    return filters | {name: american(filters.get(name, "")) for name in ("start", "end")}


class EntryList:
    """The filter and its rows in their order."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        rows = visible_entries(asked.account, asked.person)
        filters = asked_filters(asked)
        self.filter = EntryFilter(filters, queryset=rows, account=asked.account, person=asked.person, as_of=asked.today)
        self.usable = self.filter.is_valid()
        found = self.filter.qs if self.usable else rows.none()
        self.rows, self.sort = ordered(found, filters.get("sort", NEWEST_FIRST))

    @cached_property
    def days(self) -> QuerySet[EntryDay] | None:
        """The sums by day of entry that hold exactly these rows; None where they do not say it."""
        if not self.usable:
            return None
        asked = self.asked
        return kept.days_of(asked.account, asked.person, self.filter.form.cleaned_data, asked.today)

    def sums(self) -> dict[str, Any]:
        """The row of sums below the list, over all pages: from the days where they hold it."""
        asked = self.filter.form.cleaned_data if self.usable else {}
        if self.days is None:
            return listing.sums(self.rows, self.asked.person, asked.get("examined", ""))
        return kept.sums(self.days, self.asked.account, self.asked.person, asked)
