"""The adjusted difference: a logistic regression of what random reviews found on entering and all that decided it. Pure.

Every line of an account has the account's inputs, so the regression of lines, robust against lines of one account being
alike, is the same as one of accounts with their counts, which is what is computed. `tests/compliance/effect` holds it to
statsmodels' GLM with clusters; statsmodels itself would cost each worker 90 MB for these few lines.
"""

import math

import numpy as np
import scipy

from compliance.effect.arms import BEFORE, EXPECTED, Arms, Estimate, Numbers, Z

#: Newton's steps are over when none changes a coefficient by more; from so many on there is no finite answer.
NEAR_ENOUGH, MOST_STEPS = 1e-9, 40
FLAT = "The regression has no finite answer."
#: A column that the columns before it explain to this share says nothing of its own.
OWN_SHARE = 1e-7


class NoAnswer(ValueError):
    """The likelihood has no finite maximum: the inputs tell the finds, or who entered, without fail."""


def adjusted(arms: Arms) -> Estimate:
    """The average effect on those who entered, with the interval of the sandwich by account.

    Raises NoAnswer where the regression has none.
    """
    arms = arms.reviewed
    design = _design(arms)
    coefficients = logistic(design, arms.found, arms.reviews)
    covariance = sandwich(design, arms.found, arms.reviews, coefficients)
    # With and without the program, the same accounts: the difference of their rates, and how it moves with each
    # coefficient.
    entered = design[arms.entered]
    weights = arms.reviews[arms.entered] / arms.reviews[arms.entered].sum()
    without = entered.copy()
    without[:, 1] = 0
    with_rate, without_rate = scipy.special.expit(entered @ coefficients), scipy.special.expit(without @ coefficients)
    slope = (weights * with_rate * (1 - with_rate)) @ entered - (weights * without_rate * (1 - without_rate)) @ without
    rate, would_be = float(weights @ with_rate), float(weights @ without_rate)
    error = math.sqrt(float(slope @ covariance @ slope))
    log_odds, of_log_odds = float(coefficients[1]), math.sqrt(float(covariance[1, 1]))
    ratio = (math.exp(log_odds), math.exp(log_odds - Z * of_log_odds), math.exp(log_odds + Z * of_log_odds))
    return Estimate(rate, would_be, rate - would_be, error, ratio)


def _design(arms: Arms) -> Numbers:
    """A constant, entering, and the inputs, each in its own standard deviations; without those that repeat others.

    Expected rate and reviews before also stand as squares and as their product. Where the expected rate leans too much
    or too little on few reviews, what remains is by how many there were: without these three the estimate is off by half
    a standard error when the rate leans less than half as much as it should; with them, by a tenth.
    """
    spread = arms.inputs.std(axis=0)
    scaled = (arms.inputs - arms.inputs.mean(axis=0)) / np.where(spread > 0, spread, 1)
    expected, before = scaled[:, EXPECTED], scaled[:, BEFORE]
    bends = (expected**2, before**2, expected * before)
    whole = np.column_stack([np.ones(len(arms.entered)), arms.entered.astype(float), scaled, *bends])
    own = np.abs(np.diag(np.linalg.qr(whole, mode="r")))
    keep = own > OWN_SHARE * np.linalg.norm(whole, axis=0)
    if not keep[1]:
        raise NoAnswer("Everybody who was reviewed is in one arm.")
    return np.asarray(whole[:, keep])


def logistic(design: Numbers, found: Numbers, reviews: Numbers) -> Numbers:
    """The coefficients of greatest likelihood, by Newton's steps, halved while they lead down.

    design: a row for each account. Raises NoAnswer where the steps do not end.
    """
    coefficients = np.zeros(design.shape[1])
    coefficients[0] = math.log((found.sum() + 0.5) / (reviews.sum() - found.sum() + 0.5))
    before = _likelihood(design, found, reviews, coefficients)
    for _ in range(MOST_STEPS):
        slope = design.T @ _left(design, found, reviews, coefficients)
        try:
            step = np.linalg.solve(_information(design, reviews, coefficients), slope)
        except np.linalg.LinAlgError as flat:
            raise NoAnswer(FLAT) from flat
        while (after := _likelihood(design, found, reviews, coefficients + step)) < before - 1e-9 * abs(before):
            step = step / 2
        coefficients, before = coefficients + step, after
        if np.abs(step).max() < NEAR_ENOUGH:
            return coefficients
    raise NoAnswer(FLAT)


def _likelihood(design: Numbers, found: Numbers, reviews: Numbers, coefficients: Numbers) -> float:
    linear = design @ coefficients
    return float(found @ linear - reviews @ np.logaddexp(0, linear))


def _left(design: Numbers, found: Numbers, reviews: Numbers, coefficients: Numbers) -> Numbers:
    return np.asarray(found - reviews * scipy.special.expit(design @ coefficients))


def _information(design: Numbers, reviews: Numbers, coefficients: Numbers) -> Numbers:
    rate = scipy.special.expit(design @ coefficients)
    return np.asarray((design * (reviews * rate * (1 - rate))[:, None]).T @ design)


def sandwich(
    design: Numbers, found: Numbers, reviews: Numbers, coefficients: Numbers, *, leverage: bool = True
) -> Numbers:
    """The covariance of the coefficients that holds although an account's lines are alike.

    leverage: what an account's own weight takes from its residual is given back (HC2); without, the plain sandwich,
    whose intervals are too narrow where a few accounts have most of the reviews.
    """
    inverse = np.linalg.inv(_information(design, reviews, coefficients))
    left = _left(design, found, reviews, coefficients)
    if leverage:
        rate = scipy.special.expit(design @ coefficients)
        own = reviews * rate * (1 - rate) * np.einsum("ij,jk,ik->i", design, inverse, design)
        left = left / np.sqrt(np.maximum(1 - own, 0.05))
    scores = design * left[:, None]
    return np.asarray(inverse @ (scores.T @ scores) @ inverse)
