"""What is asked of every source of dates, and how the small ones answer together."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, JSONObject

from accounts.access import Reach, reach_now
from accounts.models import Account, Person
from examinations import closing
from portal.dates.bound import Bound


@dataclass(frozen=True)
class Asked:
    """The dates of one account between two days, both included, that a person may see, counted from a day."""

    account: Account
    person: Person
    start: datetime.date
    end: datetime.date
    as_of: datetime.date

    @cached_property
    def held(self) -> Reach:
        return reach_now(self.person)

    @cached_property
    def summed(self) -> bool:
        """Whether the sums of entries by day hold all of the account's; asked once for all sources."""
        return closing.hold_all([self.account])

    @property
    def span(self) -> tuple[datetime.date, datetime.date]:
        return self.start, self.end

    def spans(self, day: datetime.date) -> bool:
        return self.start <= day <= self.end


class Row(NamedTuple):
    """A row of a small source: the day for which it stands, its key in its table, and what its sentence needs."""

    day: datetime.date
    key: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Small:
    """A source of few rows. All small sources are read in one statement, however many there are.

    rows: which rows, where the person has a right to any. day: the field of the day. facts: what the sentence needs, by
    name and as JSON carries it (money as text). bind: the dates of the rows found.
    """

    name: str
    rows: Callable[[Asked], QuerySet[Any] | None]
    day: str
    facts: dict[str, Any]
    bind: Callable[[Asked, list[Row]], list[Bound]]

    def read(self, asked: Asked) -> QuerySet[Any, tuple[Any, ...]] | None:
        rows = self.rows(asked)
        if rows is None:
            return None
        source = Value(self.name, CharField())
        return rows.order_by().values_list(source, F(self.day), Cast("pk", CharField()), JSONObject(**self.facts))


Source = Small | Callable[[Asked], list[Bound]]


def found(asked: Asked, sources: Iterable[Source]) -> list[Bound]:
    """The dates of all sources, in no order."""
    sources = list(sources)
    small = [one for one in sources if isinstance(one, Small)]
    rows = _together([read for one in small if (read := one.read(asked)) is not None])
    dates = [date for one in small for date in one.bind(asked, rows.get(one.name, []))]
    return dates + [date for one in sources if not isinstance(one, Small) for date in one(asked)]


def _together(parts: list[QuerySet[Any, tuple[Any, ...]]]) -> dict[str, list[Row]]:
    """The rows of all parts by the name of their source; one statement."""
    by_name: dict[str, list[Row]] = {}
    if parts:
        first, *others = parts
        for name, *row in first.union(*others, all=True) if others else first:
            by_name.setdefault(name, []).append(Row(*row))
    return by_name
