"""An account's figures by port, heading, supplier and so on: one line for each value, from the sums by month.

Three statements whatever the size: entries, examinations, and the days that goods were held.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Field, Q, Sum

from accounts.models import Account, Person
from examinations.figures.period import Period, months_between
from examinations.figures.rows import sums_within
from examinations.intervals import Rate, rate_of
from examinations.models import Dimension, DiscrepancyBreakdown, EntryBreakdown, ExaminationBreakdown
from examinations.models.entry import Source

#: The months of the period as values: a dimension that needs no sums of its own.
MONTH = "month"
#: Of examinations alone: no entries, so no rate of them.
WITHOUT_ENTRIES = (Dimension.TYPE, Dimension.REASON)

ENTRIES = ("entries", "examined")
WORTH = ("lines", "value", "duty")
COUNTS = ("cargo", "held", "long_stays", "closed", "wrong", "reviews", "reviews_wrong", "reviews_major")
COUNTS += ("random_cargo", "random_cargo_wrong", "other", "other_wrong", "owed", "overpaid")
NOTHING = Decimal(0)
NO_ENTRIES, NO_WORTH = (0, 0), (0, NOTHING, NOTHING)
NO_COUNTS = (*(0 for _ in COUNTS[:-2]), NOTHING, NOTHING)

Key = tuple[Any, ...]
#: By key, sums in the order of the names that were asked.
Added = dict[Key, tuple[Any, ...]]


class Stay(NamedTuple):
    """Calendar days from selection to release of the cargo examinations that ended.

    long_stays: how many took more than five federal business days.
    """

    count: int
    median: float | None
    ninth_decile: float | None
    long_stays: int

    @property
    def long_rate(self) -> Rate | None:
        """Of the stays, the share that were long, with its interval."""
        return rate_of(self.long_stays, self.count)


class Line(NamedTuple):
    """Figures of one value; a rate is None where nothing was counted. `found`: of the discrepancy asked for.

    A table has hundreds of them and shows a page: a tuple takes a fifth of the time of a class to make.
    """

    code: Any
    entries: int
    lines: int
    value: Decimal
    duty: Decimal
    examined: Rate | None
    cargo: int
    held: int
    closed: int
    wrong: int
    stay: Stay
    random: Rate | None
    random_cargo: Rate | None
    other: Rate | None
    major: int
    owed: Decimal
    overpaid: Decimal
    found: int = 0

    @property
    def unreleased(self) -> int:
        """Cargo examinations that ended without a day of release, where days held were read: seized goods, refused
        ones, and others of which the file names none."""
        return self.cargo - self.held - self.stay.count


NO_STAY = Stay(0, None, None, 0)


def stay_of(days: Iterable[int], long_stays: int) -> Stay:
    """Median and ninth decile, between two days where they lie between them (as percentile_cont)."""
    given = sorted(days)
    if not given:
        return Stay(0, None, None, long_stays) if long_stays else NO_STAY
    return Stay(len(given), between(given, 0.5), between(given, 0.9), long_stays)


def between(given: Sequence[int], share: float) -> float:
    """Below which value that share of sorted values lies, in a straight line between two of them."""
    at = (len(given) - 1) * share
    low = int(at)
    high = min(low + 1, len(given) - 1)
    return given[low] + (given[high] - given[low]) * (at - low)


def _line(code: Any, entries: Sequence[Any], counts: Sequence[Any], days: Sequence[int], found: int) -> Line:
    """entries: in the order of ENTRIES, and WORTH if that was read; counts: in that of COUNTS."""
    in_all, examined, *worth = entries
    lines, value, duty = worth or NO_WORTH
    cargo, held, long_stays, closed, wrong, reviews, reviews_wrong, major, *rest = counts
    random_cargo, random_cargo_wrong, other, other_wrong, owed, overpaid = rest
    return Line(
        code,
        in_all,
        lines,
        value,
        duty,
        rate_of(examined, in_all),
        cargo,
        held,
        closed,
        wrong,
        stay_of(days, long_stays),
        rate_of(reviews_wrong, reviews),
        rate_of(random_cargo_wrong, random_cargo),
        rate_of(other_wrong, other),
        major,
        owed,
        overpaid,
        found,
    )


def _added(parts: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(map(sum, zip(*parts, strict=True)))


@dataclass
class Sums:
    """What was read, by key: (dimension, code), or (dimension, code, month). `found`: one sum alone."""

    entries: Added
    counts: Added
    found: Added
    days: dict[Key, list[int]]

    def line(self, code: Any, keys: Iterable[Key]) -> Line:
        """The keys together as one line."""
        keys = list(keys)
        days = list(chain.from_iterable(self.days.get(key, ()) for key in keys))
        entries = _added([self.entries[key] for key in keys if key in self.entries]) or NO_ENTRIES
        counts = _added([self.counts[key] for key in keys if key in self.counts]) or NO_COUNTS
        return _line(code, entries, counts, days, sum(self.found.get(key, (0,))[0] for key in keys))

    def lines(self, dimension: str) -> list[Line]:
        """One line for each value of a dimension, all months together."""
        keys: dict[str, list[Key]] = defaultdict(list)
        for key in self.entries.keys() | self.counts.keys():
            if key[0] == dimension:
                keys[key[1]].append(key)
        return [
            self.line(code, keys[code]) if len(keys[code]) > 1 else self._alone(*keys[code]) for code in sorted(keys)
        ]

    def _alone(self, key: Key) -> Line:
        """A value with one key, as in a table of many values: nothing is to be added up."""
        entries, counts = self.entries.get(key, NO_ENTRIES), self.counts.get(key, NO_COUNTS)
        return _line(key[1], entries, counts, self.days.get(key, ()), self.found.get(key, (0,))[0])

    def months(self, period: Period) -> list[Line]:
        """One line for each month, of all together. Needs to have been read by month."""
        return [self.line(month, [(Dimension.ALL, "", month)]) for month in months_between(period)]

    def whole(self, period: Period) -> Line:
        """All together over the months of a period. Needs to have been read by month."""
        return self.line("", [(Dimension.ALL, "", month) for month in months_between(period)])


def sums_of(rows: Any, keys: Sequence[str], names: Iterable[str]) -> Added:
    """The sums of these columns by key, in one statement."""
    wide = len(keys)
    # Of a field of no type Django converts nothing: psycopg's int and Decimal are what is wanted, thousands of them.
    sums = {f"sum_{name}": Sum(name, output_field=Field()) for name in names}
    found = rows.order_by().values_list(*keys).annotate(**sums)
    return {row[:wide]: row[wide:] for row in found}


def read(
    account: Account,
    within: Q,
    person: Person | None,
    client: Account | None = None,
    *,
    by_month: bool = False,
    found: Added | None = None,
    worth: bool = True,
    stays: bool = True,
) -> Sums:
    """The sums of the account's rows `within`, as far as this person may see them; of one client where one is given.

    found: what was read of a discrepancy already. worth: lines, value and duty too; stays: days held. Few pages show
    all.
    """
    keys = keys_of(by_month)
    entries, examined = (
        sums_within(model, account, person, client).filter(within) for model in (EntryBreakdown, ExaminationBreakdown)
    )
    days: dict[Key, list[int]] = defaultdict(list)
    for *key, held in examined.exclude(days=[]).values_list(*keys, "days") if stays else ():
        days[tuple(key)] += held
    return Sums(
        entries=sums_of(entries.filter(source=Source.CBP), keys, ENTRIES + WORTH if worth else ENTRIES),
        counts=sums_of(examined, keys, COUNTS),
        found=found or {},
        days=days,
    )


def keys_of(by_month: bool) -> tuple[str, ...]:
    """By what sums are read."""
    return ("dimension", "code", "month") if by_month else ("dimension", "code")


def of_months(period: Period) -> Q:
    """Sums of the months that a period touches."""
    months = months_between(period)
    return Q(month__gte=months[0], month__lte=months[-1])


def those_of(dimension: str, codes: Collection[str] | None = None) -> Q:
    """All together, and the values of a dimension or of MONTH; of these the ones of `codes` alone where these are given.

    Raises ValueError on an unknown dimension.
    """
    if dimension == MONTH:
        return Q(dimension=Dimension.ALL)
    if codes is None:
        return Q(dimension__in=[Dimension.ALL, Dimension(dimension)])
    return Q(dimension=Dimension.ALL) | Q(dimension=Dimension(dimension), code__in=codes)


def found_of(
    account: Account,
    period: Period,
    dimension: str,
    person: Person | None,
    finding: str,
    client: Account | None = None,
) -> Added:
    """How many examinations found a type of discrepancy, by the values of the dimension (or MONTH); one statement."""
    rows = sums_within(DiscrepancyBreakdown, account, person, client).filter(of_months(period), those_of(dimension))
    return sums_of(rows.filter(type=finding), keys_of(dimension == MONTH), ("found",))


def table_of(
    account: Account,
    period: Period,
    dimension: str,
    person: Person | None,
    finding: str = "",
    client: Account | None = None,
    *,
    worth: bool = True,
    stays: bool = True,
) -> tuple[Line, list[Line]]:
    """All together, and one line for each value of the dimension (or MONTH) in the period's months.

    finding: a type of discrepancy: one line for each value where it was found, few of many, and for every month. worth:
    with lines, value and duty; stays: with days held. Raises ValueError on an unknown dimension.
    """
    by_month = dimension == MONTH
    found = found_of(account, period, dimension, person, finding, client) if finding else None
    codes = [key[1] for key, (times,) in found.items() if key[0] == dimension and times] if found is not None else None
    within = of_months(period) & those_of(dimension, codes)
    sums = read(account, within, person, client, by_month=by_month, found=found, worth=worth, stays=stays)
    if by_month:
        return sums.whole(period), sums.months(period)
    return sums.line("", [(Dimension.ALL, "")]), sums.lines(dimension)


def total(account: Account, period: Period, person: Person | None) -> Line:
    """All of the account together."""
    return read(account, of_months(period) & Q(dimension=Dimension.ALL), person).line("", [(Dimension.ALL, "")])
