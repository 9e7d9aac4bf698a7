"""Where a recorded lottery decided who entered, the plain difference is the effect. Pure."""

import math

import numpy as np

from compliance.effect.arms import Arms, Estimate, Numbers, Which


def drawn(arms: Arms, probability: Numbers) -> Estimate:
    """The rates of those whom the lot took in and of those whom it did not, and their difference.

    probability: of entering, of each account as recorded before the draw, between 0 and 1. Where all are alike the
    rates are the plain ones; else each account counts by one over the probability of where it landed.
    """
    if ((probability <= 0) | (probability >= 1)).any():
        raise ValueError("Who enters for certain, or not at all, takes part in no lottery.")
    weights = np.where(arms.entered, 1 / probability, 1 / (1 - probability))
    rate, of_rate = _rate(arms, weights, arms.entered)
    without, of_without = _rate(arms, weights, ~arms.entered)
    return Estimate(rate, without, rate - without, math.hypot(of_rate, of_without))


def _rate(arms: Arms, weights: Numbers, which: Which) -> tuple[float, float]:
    """A rate and its standard error, by accounts: an account's lines are alike."""
    weights, found, reviews = weights[which], arms.found[which], arms.reviews[which]
    total = float(weights @ reviews)
    rate = float(weights @ found) / total
    left = weights * (found - reviews * rate)
    many = int((reviews > 0).sum())
    return rate, math.sqrt(float(left @ left) * many / (many - 1)) / total
