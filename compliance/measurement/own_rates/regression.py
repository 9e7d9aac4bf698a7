"""Logistic regression with a ridge on some columns: the log odds that are usual for accounts of such a trade. Pure."""

import numpy as np
from scipy.special import expit

from compliance.measurement.own_rates.known import Counts, Floats

#: On shares of headings and origins (statistics B2), and a touch on the rest, so that there is always an answer.
PENALTY, TOUCH = 2.5, 1e-3
MOST_STEPS, CLOSE_ENOUGH = 50, 1e-8
#: Log odds stay within: a rate between 1 in 20,000 and all but that.
FURTHEST = 10.0


def ridge(matrix: Floats, wrong: Counts, reviews: Counts, free: int, spread: float) -> Floats:
    """Coefficients by Newton's method.

    matrix: covariates, a row an account, the first a constant. wrong of reviews: the outcome. free: so many first columns
    go without the penalty. spread: how alike lines of one account are, 1 / (M + 1) of the beta-binomial; 0 counts each
    review in full. Half an error in one review at the usual rate is added, or no finds at all would have no answer.
    """
    seen = reviews > 0
    x, n = matrix[seen], reviews[seen].astype(float)
    weight = 1 / (1 + (n - 1) * spread)
    y, n = wrong[seen] * weight, n * weight
    penalty = np.full(x.shape[1], PENALTY)
    penalty[:free] = TOUCH
    penalty[0] = 0.0
    start = (y.sum() + 0.5) / (n.sum() + 1)
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(start / (1 - start))
    for _ in range(MOST_STEPS):
        rate = expit(np.clip(x @ beta, -FURTHEST, FURTHEST))
        at_constant = expit(beta[0])
        slope = x.T @ (y - n * rate) - penalty * beta
        slope[0] += 0.5 - at_constant
        bend = x.T @ (x * (n * rate * (1 - rate))[:, None]) + np.diag(penalty)
        bend[0, 0] += at_constant * (1 - at_constant)
        step = np.linalg.solve(bend, slope)
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        beta += step
        if np.abs(step).max() < CLOSE_ENOUGH:
            break
    return beta


def log_odds(matrix: Floats, beta: Floats) -> Floats:
    """What the regression says of each account. Column by column: a product of matrices rounds by their size."""
    found = np.zeros(len(matrix))
    for column, weight in zip(matrix.T, beta, strict=True):
        found += column * weight
    return np.clip(found, -FURTHEST, FURTHEST)
