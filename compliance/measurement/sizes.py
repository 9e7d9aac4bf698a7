"""How many lines to draw, and from which stratum. Pure."""

import math
from collections.abc import Sequence

import scipy

from compliance.measurement.strata import check_confidence


def sample_size(rate: float, margin: float, population: int | None = None, confidence: float = 0.95) -> int:
    """Lines to draw so that a rate near `rate` is known to within `margin` either way (shares; domain 4.3).

    population: the lines there are; None: very many. Raises ValueError for shares that are none.
    """
    check_confidence(confidence)
    if not 0 < rate < 1:
        raise ValueError(
            "The expected rate lies between 0 and 1; to find out whether there are any, use discovery_size."
        )
    if not 0 < margin < 1:
        raise ValueError(f"The margin is a share between 0 and 1, such as 0.02, not {margin}.")
    if population is not None and population < 1:
        raise ValueError("There is no population to draw from.")
    z = float(scipy.special.ndtri(1 - (1 - confidence) / 2))
    wanted = z**2 * rate * (1 - rate) / margin**2
    if population is None:
        return _up(wanted)
    return min(_up(wanted / (1 + (wanted - 1) / population)), population)


def discovery_size(rate: float, confidence: float = 0.95) -> int:
    """Lines to draw so that at least one wrong is among them, if `rate` of the population is wrong."""
    check_confidence(confidence)
    if not 0 < rate < 1:
        raise ValueError(f"The rate to discover lies between 0 and 1, not at {rate}.")
    return _up(math.log(1 - confidence) / math.log(1 - rate))


def _up(count: float) -> int:
    """The next whole number; what floating point added to a whole number is none of it."""
    return max(1, math.ceil(round(count, 9)))


def neyman(total: int, strata: Sequence[tuple[int, float]], floor: int = 0) -> list[int]:
    """Divide `total` lines over strata so that the rate is known best (Neyman's allocation).

    strata: (lines, expected rate of wrong ones) of each. floor: at least so many from each, or all it has; none gives
    more than it has. Raises ValueError where that cannot be, saying what to do.
    """
    if not strata:
        raise ValueError("There is no stratum to draw from: add one.")
    for number, (population, rate) in enumerate(strata, 1):
        if population < 1:
            raise ValueError(f"Stratum {number} has no population: remove it or widen it.")
        if not 0 <= rate <= 1:
            raise ValueError(f"Stratum {number}: the expected rate is a share between 0 and 1, not {rate}.")
    least = [min(floor, population) for population, _ in strata]
    most = [population for population, _ in strata]
    if total < sum(least):
        raise ValueError(
            f"{total} lines are too few for a floor of {floor} in each stratum: allow {sum(least)} or more."
        )
    if total > sum(most):
        raise ValueError(f"{total} lines are more than there are: allow {sum(most)} or fewer.")
    # A stratum without expected errors still counts a little, by its size, so that every total can be reached.
    pull = [population * max(math.sqrt(rate * (1 - rate)), 1e-6) for population, rate in strata]
    return _rounded(_filled(total, pull, least, most), total, most)


def _filled(total: int, pull: list[float], least: list[int], most: list[int]) -> list[float]:
    """Shares by `pull` within limits: the one level at which they add up to `total`, found by halving."""

    def at(level: float) -> list[float]:
        return [min(max(level * p, low), high) for p, low, high in zip(pull, least, most, strict=True)]

    low, high = 0.0, max(limit / p for limit, p in zip(most, pull, strict=True))
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(at(middle)) < total else (low, middle)
    return at(high)


def _rounded(shares: list[float], total: int, most: list[int]) -> list[int]:
    """Whole numbers that add up to `total`: the largest remainders go up."""
    counts = [math.floor(share + 1e-9) for share in shares]
    order = sorted(range(len(shares)), key=lambda i: (counts[i] - shares[i], i))
    for i in order * 2:
        if sum(counts) == total:
            break
        if counts[i] < most[i]:
            counts[i] += 1
    return counts


def expected_margin(strata: Sequence[tuple[int, int, float]], confidence: float = 0.95) -> float:
    """Half the width of the interval to be expected, a share.

    strata: (lines, lines to draw, expected rate) of each; each draws at least one.
    """
    check_confidence(confidence)
    lines = sum(population for population, _, _ in strata)
    variance = math.fsum(
        (population / lines) ** 2 * (1 - drawn / population) * rate * (1 - rate) / drawn
        for population, drawn, rate in strata
    )
    return float(scipy.special.ndtri(1 - (1 - confidence) / 2)) * math.sqrt(variance)
