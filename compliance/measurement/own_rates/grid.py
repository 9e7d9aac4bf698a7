"""How far the accounts of a group differ, and how far the group lies from what the regression says: a grid. Pure.

Accounts' rates are beta: mean mu, precision M (their variance is mu (1 - mu) / (M + 1)). A few accounts tell neither
M nor the mean well, so both stay open: a weight for each pair, by the likelihood of the group's reviews (statistics B2).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import erfc, expit, gammaln, xlog1py, xlogy

from compliance.measurement.own_rates.known import Counts, Floats

LOG_PRECISIONS = np.linspace(np.log(2), np.log(1000), 16)
PRECISIONS = np.exp(LOG_PRECISIONS)
#: Where nothing is known of it, log M is lower rather than higher: weight M ** -0.5.
BEFORE = -0.5 * LOG_PRECISIONS
OFFSETS, ERRORS_EACH_WAY = 13, 3.0
#: Log odds are told apart in steps of one hundredth: a prior mean is never known better, and most accounts then share
#: their numbers with others, of which one is computed.
STEPS_OF_ONE = 100
#: Up to so many reviews logarithms are added up one by one, which is quicker than functions of factorials.
FEW = 12
#: Above this p accounts are not said to differ.
SURE = 0.05


@dataclass(frozen=True)
class Grid:
    """Weights of precision (rows, PRECISIONS) and offset in log odds (columns, `offsets`); they add up to one.

    p: how likely accounts that do not differ would look as different as these (likelihood ratio of beta-binomial
    against binomial, half of a chi-squared with one degree of freedom, since M cannot lie beyond infinity).
    """

    offsets: Floats
    weights: Floats
    p: float

    @property
    def differs(self) -> bool:
        return self.p < SURE


def rounded(logit: Floats) -> Floats:
    """Log odds in the steps in which they are told apart."""
    steps: Floats = np.rint(logit * STEPS_OF_ONE) / STEPS_OF_ONE
    return steps


def spread_of(wrong: Counts, reviews: Counts, rate: Floats) -> float:
    """How alike lines of one account are beyond their expected rate, by moments: 1 / (M + 1), within the grid's bounds."""
    pairs = float((reviews * (reviews - 1) * rate * (1 - rate)).sum())
    beyond = float(((wrong - reviews * rate) ** 2 - reviews * rate * (1 - rate)).sum())
    return float(np.clip(beyond / pairs if pairs else 0.0, 1 / (PRECISIONS[-1] + 1), 1 / (PRECISIONS[0] + 1)))


def grid_of(wrong: Counts, reviews: Counts, logit: Floats) -> Grid:
    """The grid of a group. logit: what the regression expects of each account."""
    seen = reviews > 0
    table = np.column_stack([wrong[seen], reviews[seen], np.rint(logit[seen] * STEPS_OF_ONE).astype(np.int64)])
    rows, times = np.unique(table, axis=0, return_counts=True)
    x, n, expected = rows[:, 0], rows[:, 1], rows[:, 2] / STEPS_OF_ONE
    offsets = _offsets(x, n, expected, times)
    rate = expit(expected[:, None] + offsets)
    alike = times @ (xlogy(x[:, None], rate) + xlog1py((n - x)[:, None], -rate))
    likely = np.array([times @ log_likelihood(x, n, rate, precision) for precision in PRECISIONS])
    ratio = max(0.0, 2 * float(likely.max() - alike.max())) if len(x) else 0.0
    posterior = likely + BEFORE[:, None]
    weights = np.exp(posterior - posterior.max())
    return Grid(offsets, weights / weights.sum(), float(0.5 * erfc(np.sqrt(ratio / 2))) if ratio else 1.0)


def _offsets(x: Counts, n: Counts, expected: Floats, times: Counts) -> Floats:
    """Three standard errors each way from where the group lies, half an error in one review added to its finds."""
    offset, bend = 0.0, 0.25
    for _ in range(30):
        rate = expit(expected + offset)
        # Lines of one account are alike: a large account must not stand for many.
        weight = times / (1 + (n - 1) * spread_of(np.repeat(x, times), np.repeat(n, times), np.repeat(rate, times)))
        usual = float((weight * n * rate).sum() / max(float((weight * n).sum()), 1e-300)) if len(x) else 0.5
        slope = float((weight * (x - n * rate)).sum()) + 0.5 - usual
        bend = float((weight * n * rate * (1 - rate)).sum()) + usual * (1 - usual)
        step = float(np.clip(slope / bend, -1, 1))
        offset += step
        if abs(step) < 1e-6:
            break
    around: Floats = np.linspace(-ERRORS_EACH_WAY, ERRORS_EACH_WAY, OFFSETS) / np.sqrt(bend)
    return offset + around


def log_likelihood(x: Counts, n: Counts, rate: Floats, precision: float) -> Floats:
    """Of x wrong in n reviews, beta-binomial, without the constant of the binomial. rate: a row a pair of x and n."""
    a, b = precision * rate, precision * (1 - rate)
    found = np.empty_like(rate)
    few = n <= FEW
    found[few] = _rising(a[few], x[few]) + _rising(b[few], (n - x)[few])
    many = ~few
    if many.any():
        k, m = x[many][:, None], (n - x)[many][:, None]
        found[many] = gammaln(a[many] + k) - gammaln(a[many]) + gammaln(b[many] + m) - gammaln(b[many])
    whole: Floats = found - (gammaln(n + precision) - gammaln(precision))[:, None]
    return whole


def _rising(base: Floats, times: Counts) -> Floats:
    """The logarithm of base (base + 1) ... of so many factors."""
    found = np.zeros_like(base)
    for step in range(int(times.max(initial=0))):
        rows = times > step
        found[rows] += np.log(base[rows] + step)
    return found
