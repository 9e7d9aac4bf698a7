"""A p-chart with exact limits: whether a rate of months or quarters left what chance explains. Pure.

Domain 3.4: 3-sigma limits cry wolf where counts are small, so the limit is exact: what a binomial of the whole rate
reaches with a chance below 0.00135. Run rules need n x p of at least 5; where months have less, quarters are drawn,
and where those have less, nothing is: a count and a sentence. A point above its limit is no alarm: trends alone are.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from examinations.binomial import most_by_chance

UPPER_TAIL = 0.00135
LEAST_EXPECTED = 5
#: So many points in a row above the whole rate; nine, since eight would be called by chance in 4 of 100 two-year charts.
RUN = 9
MONTHS_A_QUARTER = 3

#: First day of the month, found, counted.
Counted = tuple[datetime.date, int, int]


@dataclass(frozen=True)
class Point:
    """One month or quarter. upper: the most that chance explains, of `count`. run: ends a run above the whole rate."""

    start: datetime.date
    found: int
    count: int
    upper: int
    run: bool

    @property
    def rate(self) -> float:
        return self.found / self.count if self.count else 0.0

    @property
    def limit(self) -> float:
        return self.upper / self.count if self.count else 0.0

    @property
    def above(self) -> bool:
        return self.found > self.upper


@dataclass(frozen=True)
class Chart:
    """p: the rate of all together. quarters: whether a point is one."""

    p: float
    points: list[Point]
    quarters: bool

    @property
    def marked(self) -> list[Point]:
        """Points above their limit, or at the end of a run above the whole rate."""
        return [point for point in self.points if point.above or point.run]


def upper_limit(count: int, p: float) -> int:
    """The largest number that is no surprise: more than it has a chance below 0.00135 among `count` of rate `p`."""
    return most_by_chance(count, p, UPPER_TAIL)


def in_quarters(months: Sequence[Counted]) -> list[Counted]:
    """Calendar quarters; those of which a month is missing are left out."""
    found: dict[datetime.date, list[Counted]] = {}
    for one in months:
        day = one[0]
        found.setdefault(day.replace(month=3 * ((day.month - 1) // 3) + 1), []).append(one)
    return [
        (start, sum(one[1] for one in part), sum(one[2] for one in part))
        for start, part in sorted(found.items())
        if len(part) == MONTHS_A_QUARTER
    ]


def _points(periods: Sequence[Counted], p: float) -> list[Point]:
    points, run = [], 0
    for start, found, count in periods:
        run = run + 1 if count * p >= LEAST_EXPECTED and found > count * p else 0
        points.append(Point(start, found, count, upper_limit(count, p), run >= RUN))
    return points


def p_chart(months: Sequence[Counted]) -> Chart | None:
    """Months where they hold enough, else quarters, else None."""
    counted, found = sum(one[2] for one in months), sum(one[1] for one in months)
    if not found:
        return None
    p = found / counted
    for periods, quarters in ((months, False), (in_quarters(months), True)):
        if len(periods) >= MONTHS_A_QUARTER and median(one[2] for one in periods) * p >= LEAST_EXPECTED:
            return Chart(p, _points(periods, p), quarters)
    return None
