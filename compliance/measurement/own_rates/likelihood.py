"""The beta-binomial: how likely finds are, and by moments how alike lines of one account are. Pure."""

import numpy as np
import scipy

from compliance.measurement.own_rates.known import Counts, Floats

LEAST_PRECISION, MOST_PRECISION = 2.0, 1000.0
#: Up to so many reviews logarithms are added up one by one, which is quicker than functions of factorials.
FEW = 12


def log_likelihood(x: Counts, n: Counts, rate: Floats, precision: Floats) -> Floats:
    """Of x wrong in n reviews, without the constant of the binomial.

    rate: the mean, a row for each pair of x and n, several columns. precision: one for each row.
    """
    a, b = precision[:, None] * rate, precision[:, None] * (1 - rate)
    found = np.empty_like(rate)
    few = n <= FEW
    found[few] = _rising(a[few], x[few]) + _rising(b[few], (n - x)[few])
    many = ~few
    if many.any():
        k, m = x[many][:, None], (n - x)[many][:, None]
        found[many] = (
            scipy.special.gammaln(a[many] + k)
            - scipy.special.gammaln(a[many])
            + scipy.special.gammaln(b[many] + m)
            - scipy.special.gammaln(b[many])
        )
    whole: Floats = found - (scipy.special.gammaln(n + precision) - scipy.special.gammaln(precision))[:, None]
    return whole


def _rising(base: Floats, times: Counts) -> Floats:
    """The logarithm of base (base + 1) ... of so many factors."""
    found = np.zeros_like(base)
    for step in range(int(times.max(initial=0))):
        rows = times > step
        found[rows] += np.log(base[rows] + step)
    return found


def spread_of(wrong: Counts, reviews: Counts, rate: Floats, times: Counts | int = 1) -> float:
    """How alike lines of one account are beyond their expected rate, by moments: 1 / (M + 1), within bounds of M.

    times: how many accounts each element stands for.
    """
    chance = reviews * rate * (1 - rate)
    pairs = float((times * (reviews - 1) * chance).sum())
    beyond = float((times * ((wrong - reviews * rate) ** 2 - chance)).sum())
    return float(np.clip(beyond / pairs if pairs else 0.0, 1 / (MOST_PRECISION + 1), 1 / (LEAST_PRECISION + 1)))
