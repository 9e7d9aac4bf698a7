"""Intervals of simple rates. Pure."""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from statistics import NormalDist

from examinations.binomial import clopper_pearson

#: Below so many of what a rate is counted on, the rate says little: it is shown as a count, "too few to tell".
TOO_FEW = 20


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

    @property
    def tells(self) -> bool:
        """Whether it is counted on enough to be told as a rate."""
        return self.count >= TOO_FEW


#: 97.5 % of the normal distribution lie below so many of its deviations.
DEVIATIONS = NormalDist().inv_cdf(0.975)


def _wilson(found: int, count: int) -> tuple[float, float]:
    """Wilson's interval of 95 % by its closed form; equal to scipy's, which tests a hypothesis first, 50 times as long."""
    square = DEVIATIONS**2
    middle = found + square / 2
    width = DEVIATIONS * sqrt(found * (count - found) / count + square / 4)
    low, high = (middle - width) / (count + square), (middle + width) / (count + square)
    return (0.0 if not found else low), (1.0 if found == count else high)


@lru_cache(maxsize=4096)
def rate_of(found: int, count: int, *, guaranteed: bool = False) -> Rate | None:
    """The rate of `found` in `count`; None where nothing was counted (domain 4.3).

    The interval is Wilson's, close to 95 % on average and short; `guaranteed`: Clopper and Pearson's, never below
    95 %. Raises ValueError where more was found than counted.
    """
    if not count:
        if found:
            raise ValueError(f"{found} cannot be found in nothing.")
        return None
    if not guaranteed and 0 <= found <= count:
        return Rate(found, count, *_wilson(found, count))
    return Rate(found, count, *clopper_pearson(found, count))
