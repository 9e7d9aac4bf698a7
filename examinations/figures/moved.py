"""Where a change in examinations came from: entries and examined entries of two periods, value by value."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Account, Person
from examinations.figures.period import Period
from examinations.figures.rows import of_account
from examinations.figures.table import of_months
from examinations.models import Dimension, EntryBreakdown, ExaminationBreakdown
from examinations.models.entry import Source

#: Dimensions of entries in which a change is looked for, in the order of the page.
PLACES = (Dimension.PORT, Dimension.HEADING, Dimension.ORIGIN, Dimension.MANUFACTURER, Dimension.ENTRY_TYPE)


@dataclass(frozen=True)
class Moved:
    """One value in two periods. Of entries: how many, and how many were examined; of a type: examinations alone."""

    code: str
    entries_before: int
    entries_now: int
    before: int
    now: int

    @property
    def difference(self) -> int:
        return self.now - self.before


def quarter_so_far(as_of: datetime.date) -> Period:
    """The calendar quarter of the day, up to it."""
    return Period(datetime.date(as_of.year, 3 * ((as_of.month - 1) // 3) + 1, 1), as_of)


def _sums(rows: Any, now: Period, before: Period, names: Iterable[str]) -> dict[tuple[str, str], dict[str, int]]:
    """Sums of both periods in one statement."""
    asked = {
        f"{name}_{when}": Sum(name, filter=of_months(period), default=0)
        for name in names
        for when, period in (("now", now), ("before", before))
    }
    found = rows.filter(of_months(now) | of_months(before)).order_by().values("dimension", "code").annotate(**asked)
    return {(row["dimension"], row["code"]): row for row in found}


def moved(
    account: Account, now: Period, before: Period, person: Person | None, client: Account | None = None
) -> dict[str, list[Moved]]:
    """By dimension, ALL and the types (and reasons, where this person may see them) among them; most more first."""
    entries = EntryBreakdown.objects.visible_to(person).filter(of_account(account, client), source=Source.CBP)
    entries = entries.filter(dimension__in=[Dimension.ALL, *PLACES])
    kinds = Q(dimension__in=[Dimension.TYPE, Dimension.REASON])
    examined = ExaminationBreakdown.objects.visible_to(person).filter(of_account(account, client), kinds)
    found: dict[str, list[Moved]] = {}
    for (dimension, code), row in _sums(entries, now, before, ("entries", "examined")).items():
        one = Moved(code, row["entries_before"], row["entries_now"], row["examined_before"], row["examined_now"])
        found.setdefault(dimension, []).append(one)
    for (dimension, code), row in _sums(examined, now, before, ("cargo",)).items():
        if row["cargo_before"] or row["cargo_now"]:
            found.setdefault(dimension, []).append(Moved(code, 0, 0, row["cargo_before"], row["cargo_now"]))
    for rows in found.values():
        rows.sort(key=lambda one: (-one.difference, -one.now, one.code))
    return found
