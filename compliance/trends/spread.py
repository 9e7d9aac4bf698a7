"""How far accounts differ from what peers lead one to expect: the shape of a gamma with mean 1. Pure.

An account's factor theta is Gamma(alpha, alpha); its count is then negative binomial with mean E and shape alpha, and
alpha is the value on a grid that makes all accounts' counts most likely (Clayton and Kaldor 1987).
"""

import numpy as np
from scipy.special import gammaln

from compliance.trends.examined import Floats
from compliance.trends.tail import mid_p

#: Accounts with more than so few in a hundred would have are left out: a problem is what is looked for, not a spread.
FAR = 0.02
GRID = np.exp(np.linspace(np.log(0.8), np.log(300.0), 60))


def spread_of(found: Floats, expected: Floats) -> float:
    """alpha over accounts: their finds and expected finds. Large: accounts hardly differ."""
    known = expected > 0
    x, e = found[known][:, None], expected[known][:, None]
    if not len(x):
        return float(GRID[-1])
    alpha = GRID[None, :]
    likelihood = (
        gammaln(alpha + x) - gammaln(alpha) + alpha * np.log(alpha / (alpha + e)) + x * np.log(e / (alpha + e))
    ).sum(axis=0)
    return float(GRID[int(np.argmax(likelihood))])


def usual_spread(found: Floats, expected: Floats) -> float:
    """alpha over accounts without those that stand far out; twice, since each that is left out moves the line."""
    known = expected > 0
    x, e = found[known], expected[known]
    alpha = spread_of(x, e)
    for _ in range(2):
        near = mid_p(x.astype(np.int64), e, np.full(len(x), alpha)) > FAR
        alpha = spread_of(x[near], e[near])
    return alpha
