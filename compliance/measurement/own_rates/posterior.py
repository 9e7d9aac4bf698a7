"""The posterior of accounts under their group's grid: a mixture of betas, its mean, interval, and one beta for it. Pure."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, betaln, expit, xlog1py, xlogy

from compliance.measurement.own_rates.grid import PRECISIONS, STEPS_OF_ONE, Grid
from compliance.measurement.own_rates.groups import each
from compliance.measurement.own_rates.known import Counts, Floats

TAIL = 0.025
#: Weights below this move no figure that is shown.
NOTHING = 1e-7
#: What is kept: figures rounded so that the same numbers give the same row on any machine.
DIGITS = 9
LEAST = 1e-12
MOST_STEPS, CLOSE_ENOUGH = 60, 1e-10


@dataclass(frozen=True)
class Posterior:
    """One element an account. mean, low, high: the rate and the 95 % interval of the mixture, 0 to 1.

    alpha, beta: the one beta with the mixture's mean and variance. prior: the mean before the account's own reviews.
    """

    mean: Floats
    low: Floats
    high: Floats
    alpha: Floats
    beta: Floats
    prior: Floats


def posteriors(wrong: Counts, reviews: Counts, logit: Floats, group: list[str], grids: dict[str, Grid]) -> Posterior:
    """The posterior of each account.

    wrong of reviews: its closed random reviews of lines. logit: what the regression expects of it. group: the key of its
    grid. Accounts that agree in all four share one computation.
    """
    found = np.zeros((6, len(wrong)))
    for key, places in each(group) if len(wrong) else ():
        steps = np.rint(logit[places] * STEPS_OF_ONE).astype(np.int64)
        table = np.column_stack([wrong[places], reviews[places], steps])
        rows, of = np.unique(table, axis=0, return_inverse=True)
        found[:, places] = _of(rows[:, 0], rows[:, 1], rows[:, 2] / STEPS_OF_ONE, grids[key])[:, of.ravel()]
    return Posterior(*np.round(found, DIGITS))


def _of(x: Counts, n: Counts, logit: Floats, grid: Grid) -> Floats:
    """Six rows: mean, low, high, alpha, beta, prior."""
    weights, means, squares = _slices(x, n, logit, grid)
    mean = (weights[:, None] * means).sum(axis=0)
    square = (weights[:, None] * squares).sum(axis=0)
    alpha, beta = _matched(mean, square)
    parts = [_matched(*part) for part in zip(means, squares, strict=True)]
    low = _quantile(weights, parts, TAIL, betaincinv(alpha, beta, TAIL))
    high = 1 - _quantile(weights, [(b, a) for a, b in parts], TAIL, betaincinv(beta, alpha, TAIL))
    prior = np.zeros(len(x))
    for share, offset in zip(grid.weights.sum(axis=0), grid.offsets, strict=True):
        prior += share * expit(logit + offset)
    return np.array([mean, np.minimum(low, mean), np.maximum(high, mean), alpha, beta, prior])


def _slices(x: Counts, n: Counts, logit: Floats, grid: Grid) -> tuple[Floats, Floats, Floats]:
    """Over the offsets at each precision that counts: its weight, and the mean and mean square of the rate under it."""
    rates = [expit(logit + offset) for offset in grid.offsets]
    weights, means, squares = [], [], []
    for row, precision in zip(grid.weights, PRECISIONS, strict=True):
        whole = float(row.sum())
        if whole < NOTHING:
            continue
        mean, square = np.zeros(len(x)), np.zeros(len(x))
        for share, rate in zip(row / whole, rates, strict=True):
            if share < NOTHING:
                continue
            a = x + precision * rate
            mean += share * a
            square += share * a * (a + 1)
        weights.append(whole)
        means.append(mean / (n + precision))
        squares.append(square / ((n + precision) * (n + precision + 1)))
    shares = np.array(weights)
    return shares / shares.sum(), np.array(means), np.array(squares)


def _matched(mean: Floats, square: Floats) -> tuple[Floats, Floats]:
    """The beta of this mean and mean square."""
    variance = np.maximum(square - mean**2, 1e-18)
    strength = np.maximum(mean * (1 - mean) / variance - 1, 1e-6)
    return mean * strength, (1 - mean) * strength


def _quantile(weights: Floats, parts: list[tuple[Floats, Floats]], p: float, start: Floats) -> Floats:
    """The lower quantile of mixtures of betas: Newton on the logarithms of both, where they are nearly straight."""
    t = np.log(np.clip(start, LEAST, 1 - LEAST))
    for _ in range(MOST_STEPS):
        q = np.exp(t)
        below, dense = np.zeros_like(q), np.zeros_like(q)
        for weight, (a, b) in zip(weights, parts, strict=True):
            below += weight * betainc(a, b, q)
            dense += weight * np.exp(xlogy(a, q) + xlog1py(b - 1, -q) - betaln(a, b))
        below = np.maximum(below, 1e-300)
        step = np.clip(np.log(below / p) * below / np.maximum(dense, 1e-300), -1.0, 1.0)
        t = np.clip(t - step, np.log(LEAST), np.log(1 - LEAST))
        if np.abs(step).max(initial=0.0) < CLOSE_ENOUGH:
            break
    return np.where(t <= np.log(LEAST) + 1e-9, 0.0, np.exp(t))
