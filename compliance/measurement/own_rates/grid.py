"""How far the accounts of a group differ, and how far the group lies from what the regression says: a grid. Pure.

Accounts' rates are beta: mean mu, precision M (their variance is mu (1 - mu) / (M + 1)). A few accounts tell neither
M nor the mean well, so both stay open: a weight for each pair, by the likelihood of the group's reviews (statistics B2).
"""

from dataclasses import dataclass

import numpy as np
import scipy

from compliance.measurement.own_rates.expected import LEVELS, Expected, alike, distinct
from compliance.measurement.own_rates.known import Counts, Floats
from compliance.measurement.own_rates.likelihood import LEAST_PRECISION, MOST_PRECISION, log_likelihood, spread_of

LOG_PRECISIONS = np.linspace(np.log(LEAST_PRECISION), np.log(MOST_PRECISION), 16)
PRECISIONS = np.exp(LOG_PRECISIONS)
TOP = len(PRECISIONS) - 1
#: Where nothing is known of it, log M is lower rather than higher: weight M ** -0.5.
BEFORE = -0.5 * LOG_PRECISIONS
#: A standard error apart: as good as 13 of them for weights that are nearly normal, at half of the work.
OFFSETS, ERRORS_EACH_WAY = 7, 3.0
#: The more targeted examinations an account has, the better its rate is expected: by level of what they tell, its
#: precision is 0 to 3 steps of the grid higher, whichever the reviews make likely. Without it the intervals of accounts
#: with few examinations of any kind are too narrow: those of others set the precision.
GAINS = 4
#: From so many accounts on their log odds are taken in tenths: what is rounded off averages out.
MANY = 1_000
#: Above this p accounts are not said to differ.
SURE = 0.05


@dataclass(frozen=True)
class Grid:
    """Weights of precision and offset, for accounts of each level of how much their targeted examinations tell.

    offsets: in log odds. weights: by level, precision (PRECISIONS) and offset; those of a level add up to one.
    p: how likely accounts that do not differ at all would look as different as these.
    """

    offsets: Floats
    weights: Floats
    p: float

    @property
    def differs(self) -> bool:
        return self.p < SURE


def grid_of(wrong: Counts, reviews: Counts, expected: Expected) -> Grid:
    """The grid of a group by the accounts of it that have reviews."""
    seen = reviews > 0
    reviewed = expected.at(seen)
    x, n, kind, times = alike(wrong[seen], reviews[seen], reviewed.coarse() if seen.sum() >= MANY else reviewed)
    offsets = offsets_of(x, n, kind.logit, times)
    rate = scipy.special.expit(kind.logit[:, None] + offsets)
    by_level = np.array([np.where(kind.told == level, times, 0) for level in range(LEVELS)])
    likely = np.zeros((LEVELS, len(PRECISIONS), OFFSETS))
    for place, precision in enumerate(PRECISIONS):
        likely[:, place] = by_level @ log_likelihood(x, n, rate, kind.precision(precision))
    return Grid(offsets, _weights(likely), p_of_no_difference(wrong[seen], reviews[seen]))


def _weights(likely: Floats) -> Floats:
    """From log likelihoods by level, precision and offset to weights, over every gain by which levels may differ."""
    above = np.arange(LEVELS)[:, None] * np.arange(GAINS)[:, None, None]
    place = np.minimum(np.arange(len(PRECISIONS)) + above, TOP)
    each = np.array([sum(likely[level, up[level]] for level in range(LEVELS)) for up in place]) + BEFORE[:, None]
    shares = np.exp(each - each.max())
    weights = np.zeros_like(likely)
    for share, up in zip(shares / shares.sum(), place, strict=True):
        for level in range(LEVELS):
            np.add.at(weights[level], up[level], share)
    return weights


def p_of_no_difference(wrong: Counts, reviews: Counts) -> float:
    """Likelihood ratio of beta-binomial against binomial, both of one mean: half of a chi-squared with one degree of
    freedom, since a precision cannot lie beyond infinity."""
    if not wrong.sum():
        return 1.0
    (x, n), times, _ = distinct([wrong, reviews])
    offsets = offsets_of(x, n, np.zeros(len(x)), times)
    rate = np.tile(scipy.special.expit(offsets), (len(x), 1))
    together = float(
        (times @ (scipy.special.xlogy(x[:, None], rate) + scipy.special.xlog1py((n - x)[:, None], -rate))).max()
    )
    every = (times @ log_likelihood(x, n, rate, np.full(len(x), precision)) for precision in PRECISIONS)
    ratio = max(0.0, 2 * (max(float(one.max()) for one in every) - together))
    return float(0.5 * scipy.special.erfc(np.sqrt(ratio / 2))) if ratio else 1.0


def offsets_of(x: Counts, n: Counts, logit: Floats, times: Counts) -> Floats:
    """Three standard errors each way from where a group lies, half an error in one review added to its finds."""
    offset, bend = 0.0, 0.25
    for _ in range(30):
        rate = scipy.special.expit(logit + offset)
        # Lines of one account are alike: a large account must not stand for many.
        weight = times / (1 + (n - 1) * spread_of(x, n, rate, times))
        usual = float((weight * n * rate).sum() / (weight * n).sum()) if len(x) else 0.5
        slope = float((weight * (x - n * rate)).sum()) + 0.5 - usual
        bend = float((weight * n * rate * (1 - rate)).sum()) + usual * (1 - usual)
        step = float(np.clip(slope / bend, -1, 1))
        offset += step
        if abs(step) < 1e-6:
            break
    around: Floats = np.linspace(-ERRORS_EACH_WAY, ERRORS_EACH_WAY, OFFSETS) / np.sqrt(bend)
    return offset + around
