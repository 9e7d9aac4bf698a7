"""Who entered beside those most like them in all that decided it, after the round alone; and whether there are such. Pure."""

import math

import numpy as np
import numpy.typing as npt

from compliance.effect.arms import EXPECTED, Arms, Estimate, Numbers

#: So many of the most alike stand beside each account that entered. The expected rate counts FIRST times as much as any
#: other input: finds follow it, and those just below the threshold have less of everything; with all inputs alike the
#: difference is off by more than a standard error.
MATCHES, FIRST = 5, 4.0
#: Two accounts are alike that are so near in every input, in standard deviations.
ALIKE = 1.0


def matched(arms: Arms) -> Estimate:
    """The rate of those who entered less that of their matches; each match counts as often as it is chosen."""
    arms = arms.reviewed
    entered, others = arms.only(arms.entered), arms.only(~arms.entered)
    nearest = _nearest(arms, MATCHES)
    # A match's reviews count so that each account's matches together weigh as much as its own reviews.
    pooled = others.reviews[nearest].sum(axis=1)
    each = np.repeat(entered.reviews / pooled, nearest.shape[1])
    weights = np.bincount(nearest.ravel(), weights=each, minlength=len(others.reviews))
    total = entered.reviews.sum()
    rate, without = float(entered.found.sum() / total), float(weights @ others.found / total)
    left = entered.found - entered.reviews * rate
    beside = weights * (others.found - others.reviews * without)
    error = math.sqrt(float(left @ left + beside @ beside)) / float(total)
    return Estimate(rate, without, rate - without, error)


def _scaled(arms: Arms) -> Numbers:
    spread = arms.inputs.std(axis=0)
    return np.asarray(arms.inputs / np.where(spread > 0, spread, 1))


def _nearest(arms: Arms, many: int) -> npt.NDArray[np.int64]:
    """For each account that entered, the places of its matches among the others."""
    scaled = _scaled(arms)
    scaled[:, EXPECTED] *= FIRST
    here, there = scaled[arms.entered], scaled[~arms.entered]
    distance = (here**2).sum(axis=1)[:, None] + (there**2).sum(axis=1)[None, :] - 2 * here @ there.T
    many = min(many, len(there))
    return np.asarray(np.argpartition(distance, many - 1, axis=1)[:, :many])


def overlap(arms: Arms) -> float:
    """Of the reviews at accounts that entered, the share at accounts that have one like them among the others.

    Like: within one standard deviation in every single input. Both arms need an account with a review.
    """
    arms = arms.reviewed
    scaled = _scaled(arms)
    others = scaled[~arms.entered]
    alike = [bool((np.abs(others - one).max(axis=1) <= ALIKE).any()) for one in scaled[arms.entered]]
    reviews = arms.reviews[arms.entered]
    return float(reviews[alike].sum() / reviews.sum())
