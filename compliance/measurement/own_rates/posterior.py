"""The posterior of accounts under their group's grid: a mixture of betas, its mean, interval, and one beta for it. Pure."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy

from compliance.measurement.own_rates.expected import LEVELS, Expected, distinct, precision_with
from compliance.measurement.own_rates.grid import Grid
from compliance.measurement.own_rates.known import Counts, Floats, Texts
from compliance.measurement.own_rates.nodes import OF_OFFSET, OF_PRECISION, Nodes, nodes_of

TAIL = 0.025
#: What is kept of mean, low, high, alpha, beta and prior: rounded, so that a sum that a machine rounds otherwise changes
#: nothing.
DIGITS = (9, 9, 9, 6, 6, 9)
LEAST = 1e-12
#: A step of Halley's leaves less than its third power.
MOST_STEPS, CLOSE_ENOUGH = 60, 1e-3


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


@dataclass(frozen=True)
class Kinds:
    """Accounts that agree in all, once; one element a kind. grid: the place of its grid among the nodes."""

    wrong: Counts
    reviews: Counts
    expected: Expected
    grid: Counts


def posteriors(wrong: Counts, reviews: Counts, expected: Expected, group: Texts, grids: dict[str, Grid]) -> Posterior:
    """The posterior of each account.

    wrong of reviews: its closed random reviews of lines. group: the key of its grid. Accounts that agree in all share one
    computation.
    """
    keys = sorted(grids)
    nodes = nodes_of(
        np.repeat([grids[key].offsets for key in keys], LEVELS, axis=0),
        np.concatenate([grids[key].weights for key in keys]),
    )
    grid = np.searchsorted(np.array(keys), group) * LEVELS + expected.told
    columns, _, of = distinct([wrong, reviews, expected.step, expected.unsure, grid])
    x, n, step, unsure, grid = columns
    kinds = Kinds(x, n, Expected(step, unsure, grid % LEVELS), grid)
    found = _of(kinds, nodes)[:, of]
    return Posterior(*(np.round(one, places) for one, places in zip(found, DIGITS, strict=True)))


def _of(kinds: Kinds, nodes: Nodes) -> Floats:
    """Six rows: mean, low, high, alpha, beta, prior."""
    logit, variance = kinds.expected.logit, kinds.expected.variance
    mean, square, prior = (np.zeros(len(logit)) for _ in range(3))
    weights, parts = [], []
    # One after the other: numpy sums up a single account in another order than many.
    for at in range(OF_PRECISION):
        weight, precision = nodes.weight[kinds.grid, at], precision_with(nodes.precision[kinds.grid, at], variance)
        its_mean, its_square, usual = _under(kinds, logit, precision, nodes, at)
        weights.append(weight)
        parts.append(_matched(its_mean, its_square))
        mean += weight * its_mean
        square += weight * its_square
        prior += weight * usual
    alpha, beta = _matched(mean, square)
    turned = [(b, a) for a, b in parts]
    # Numpy lets go of the interpreter while it works, so each tail has a processor of its own.
    with ThreadPoolExecutor(2) as both:
        low, above = both.map(
            lambda of: _quantile(weights, of[0], TAIL, scipy.special.betaincinv(of[1], of[2], TAIL)),
            ((parts, alpha, beta), (turned, beta, alpha)),
        )
    high = 1 - above
    return np.array([mean, np.minimum(low, mean), np.maximum(high, mean), alpha, beta, prior])


def _under(kinds: Kinds, logit: Floats, precision: Floats, nodes: Nodes, at: int) -> tuple[Floats, Floats, Floats]:
    """At one precision, over the offsets around it: mean and mean square of the rate, and its mean before."""
    x, n = kinds.wrong, kinds.reviews
    mean, square, usual = (np.zeros(len(x)) for _ in range(3))
    for place in range(OF_OFFSET):
        weight = nodes.share[kinds.grid, at, place]
        rate = scipy.special.expit(logit + nodes.offset[kinds.grid, at, place])
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


def _quantile(weights: list[Floats], parts: list[tuple[Floats, Floats]], p: float, start: Floats) -> Floats:
    """The lower quantile of mixtures of betas: Halley's steps on the logarithms of both, where they are nearly straight.

    Each account goes on until it stands, whatever the others do: it must not depend on whom it is rated with.
    """
    least, most = np.log(LEAST), np.log(1 - LEAST)
    t = np.log(np.clip(start, LEAST, 1 - LEAST))
    mixture = np.array(
        [(weight, a, b, scipy.special.betaln(a, b)) for weight, (a, b) in zip(weights, parts, strict=True)]
    )
    moving = np.arange(len(t))
    for _ in range(MOST_STEPS):
        step = np.clip(_halley(mixture[:, :, moving], p, t[moving]), -1.0, 1.0)
        further = np.clip(t[moving] - step, least, most)
        # Who stands at an end would be sent beyond it for ever.
        goes_on = (np.abs(step) >= CLOSE_ENOUGH) & (further != t[moving])
        t[moving] = further
        moving = moving[goes_on]
        if not len(moving):
            break
    return np.where(t <= least + 1e-9, 0.0, np.exp(t))


def _halley(mixture: Floats, p: float, t: Floats) -> Floats:
    """How far t, the logarithm of a rate, lies beyond the quantile. mixture: weight, a, b, log beta function, by part."""
    q, rest = np.exp(t), np.log1p(-np.exp(t))
    odds = q / (1 - q)
    below, dense, bend = (np.zeros_like(q) for _ in range(3))
    for weight, a, b, whole in mixture:
        # Of the distribution by t: what lies below, the density, and its slope.
        part = weight * np.exp(a * t + (b - 1) * rest - whole)
        below += weight * scipy.special.betainc(a, b, q)
        dense += part
        bend += part * (a - (b - 1) * odds)
    below, dense = np.maximum(below, 1e-300), np.maximum(dense, 1e-300)
    slope = dense / below
    newton = np.log(below / p) / slope
    turn = 1 - newton / 2 * (bend / dense - slope)
    return newton / np.clip(turn, 0.5, 2.0)
