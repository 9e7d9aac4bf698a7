"""How far accounts differ from what peers lead one to expect: the shape of a gamma with mean 1. Pure.

An account's factor theta is Gamma(alpha, alpha); its count is then negative binomial with mean E and shape alpha, and
alpha is the value on a grid that makes all accounts' counts most likely (Clayton and Kaldor 1987).
"""

import numpy as np

from compliance.trends.examined import Floats
from compliance.trends.tail import mid_p

#: Accounts with more than so few in a hundred would have are left out: a problem is what is looked for, not a spread.
FAR = 0.02
GRID = np.exp(np.linspace(np.log(0.8), np.log(300.0), 60))
#: Accounts whose expected finds differ by less than one in so many share a logarithm.
FINE = 64


def spread_of(found: Floats, expected: Floats) -> float:
    """alpha over accounts: their finds (whole numbers) and expected finds. Large: accounts hardly differ.

    lgamma(alpha + x) - lgamma(alpha) is the sum of log(alpha + j) over j < x, so that counts of accounts with more than j
    finds stand for a table of accounts by alpha.
    """
    known = expected > 0
    x, e = found[known], expected[known]
    if not len(x):
        return float(GRID[-1])
    more = len(x) - np.cumsum(np.bincount(x.astype(np.int64)))[:-1]
    rising = np.log(GRID[:, None] + np.arange(len(more))) @ more
    near = np.floor(np.log(e) * FINE).astype(np.int64)
    near -= near.min()
    count, finds, sums = np.bincount(near), np.bincount(near, x), np.bincount(near, e)
    present = count > 0
    logs = np.log(GRID[:, None] + sums[present] / count[present])
    likelihood = rising + GRID * (len(x) * np.log(GRID) - logs @ count[present]) - logs @ finds[present]
    return float(GRID[int(np.argmax(likelihood))])


def usual_spread(found: Floats, expected: Floats) -> float:
    """alpha over accounts without those that stand far out; twice, since each that is left out moves the line."""
    known = expected > 0
    x, e = found[known], expected[known]
    alpha = spread_of(x, e)
    more = x > e  # no other stands far out
    for _ in range(2):
        near = np.ones(len(x), bool)
        near[more] = mid_p(x[more].astype(np.int64), e[more], np.full(int(more.sum()), alpha)) > FAR
        alpha = spread_of(x[near], e[near])
    return alpha
