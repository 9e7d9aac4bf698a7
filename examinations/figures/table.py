"""An account's figures by port, heading, supplier and so on: one line for each value, from the sums by month.

Three statements whatever the size: entries, examinations, and the days that goods were held.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Account, Person
from examinations.figures.period import Period, months_between
from examinations.figures.rows import of_account
from examinations.intervals import Rate, rate_of
from examinations.models import Dimension, DiscrepancyBreakdown, EntryBreakdown, ExaminationBreakdown
from examinations.models.entry import Source

#: The months of the period as values: a dimension that needs no sums of its own.
MONTH = "month"

ENTRIES = ("entries", "examined", "lines", "value", "duty", "fees")
COUNTS = ("cargo", "held", "long_stays", "closed", "wrong", "reviews", "reviews_wrong", "reviews_major")
COUNTS += ("random_cargo", "random_cargo_wrong", "other", "other_wrong", "owed", "overpaid")
FOUND = ("found", "at_random", "owed")
NOTHING = Decimal(0)

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Stay:
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


@dataclass(frozen=True)
class Line:
    """Figures of one value; a rate is None where nothing was counted. `found`: of the discrepancy asked for."""

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
    found_at_random: int = 0
    found_owed: Decimal = NOTHING


def stay_of(days: Iterable[int], long_stays: int) -> Stay:
    """Median and ninth decile, between two days where they lie between them (as percentile_cont)."""
    given = sorted(days)
    if not given:
        return Stay(0, None, None, long_stays)
    return Stay(len(given), between(given, 0.5), between(given, 0.9), long_stays)


def between(given: Sequence[int], share: float) -> float:
    """Below which value that share of sorted values lies, in a straight line between two of them."""
    at = (len(given) - 1) * share
    low = int(at)
    high = min(low + 1, len(given) - 1)
    return given[low] + (given[high] - given[low]) * (at - low)


def _line(
    code: Any, entries: Mapping[str, Any], counts: Mapping[str, Any], days: list[int], found: Mapping[str, Any]
) -> Line:
    def of(name: str) -> int:
        return int(counts.get(name, 0))

    return Line(
        code=code,
        entries=entries.get("entries", 0),
        lines=entries.get("lines", 0),
        value=entries.get("value", NOTHING),
        duty=entries.get("duty", NOTHING),
        examined=rate_of(entries.get("examined", 0), entries.get("entries", 0)),
        cargo=of("cargo"),
        held=of("held"),
        closed=of("closed"),
        wrong=of("wrong"),
        stay=stay_of(days, of("long_stays")),
        random=rate_of(of("reviews_wrong"), of("reviews")),
        random_cargo=rate_of(of("random_cargo_wrong"), of("random_cargo")),
        other=rate_of(of("other_wrong"), of("other")),
        major=of("reviews_major"),
        owed=counts.get("owed", NOTHING),
        overpaid=counts.get("overpaid", NOTHING),
        found=found.get("found", 0),
        found_at_random=found.get("at_random", 0),
        found_owed=found.get("owed", NOTHING),
    )


@dataclass
class Sums:
    """What was read, by key: (dimension, code), or (dimension, code, month). `entries`, `counts`, `found`: name to sum."""

    entries: dict[Key, dict[str, Any]]
    counts: dict[Key, dict[str, Any]]
    found: dict[Key, dict[str, Any]]
    days: dict[Key, list[int]]

    def line(self, code: Any, keys: Iterable[Key]) -> Line:
        """The keys together as one line."""
        keys = list(keys)
        if len(keys) == 1:  # as in a table of many values: nothing is to be added up
            key = keys[0]
            read = (
                self.entries.get(key, {}),
                self.counts.get(key, {}),
                self.days.get(key, []),
                self.found.get(key, {}),
            )
            return _line(code, *read)
        entries: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        found: Counter[str] = Counter()
        days: list[int] = []
        for key in keys:
            entries.update(self.entries.get(key, {}))
            counts.update(self.counts.get(key, {}))
            found.update(self.found.get(key, {}))
            days += self.days.get(key, [])
        return _line(code, entries, counts, days, found)

    def lines(self, dimension: str) -> list[Line]:
        """One line for each value of a dimension, all months together."""
        keys: dict[str, list[Key]] = defaultdict(list)
        for key in self.entries.keys() | self.counts.keys():
            if key[0] == dimension:
                keys[key[1]].append(key)
        return [self.line(code, keys[code]) for code in sorted(keys)]

    def months(self, period: Period) -> list[Line]:
        """One line for each month, of all together. Needs to have been read by month."""
        return [self.line(month, [(Dimension.ALL, "", month)]) for month in months_between(period)]

    def whole(self, period: Period) -> Line:
        """All together over the months of a period. Needs to have been read by month."""
        return self.line("", [(Dimension.ALL, "", month) for month in months_between(period)])


def sums_of(rows: Any, keys: Sequence[str], names: Iterable[str]) -> dict[Key, dict[str, Any]]:
    """The sums of these columns by key, in one statement."""
    names, wide = tuple(names), len(keys)
    found = rows.order_by().values_list(*keys).annotate(**{f"sum_{name}": Sum(name) for name in names})
    return {row[:wide]: dict(zip(names, row[wide:], strict=True)) for row in found}


def read(
    account: Account,
    within: Q,
    person: Person | None,
    client: Account | None = None,
    *,
    by_month: bool = False,
    finding: str = "",
) -> Sums:
    """The sums of the account's rows `within`, as far as this person may see them; of one client where one is given."""
    keys = ("dimension", "code", "month") if by_month else ("dimension", "code")
    within &= of_account(account, client)
    examined = ExaminationBreakdown.objects.visible_to(person).filter(within)
    days: dict[Key, list[int]] = defaultdict(list)
    for *key, held in examined.exclude(days=[]).values_list(*keys, "days"):
        days[tuple(key)] += held
    finds = DiscrepancyBreakdown.objects.visible_to(person).filter(within, type=finding)
    return Sums(
        entries=sums_of(EntryBreakdown.objects.visible_to(person).filter(within, source=Source.CBP), keys, ENTRIES),
        counts=sums_of(examined, keys, COUNTS),
        found=sums_of(finds, keys, FOUND) if finding else {},
        days=days,
    )


def of_months(period: Period) -> Q:
    """Sums of the months that a period touches."""
    months = months_between(period)
    return Q(month__gte=months[0], month__lte=months[-1])


def table_of(
    account: Account,
    period: Period,
    dimension: str,
    person: Person | None,
    finding: str = "",
    client: Account | None = None,
) -> tuple[Line, list[Line]]:
    """All together, and one line for each value of the dimension (or MONTH) in the period's months.

    finding: a type of discrepancy whose finds are counted beside. Raises ValueError on an unknown dimension.
    """
    by_month = dimension == MONTH
    kept = {Dimension.ALL} if by_month else {Dimension.ALL, Dimension(dimension)}
    within = of_months(period) & Q(dimension__in=kept)
    found = read(account, within, person, client, by_month=by_month, finding=finding)
    if by_month:
        return found.whole(period), found.months(period)
    return found.line("", [(Dimension.ALL, "")]), found.lines(dimension)


def total(account: Account, period: Period, person: Person | None) -> Line:
    """All of the account together."""
    return read(account, of_months(period) & Q(dimension=Dimension.ALL), person).line("", [(Dimension.ALL, "")])
