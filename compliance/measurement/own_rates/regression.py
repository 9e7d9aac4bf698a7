"""Logistic regression with a ridge on some columns: the log odds that are usual for accounts of such a trade. Pure."""

from dataclasses import dataclass

import numpy as np
import scipy

from compliance.measurement.own_rates.known import Counts, Covariates, Floats

#: On shares of headings and origins (statistics B2), and a touch on the rest, so that there is always an answer.
PENALTY, TOUCH = 2.5, 1e-3
#: An account must not have taught what is expected of it, or accounts would look alike: each is judged by the others.
FOLDS = 16
MOST_STEPS, CLOSE_ENOUGH = 50, 1e-6
#: Log odds stay within: a rate between 1 in 20,000 and all but that.
FURTHEST = 10.0


@dataclass(frozen=True)
class Ridge:
    """Coefficients: `whole` of all accounts; `without`, a row a fold, of all accounts but those of that fold.

    covariance: of `whole`, as far as the penalty and the reviews leave it open. middle: the covariates of the usual review.
    """

    whole: Floats
    without: Floats
    covariance: Floats
    middle: Floats


def ridge(matrix: Covariates, wrong: Counts, reviews: Counts, fold: Counts, free: int, spread: float) -> Ridge:
    """Coefficients by Newton's method, and without each fold.

    matrix: covariates, a row an account, the first a constant. wrong of reviews: the outcome. fold: of each account, 0 to
    FOLDS - 1. free: so many first columns go without the penalty. spread: how alike lines of one account are,
    1 / (M + 1) of the beta-binomial; 0 counts each review in full.
    """
    seen = reviews > 0
    x, n = matrix[seen], reviews[seen].astype(float)
    weight = 1 / (1 + (n - 1) * spread)
    y, n, fold = wrong[seen] * weight, n * weight, fold[seen]
    penalty = np.full(x.shape[1], PENALTY)
    penalty[:free] = TOUCH
    penalty[0] = 0.0
    beta = _newton(x, y, n, penalty)
    # Without a fold: one step of Newton's from the whole fit, which is as far as a sixteenth of the accounts moves it.
    parts = [_slope_and_bend(x[fold == one], y[fold == one], n[fold == one], beta) for one in range(FOLDS)]
    slopes, bends = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
    slope, bend = _with_penalty(slopes.sum(axis=0), bends.sum(axis=0), beta, penalty)
    without = [beta + np.linalg.solve(bend - its_bend, slope - its_slope) for its_slope, its_bend in parts]
    covariance = np.asarray(np.linalg.inv(bend), dtype=np.float64)
    return Ridge(beta, np.array(without), covariance, (n @ x) / max(float(n.sum()), 1e-300))


def _newton(x: "scipy.sparse.csr_array", y: Floats, n: Floats, penalty: Floats) -> Floats:
    start = (y.sum() + 0.5) / (n.sum() + 1)
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(start / (1 - start))
    for _ in range(MOST_STEPS):
        slope, bend = _slope_and_bend(x, y, n, beta)
        step = np.linalg.solve(*reversed(_with_penalty(slope, bend, beta, penalty)))
        beta += step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < CLOSE_ENOUGH:
            break
    return beta


def _slope_and_bend(x: "scipy.sparse.csr_array", y: Floats, n: Floats, beta: Floats) -> tuple[Floats, Floats]:
    rate = scipy.special.expit(np.clip(x @ beta, -FURTHEST, FURTHEST))
    heavy = x.multiply((n * rate * (1 - rate))[:, None])
    return x.T @ (y - n * rate), (x.T @ heavy).toarray()


def _with_penalty(slope: Floats, bend: Floats, beta: Floats, penalty: Floats) -> tuple[Floats, Floats]:
    """The ridge; and half an error in one review, or no finds at all would have no answer."""
    rate = float(scipy.special.expit(beta[0]))
    slope, bend = slope - penalty * beta, bend + np.diag(penalty)
    slope[0] += 0.5 - rate
    bend[0, 0] += rate * (1 - rate)
    return slope, bend


def log_odds(matrix: Covariates, fitted: Ridge, fold: Counts) -> Floats:
    """What is expected of each account by what all others but its fold taught; fold -1: by what all did."""
    table, row = np.vstack([fitted.without, fitted.whole]), _rows_of(matrix)
    found = _summed(matrix, row, matrix.data * table[fold[row], matrix.indices])
    return np.clip(found, -FURTHEST, FURTHEST)


def variances(matrix: Covariates, fitted: Ridge) -> Floats:
    """Of what is expected of each account, in squared log odds. Where a group lies as a whole its grid knows better:
    what all accounts have in common is left out."""
    turned, row, middle = matrix @ fitted.covariance, _rows_of(matrix), fitted.middle
    own = _summed(matrix, row, matrix.data * turned[row, matrix.indices])
    apart: Floats = own - 2 * (turned @ middle) + middle @ fitted.covariance @ middle
    found: Floats = np.maximum(apart, 0.0)
    return found


def _rows_of(matrix: Covariates) -> Counts:
    """Of each number that stands in the matrix its row."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _summed(matrix: Covariates, row: Counts, values: Floats) -> Floats:
    """Sums by row, one number after the other: another way of adding up would round by who else is rated."""
    found: Floats = np.bincount(row, weights=values, minlength=matrix.shape[0]).astype(np.float64, copy=False)
    return found
