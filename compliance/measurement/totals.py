"""What wrong lines cost in all, from a stratified random sample. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import scipy

from compliance.measurement.strata import check_confidence, check_counts, merge_singletons, whole


@dataclass(frozen=True)
class TotalEstimate:
    """Dollars of the whole population, signed. The interval is approximate: 70 to 85 % at 95 % in simulation.

    standard_error is infinite, and the interval with it, where one examined line stands for many and has no neighbour.
    """

    total: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True)
class Amounts:
    """A stratum: its lines, those examined, and the mean and standard deviation (divisor n - 1) of their amounts."""

    population: int
    drawn: int
    mean: float
    sd: float

    def __add__(self, other: "Amounts") -> "Amounts":
        drawn = self.drawn + other.drawn
        mean = (self.drawn * self.mean + other.drawn * other.mean) / drawn
        squares = sum((one.drawn - 1) * one.sd**2 + one.drawn * (one.mean - mean) ** 2 for one in (self, other))
        return Amounts(self.population + other.population, drawn, mean, math.sqrt(squares / (drawn - 1)))


def revenue_gap(
    strata: Iterable[tuple[int, int, float | Decimal, float | Decimal]], confidence: float = 0.95
) -> TotalEstimate:
    """The revenue that the population's lines are short of (minus: overpaid).

    strata: (lines in the population, lines examined, mean and standard deviation of duty owed less duty paid, in
    dollars a line) of each. A stratum of one examined line is merged with a neighbour first. Raises ValueError, as a
    sentence, for what cannot be.
    """
    check_confidence(confidence)
    checked = [_checked(number, stratum) for number, stratum in enumerate(strata, 1)]
    if not checked:
        raise ValueError("There is no stratum: a total needs at least one.")
    joined = merge_singletons(checked, Amounts.__add__)
    total = math.fsum(one.population * one.mean for one in joined)
    variance = math.fsum(one.population**2 * (1 - one.drawn / one.population) * one.sd**2 / one.drawn for one in joined)
    alone = any(one.drawn == 1 and one.population > 1 for one in joined)
    error = math.inf if alone else math.sqrt(variance)
    reach = float(scipy.special.ndtri(1 - (1 - confidence) / 2)) * error
    return TotalEstimate(total, error, total - reach, total + reach)


def _checked(number: int, stratum: tuple[int, int, float | Decimal, float | Decimal]) -> Amounts:
    if len(stratum) != 4:
        raise ValueError(f"Stratum {number} must be population, examined lines, mean and standard deviation.")
    population = whole(stratum[0], "the population", number)
    drawn = whole(stratum[1], "the count of examined lines", number)
    check_counts(population, drawn, number)
    mean, sd = float(stratum[2]), float(stratum[3])
    if not (math.isfinite(mean) and math.isfinite(sd)) or sd < 0:
        raise ValueError(f"Stratum {number}: mean {mean} and standard deviation {sd} cannot be.")
    return Amounts(population, drawn, mean, sd)
