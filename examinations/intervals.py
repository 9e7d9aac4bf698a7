"""Intervals of simple rates. Pure."""

from dataclasses import dataclass

from scipy.stats import binomtest


@dataclass(frozen=True)
class Rate:
    """`found` of `count`, with the 95 % interval of Wilson (domain 4.3). Shares between 0 and 1."""

    found: int
    count: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        return self.found / self.count


def rate_of(found: int, count: int) -> Rate | None:
    """The rate of `found` in `count` with its interval; None where nothing was counted.

    Raises ValueError where more was found than counted.
    """
    if not count:
        return None
    interval = binomtest(found, count).proportion_ci(method="wilson")
    return Rate(found, count, float(interval.low), float(interval.high))
