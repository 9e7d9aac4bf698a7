"""The rate of a stratified random sample, with intervals that hold where errors are rare. Pure.

The procedure is B1 of the project's simulations (docs/measurement.md has its figures and those of its rivals):
Wilson's interval on the effective sample size where the finds support it, else the beta form of Fay and Feuer's bound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import scipy

from compliance.measurement.strata import check_confidence, check_counts, merge_singletons, whole

Numbers = npt.NDArray[np.float64]

#: Wilson's interval is shown from so many effective finds on, and while strata of fewer than five finds
#: could not move the rate by more than this share of it with one find more.
ENOUGH_FINDS, FEW_FINDS, LARGEST_GAP = 10, 5, 0.25

#: And while the design's variance does not hang on a handful of lines (its degrees of freedom by Satterthwaite): with a
#: fifth of the population judged by ten lines Wilson's interval covers 89 %.
ENOUGH_FREEDOM = 20


@dataclass(frozen=True)
class RateEstimate:
    """Shares between 0 and 1.

    low, high: to be displayed; close to the confidence on average. exact: Clopper and Pearson on the effective
    sample size, an approximation. bound: holds at least the confidence. well_supported: whether low and high are
    Wilson's; else they are the bound. effective_n: infinite where every line was examined.
    """

    rate: float
    standard_error: float
    low: float
    high: float
    exact_low: float
    exact_high: float
    bound_low: float
    bound_high: float
    well_supported: bool
    effective_n: float
    design_effect: float


@dataclass(frozen=True)
class Found:
    """A stratum: its lines, those drawn and examined, and what was found on them.

    found: the sum, over the drawn lines, of the share that was wrong: 1 or 0 where the line itself was examined, the share
    of its entry's lines where the entry was examined whole. squares: the sum of these shares squared.
    """

    population: int
    drawn: int
    found: float
    squares: float

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.population + other.population,
            self.drawn + other.drawn,
            self.found + other.found,
            self.squares + other.squares,
        )


def stratified_rate(strata: Iterable[tuple[int, int, int]], confidence: float = 0.95) -> RateEstimate:
    """The share of wrong lines in the population.

    strata: (lines in the population, lines examined, of these wrong) of each. A stratum of one examined line is
    merged with a neighbour first. Raises ValueError, as a sentence, for what cannot be.
    """
    check_confidence(confidence)
    return clustered_rate([_checked(number, stratum) for number, stratum in enumerate(strata, 1)], confidence)


def clustered_rate(strata: Sequence[Found], confidence: float = 0.95) -> RateEstimate:
    """The share of wrong lines in the population, where some lines were examined with their whole entry.

    A whole entry is one find with the share of its lines that were wrong, at the weight of the line that was drawn: the
    lines of an entry err together, so that twenty of them tell hardly more than one. Every entry's share, given to each of
    its lines, adds up to its wrong lines: so the rate is right however large entries are, as long as whether an entry is
    examined whole does not hang on what the drawn line showed.
    """
    if not strata:
        raise ValueError("There is no stratum: a rate needs at least one.")
    joined = merge_singletons(list(strata), Found.__add__)
    counts = np.array([(one.population, one.drawn, one.found, one.squares) for one in joined], dtype=float)
    several = estimates(counts[:, 0], counts[:, 1], counts[None, :, 2], confidence, counts[None, :, 3])
    values = {one.name: float(several[one.name][0]) for one in fields(RateEstimate)}
    return RateEstimate(**values | {"well_supported": bool(values["well_supported"])})  # type: ignore[arg-type]


def _checked(number: int, stratum: tuple[int, int, int]) -> Found:
    names = ("the population", "the count of examined lines", "the count of wrong lines")
    if len(stratum) != len(names):
        raise ValueError(f"Stratum {number} must be three counts: population, examined, wrong.")
    population, drawn, found = (whole(value, name, number) for value, name in zip(stratum, names, strict=True))
    check_counts(population, drawn, number)
    if found > drawn:
        raise ValueError(f"Stratum {number}: {found} of {drawn} examined lines cannot be wrong.")
    return Found(population, drawn, found, found)


def estimates(
    population: Numbers, drawn: Numbers, found: Numbers, confidence: float, squares: Numbers | None = None
) -> dict[str, Numbers]:
    """The fields of RateEstimate for many samples of one design at once, and Wilson's interval whether it may stand or not.

    population, drawn: one number a stratum, without singletons. found, squares (see Found): a row for each sample, a
    column a stratum; without squares every find is a whole one.
    """
    squares = found if squares is None else squares
    share = population / population.sum()
    left = 1 - drawn / population  # the share of each stratum that nobody looked at
    rates = found / drawn
    rate = np.clip((share * rates).sum(axis=-1), 0, 1)
    spread = share**2 * left / np.maximum(drawn - 1, 1)
    variance = (spread * np.maximum(squares / drawn - rates**2, 0)).sum(axis=-1)
    unknown = (share**2 * left / drawn).sum()
    with np.errstate(divide="ignore"):
        # No variance seen, yet lines not looked at: the size that the design would have at any common rate.
        without = np.full_like(rate, 1 / unknown if unknown else np.inf)
        effective = np.where(variance > 0, rate * (1 - rate) / np.where(variance > 0, variance, 1), without)
    bound_low, bound_high, supported = _bound(share / drawn, left, drawn, found, squares, rate, confidence)
    wilson_low, wilson_high = _wilson(rate, effective, confidence)
    exact_low, exact_high = _exact(rate, effective, confidence)
    return {
        "rate": rate,
        "standard_error": np.sqrt(variance),
        "low": np.where(supported, wilson_low, bound_low),
        "high": np.where(supported, wilson_high, bound_high),
        "wilson_low": wilson_low,
        "wilson_high": wilson_high,
        "exact_low": exact_low,
        "exact_high": exact_high,
        "bound_low": bound_low,
        "bound_high": bound_high,
        "well_supported": supported,
        "effective_n": effective,
        "design_effect": drawn.sum() / effective,
    }


def _bound(
    weight: Numbers,
    left: Numbers,
    drawn: Numbers,
    found: Numbers,
    squares: Numbers,
    rate: Numbers,
    confidence: float,
) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
    """Fay and Feuer's interval as betas with the finite population's correction, and whether Wilson's may stand.

    weight: the share of the population for which one examined line stands. Above one half the right lines are the
    rare ones: their bound, mirrored.
    """
    mirror = rate > 0.5
    rare = np.where(mirror[:, None], drawn - found, found)
    sizes = np.where(mirror[:, None], drawn - 2 * found + squares, squares)
    y = np.where(mirror, 1 - rate, rate)
    # Where all that was drawn is wrong, a binomial variance is none: Poisson's, as in Fay and Feuer's own form.
    v = (weight**2 * left * (sizes - np.where(rare == drawn, 0.0, rare**2 / drawn))).sum(axis=-1)
    one_more, its_spread = weight.max(), (weight * np.sqrt(left)).max()
    tail = (1 - confidence) / 2
    low = np.where(y > 0, _beta(y, v, tail), 0.0)
    high = y.copy() if its_spread == 0 else _beta(y + one_more, v + its_spread**2, 1 - tail)
    together = (weight**2 * sizes).sum(axis=-1)
    finds = np.where(together > 0, y**2 / np.where(together > 0, together, 1), 0.0)
    # Shares of many entries are as many finds as whole ones of the same spread would be.
    told = np.where(sizes > 0, rare**2 / np.where(sizes > 0, sizes, 1), 0.0)
    gap = np.where(told < FEW_FINDS, weight, 0.0).max(axis=-1)
    supported = (finds >= ENOUGH_FINDS) & (gap <= LARGEST_GAP * y) & (_freedom(weight, left, drawn) >= ENOUGH_FREEDOM)
    return np.where(mirror, 1 - high, low), np.where(mirror, 1 - low, high), supported


def _freedom(weight: Numbers, left: Numbers, drawn: Numbers) -> float:
    """Satterthwaite's degrees of freedom of the design, as if the rate were the same in all strata."""
    parts = weight**2 * drawn * left
    below = float((parts**2 / np.maximum(drawn - 1, 1)).sum())
    return float(parts.sum()) ** 2 / below if below else float("inf")


