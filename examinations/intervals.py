"""Intervals of simple rates. Pure."""

from dataclasses import dataclass

from scipy.stats import binomtest


@dataclass(frozen=True)
class Rate:
    """`found` of `count`, with its 95 % interval. Shares between 0 and 1."""

    found: int
    count: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        return self.found / self.count


def rate_of(found: int, count: int, *, guaranteed: bool = False) -> Rate | None:
    """The rate of `found` in `count`; None where nothing was counted (domain 4.3).

    The interval is Wilson's, close to 95 % on average and short; `guaranteed`: Clopper and Pearson's, never below
    95 %. Raises ValueError where more was found than counted.
    """
    if not count:
        if found:
            raise ValueError(f"{found} cannot be found in nothing.")
        return None
    interval = binomtest(found, count).proportion_ci(method="exact" if guaranteed else "wilson")
    return Rate(found, count, float(interval.low), float(interval.high))
