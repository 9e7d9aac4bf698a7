"""The binomial distribution, as far as figures ask of it. Pure.

`scipy.stats` says the same, and takes half a second of the start of every process; `scipy.special`, on which it
stands, does not. The tests hold the two together.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
import scipy

#: So much of the distribution lies outside an interval of 95 %, on each side.
TAIL = 0.025


def at_least(found: int, count: int, rate: float) -> float:
    """The chance of `found` or more among `count` that each have the chance `rate`."""
    return float(scipy.special.bdtrc(found - 1, count, rate)) if found > 0 else 1.0


def as_far(found: Sequence[int], count: Sequence[int], rate: Sequence[float]) -> list[float]:
    """How often chance alone lies as far out as each of `found`, to either side: twice the smaller tail."""
    some, of, each = np.asarray(found, int), np.asarray(count, int), np.asarray(rate, float)
    above = np.where(some > 0, scipy.special.bdtrc(some - 1, of, each), 1.0)
    below = np.where(some < of, scipy.special.bdtrc(of - some - 1, of, 1 - each), 1.0)
    return [float(one) for one in np.minimum(1.0, 2 * np.minimum(above, below))]


def most_by_chance(count: int, rate: float, tail: float) -> int:
    """The smallest number that `count` of rate `rate` exceed with a chance below `tail`; zero where none can be."""
    if not count or rate <= 0:
        return 0
    most = ceil(scipy.special.bdtrik(1 - tail, count, rate)) if rate < 1 else count
    return most if at_least(most + 1, count, rate) < tail else most + 1


def clopper_pearson(found: int, count: int) -> tuple[float, float]:
    """The exact interval of 95 %: never below it, whatever the rate. Raises ValueError where more was found."""
    if not 0 <= found <= count:
        raise ValueError(f"{found} cannot be found in {count}.")
    low = float(scipy.special.betaincinv(found, count - found + 1, TAIL)) if found else 0.0
    high = float(scipy.special.betaincinv(found + 1, count - found, 1 - TAIL)) if found < count else 1.0
    return low, high
