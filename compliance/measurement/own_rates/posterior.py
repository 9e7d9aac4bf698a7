"""The posterior of accounts under their group's grid: a mixture of betas, its mean, interval, and one beta for it. Pure."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, betaln, expit, xlog1py, xlogy

from compliance.measurement.own_rates.expected import Expected, alike
from compliance.measurement.own_rates.grid import Grid
from compliance.measurement.own_rates.known import Counts, Floats, Texts
from compliance.measurement.own_rates.nodes import nodes_of

TAIL = 0.025
#: What is kept of mean, low, high, alpha, beta and prior: rounded, so that a sum that a machine rounds otherwise changes
#: nothing.
DIGITS = (9, 9, 9, 6, 6, 9)
LEAST = 1e-12
MOST_STEPS, CLOSE_ENOUGH = 60, 1e-6


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


def posteriors(wrong: Counts, reviews: Counts, expected: Expected, group: Texts, grids: dict[str, Grid]) -> Posterior:
    """The posterior of each account.

    wrong of reviews: its closed random reviews of lines. group: the key of its grid. Accounts that agree in all share one
    computation.
    """
    found = np.zeros((6, len(wrong)))
    kinds, which = np.unique(group, return_inverse=True)
    for number, key in enumerate(str(kind) for kind in kinds):
        places = np.flatnonzero(which == number)
        x, n, kind, _, of = alike(wrong[places], reviews[places], expected.at(places))
        some = np.zeros((6, len(x)))
        for level in np.unique(kind.told):
            told = kind.told == level
            some[:, told] = _of(x[told], n[told], kind.at(told), grids[key].offsets, grids[key].weights[level])
        found[:, places] = some[:, of]
    return Posterior(*(np.round(one, places) for one, places in zip(found, DIGITS, strict=True)))


def _of(x: Counts, n: Counts, expected: Expected, offsets: Floats, grid: Floats) -> Floats:
    """Six rows: mean, low, high, alpha, beta, prior. grid: weights by precision and offset."""
    weights, means, squares = [], [], []
    mean, square, prior = np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x))
    # One after the other: numpy sums up a single account in another order than many.
    for weight, of_the_group, around in nodes_of(offsets, grid):
        its_mean, its_square, usual = _under(x, n, expected, of_the_group, around)
        weights.append(weight)
        means.append(its_mean)
        squares.append(its_square)
        mean += weight * its_mean
        square += weight * its_square
        prior += weight * usual
    alpha, beta = _matched(mean, square)
    parts = [_matched(*part) for part in zip(means, squares, strict=True)]
    low = _quantile(weights, parts, TAIL, betaincinv(alpha, beta, TAIL))
    high = 1 - _quantile(weights, [(b, a) for a, b in parts], TAIL, betaincinv(beta, alpha, TAIL))
    return np.array([mean, np.minimum(low, mean), np.maximum(high, mean), alpha, beta, prior])


def _under(
    x: Counts, n: Counts, expected: Expected, of_the_group: float, around: list[tuple[float, float]]
) -> tuple[Floats, Floats, Floats]:
    """At one precision, over the offsets (weight and place): mean and mean square of the rate, and its mean before."""
    precision = expected.precision(of_the_group)
    mean, square, usual = np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x))
    for weight, offset in around:
        rate = expit(expected.logit + offset)
        a = x + precision * rate
        mean += weight * a
        square += weight * a * (a + 1)
        usual += weight * rate
    return mean / (n + precision), square / ((n + precision) * (n + precision + 1)), usual


def _matched(mean: Floats, square: Floats) -> tuple[Floats, Floats]:
    """The beta of this mean and mean square."""
    variance = np.maximum(square - mean**2, 1e-18)
    strength = np.maximum(mean * (1 - mean) / variance - 1, 1e-6)
    return mean * strength, (1 - mean) * strength


def _quantile(weights: list[float], parts: list[tuple[Floats, Floats]], p: float, start: Floats) -> Floats:
    """The lower quantile of mixtures of betas: Newton on the logarithms of both, where they are nearly straight.

    Each account goes on until it stands, whatever the others do: it must not depend on whom it is rated with.
    """
    t = np.log(np.clip(start, LEAST, 1 - LEAST))
    moving = np.arange(len(t))
    for _ in range(MOST_STEPS):
        q = np.exp(t[moving])
        below, dense = np.zeros_like(q), np.zeros_like(q)
        for weight, (a, b) in zip(weights, parts, strict=True):
            some_a, some_b = a[moving], b[moving]
            below += weight * betainc(some_a, some_b, q)
            dense += weight * np.exp(xlogy(some_a, q) + xlog1py(some_b - 1, -q) - betaln(some_a, some_b))
        below = np.maximum(below, 1e-300)
        step = np.clip(np.log(below / p) * below / np.maximum(dense, 1e-300), -1.0, 1.0)
        t[moving] = np.clip(t[moving] - step, np.log(LEAST), np.log(1 - LEAST))
        moving = moving[np.abs(step) >= CLOSE_ENOUGH]
        if not len(moving):
            break
    return np.where(t <= np.log(LEAST) + 1e-9, 0.0, np.exp(t))
