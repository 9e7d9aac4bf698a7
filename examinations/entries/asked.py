"""Which entries of an account one person asks for, in which order: the same for the page and for its file."""

from typing import Any

from examinations.entries.listing import EntryFilter, last_days, ordered, visible_entries
from examinations.exports.kinds import Asked
from examinations.filters import american

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