def _beta(mean: Numbers, variance: Numbers, quantile: float) -> Numbers:
    """A quantile of the beta distribution of this mean and variance; 0 or 1 where there is none so wide."""
    inside = (mean < 1) & (mean > 0) & (variance < mean * (1 - mean))
    some = inside & (variance > 0)
    m, s = np.where(some, mean, 0.5), np.where(some, variance, 0.1)
    strength = m * (1 - m) / s - 1
    found = scipy.special.betaincinv(m * strength, (1 - m) * strength, quantile)
    extreme = 1.0 if quantile > 0.5 else 0.0
    return np.where(some, found, np.where(inside, mean, extreme))


def _wilson(rate: Numbers, n: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    z = float(scipy.special.ndtri(1 - (1 - confidence) / 2))
    scale = 1 + z**2 / n
    middle = (rate + z**2 / (2 * n)) / scale
    half = z / scale * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def _exact(rate: Numbers, n: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    tail = (1 - confidence) / 2
    finite = np.where(np.isfinite(n), n, 1.0)
    found, rest = rate * finite, (1 - rate) * finite
    low = np.where(found > 0, scipy.special.betaincinv(np.where(found > 0, found, 1), rest + 1, tail), 0.0)
    high = np.where(rest > 0, scipy.special.betaincinv(found + 1, np.where(rest > 0, rest, 1), 1 - tail), 1.0)
    return np.where(np.isfinite(n), low, rate), np.where(np.isfinite(n), high, rate)
