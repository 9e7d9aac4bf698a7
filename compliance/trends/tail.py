"""How unlikely a count is: mid-p of a gamma-Poisson, Simes over cells, Benjamini-Hochberg over accounts. Pure.

Sources: H. O. Lancaster, "Significance tests in discrete distributions", JASA 56 (1961), for the mid-p; R. J. Simes, "An
improved Bonferroni procedure", Biometrika 73 (1986); Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate",
JRSS B 57 (1995). The choice among alternatives: docs/decisions on trends.
"""

import numpy as np
import scipy

from compliance.trends.examined import Floats, Ints


def mid_p(found: Ints, expected: Floats, shape: Floats) -> Floats:
    """P(X > found) + P(X = found) / 2 of a Poisson count whose mean is gamma with mean `expected` and this shape.

    found: counts. expected: above 0. shape: how well the mean is known; above 0. Such a count is negative binomial, and
    more than k of it are as likely as an incomplete beta function of k + 1; half of both sides is the mid-p.
    """
    miss = expected / (shape + expected)
    or_more = np.where(found > 0, scipy.special.betainc(np.maximum(found, 1), shape, miss), 1.0)
    return np.asarray((or_more + scipy.special.betainc(found + 1, shape, miss)) / 2, np.float64)


def simes(unit: Ints, p: Floats, tests: Ints) -> Floats:
    """One p-value a unit: the least of m p(k) / k over its p-values in their order.

    unit: place of the account of each p-value. tests: m by unit, how many tests it has in all; those that are not given
    count as 1. A unit without a p-value gets 1.
    """
    order = np.lexsort((p, unit))
    whose, sorted_p = unit[order], p[order]
    first = np.searchsorted(whose, whose, side="left")
    rank = np.arange(len(whose)) - first + 1
    result = np.ones(len(tests))
    np.minimum.at(result, whose, tests[whose] * sorted_p / rank)
    return np.minimum(result, 1.0)


def adjusted(p: Floats) -> Floats:
    """Benjamini-Hochberg's adjusted p-values (q-values) in the order given."""
    if not len(p):
        return np.zeros(0)
    order = np.argsort(p, kind="stable")
    raised = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(raised[::-1])[::-1]
    return np.minimum(q, 1.0)
