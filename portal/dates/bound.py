"""A date that binds an account, as every source gives it. Pure."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

#: More of one kind on one day become one line: a calendar says that there are many, a list says which.
MOST_ALIKE = 3


@dataclass(frozen=True)
class Bound:
    """One date that binds.

    key: the same for the same matter on every day on which it is asked; a calendar program knows it by that.
    title: what ends or begins, as a sentence without its full stop. note: what else to know. rule: from where it
    follows; empty where no rule but a date on file says it. path: the page that shows it, empty for none; `of_account`
    says that it lies below the account's own pages. money: dollars in question. duty: dollars deposited
    on the entries that it is about. urgent: one may still act, and something is in question. in_short: the title in few words, where it is long.
    does: what a button to the page says.
    """

    day: datetime.date
    key: str
    title: str
    path: str = ""
    rule: str = ""
    note: str = ""
    money: Decimal | None = None
    duty: Decimal | None = None
    urgent: bool = False
    of_account: bool = True
    in_short: str = ""
    does: str = "Show the dates"

    @property
    def short(self) -> str:
        """The title as a cell of a calendar has room for it."""
        return self.in_short or self.title


def in_order(dates: Iterable[Bound]) -> list[Bound]:
    """By day; on one day what is in question first, then the most money."""
    return sorted(dates, key=lambda one: (one.day, not one.urgent, -(one.money or 0), one.key))


def folded(dates: Iterable[Bound], many: Callable[[datetime.date, int], Bound]) -> list[Bound]:
    """Dates of one kind, those of a day in one line where there are many; `many` makes that line."""
    kept: list[Bound] = []
    for day, of_day in groupby(in_order(dates), key=lambda one: one.day):
        alike = list(of_day)
        kept += alike if len(alike) <= MOST_ALIKE else [many(day, len(alike))]
    return kept
