"""The pool of a candidate among what decided its selection. Pure.

A round has room by pool (a Center), and the list of a pool ends where its room does: of two accounts alike in every
input of the score one enters and the other does not because their Centers have room for more or fewer. Where Centers
also differ in how often a line is in error, that difference would be taken for an effect. So each pool is a column of
its own beside the inputs, in the regression, between matches, and where it is asked who has anybody alike.
"""

import numpy as np
import numpy.typing as npt

from compliance.effect.arms import Arms, Numbers, Which

#: A pool carries a term of its own from so many discrepancies in both arms together, and from as many reviews without one:
#: with none of either its term would have no finite value. The bar is low, since what is joined is adjusted for as if it were one: where three pools of fifteen
#: places in three hundred were joined in spite of some ten discrepancies each, the figure was off by a third of a
#: standard error.
LEAST_FOUND = 5


def sets_of(pool: Numbers, reviews: Numbers, found: Numbers) -> npt.NDArray[np.int64]:
    """The set of pools that each account belongs to, by number: pools too small for a term of their own are joined.

    pool: a number for each pool. reviews, and discrepancies found in them. The smallest are joined with the next ones until the set can
    carry a term; what is left at the end goes with the last set.
    """
    codes, at = np.unique(pool, return_inverse=True)
    each = np.column_stack([np.bincount(at, found, len(codes)), np.bincount(at, reviews - found, len(codes))])
    sets, last, enough = np.zeros(len(codes), np.int64), 0, np.zeros(2)
    for one in np.argsort(each.min(axis=1), kind="stable"):
        sets[one], enough = last, enough + each[one]
        if enough.min() >= LEAST_FOUND:
            last, enough = last + 1, np.zeros(2)
    return np.asarray(np.minimum(sets, max(last - 1, 0))[at])


def arms_within(
    pool: Numbers, entered: Which, reviews: Numbers, found: Numbers, inputs: Numbers, names: tuple[str, ...]
) -> Arms:
    """Arms whose inputs hold, behind those given, a column of 0 and 1 for each set of pools but the first."""
    sets = sets_of(pool, reviews, found)
    others = np.unique(sets)[1:]
    columns = (sets[:, None] == others).astype(np.float64)
    return Arms(entered, reviews, found, np.column_stack([inputs, columns]), (*names, *(f"pools {n}" for n in others)))
