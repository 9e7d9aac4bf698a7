"""Successive bonds and how long each stays open: a bond that was replaced answers for its entries until they liquidate. Pure."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from examinations.clocks import LIQUIDATION_DAYS

#: Months of the drawing: behind the running one, and ahead at least and at most.
BEHIND, LEAST_AHEAD, MOST_AHEAD = 6, 12, 27
#: More bonds than these, the newest, are not told apart; older ones are over.
MOST_BONDS = 5
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Open:
    """A bond that is open. begins: its first day; ends: the day from which no entry may use it, None while none is known;
    last: when the last of its entries liquidates, None where it has none, or nobody can tell. entries: open ones; undated:
    those of which no day can be told, since they are extended or suspended. amount: dollars. expected: it is no bond yet.
    unseen: entries of other companies count on it that whoever asks may not see."""

    number: str
    amount: Decimal
    begins: datetime.date
    ends: datetime.date | None = None
    last: datetime.date | None = None
    entries: int = 0
    undated: int = 0
    expected: bool = False
    unseen: bool = False

    @property
    def until(self) -> datetime.date | None:
        """The last day on which it is open, as far as days can be told; None where none can: it is in force, or all of its open
        entries are extended or suspended."""
        if self.ends is None or (self.undated and self.last is None):
            return None
        return max(self.ends - DAY, self.last) if self.last else self.ends - DAY

    def open_in(self, month: datetime.date) -> bool:
        """Whether it is open on any day of the month that begins on that day."""
        after = (month + 32 * DAY).replace(day=1)
        return self.begins < after and (self.until is None or self.until >= month)


def with_unseen(bond: Open) -> Open:
    """The bond as it is drawn for whoever does not see all of its entries: as if it was used until its last day. Its own entries
    alone would end it too early, and when those of others liquidate is theirs to know."""
    if bond.ends is None:
        return replace(bond, unseen=True)
    usual = bond.ends - DAY + LIQUIDATION_DAYS * DAY
    return replace(bond, unseen=True, last=max(usual, bond.last or usual))


def replaced_by(bond: Open, amount: Decimal, begins: datetime.date) -> tuple[Open, Open]:
    """The bond as it stays open when another of this amount takes its place on that day, and the other.

    Entries of its last day liquidate on the usual day, unless one that there is liquidates later.
    """
    last = begins - DAY + LIQUIDATION_DAYS * DAY
    ended = replace(bond, ends=begins, last=max(last, bond.last or last))
    return ended, Open("", amount, begins, expected=True)


@dataclass(frozen=True)
class Liability:
    """Bonds by their first day, and the months drawn. day: today."""

    bonds: list[Open]
    months: list[datetime.date]
    day: datetime.date

    def sums(self) -> list[Decimal]:
        """Dollars that are open in each month."""
        return [sum((one.amount for one in self.bonds if one.open_in(month)), Decimal(0)) for month in self.months]

    @property
    def most(self) -> Decimal:
        """The most that is open at once from this month on."""
        this = self.day.replace(day=1)
        return max(total for month, total in zip(self.months, self.sums(), strict=True) if month >= this)

    @property
    def together_until(self) -> datetime.date | None:
        """The last month, from this one on, in which more than one bond is open; None where none is."""
        this = self.day.replace(day=1)
        several = [
            month for month in self.months if month >= this and sum(one.open_in(month) for one in self.bonds) > 1
        ]
        return several[-1] if several else None

    @property
    def unseen(self) -> list[str]:
        """Numbers of the bonds that were replaced and that entries count on which are not seen."""
        return [one.number for one in self.bonds if one.unseen and one.ends]

    @property
    def undated(self) -> int:
        return sum(one.undated for one in self.bonds)


def liability_of(bonds: Sequence[Open], day: datetime.date) -> Liability | None:
    """The months in which these bonds are open; None where none ever stands beside another from today on."""
    first = _month_after(day.replace(day=1), -BEHIND)
    still = [one for one in sorted(bonds, key=lambda one: one.begins) if one.until is None or one.until >= day]
    ends = [one.until for one in still if one.until]
    this = day.replace(day=1)
    least, most = _month_after(this, LEAST_AHEAD), _month_after(this, MOST_AHEAD)
    last = min(max([least, *(_month_after(one.replace(day=1), 1) for one in ends)]), most)
    months = [first]
    while months[-1] < last:
        months.append(_month_after(months[-1], 1))
    found = Liability(still[-MOST_BONDS:], months, day)
    return found if found.together_until else None


def _month_after(month: datetime.date, count: int) -> datetime.date:
    at = month.year * 12 + month.month - 1 + count
    return datetime.date(at // 12, at % 12 + 1, 1)
