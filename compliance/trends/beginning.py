"""When a problem began: a change point in a cell's examinations, with its uncertainty. Pure.

Every day may be the first, each as likely as another; before it an examination finds as often as expected, from it on the
problem adds a chance of its own, unknown, spread evenly over RATES. The posterior over days gives the median and the
interval of 90 %. Source: A. F. M. Smith, "A Bayesian approach to inference about a change-point in a sequence of random
variables", Biometrika 62 (1975).
"""

from dataclasses import dataclass

import numpy as np

from compliance.trends.examined import Bools, Floats, Ints

RATES = np.array([0.02, 0.04, 0.07, 0.1, 0.14, 0.18, 0.23, 0.3, 0.4, 0.55])


@dataclass(frozen=True)
class Beginning:
    """Days as numbers. whole: from the first day on that was looked at, so that it may be older."""

    day: int
    low: int
    high: int
    whole: bool


def began(day: Ints, found: Bools, expected: Floats, first: int, last: int) -> Beginning:
    """When it began, between the days `first` and `last`; not before its first examination, of which nothing is known.

    day, found, expected: of each examination of the cell; expected: a share below 1.
    """
    order = np.argsort(day, kind="stable")
    day, found, e = day[order], found[order], np.clip(expected[order], 1e-6, 0.95)
    before = np.where(found, np.log(e), np.log1p(-e))
    with_problem = 1 - (1 - e[:, None]) * (1 - RATES[None, :])
    after = np.where(found[:, None], np.log(with_problem), np.log1p(-with_problem))
    # If it began with the k-th examination: those before as expected, the others with the problem.
    head = np.concatenate(([0.0], np.cumsum(before)))
    tail = np.vstack((np.cumsum(after[::-1], axis=0)[::-1], np.zeros((1, len(RATES)))))
    likelihood = np.logaddexp.reduce(head[:, None] + tail, axis=1)
    # Days from which the k-th examination is the first: after the one before it, up to its own.
    begin = max(first, int(day[0])) if len(day) else first
    edges = np.concatenate(([begin - 1], np.clip(day, first, last), [last]))
    lengths = np.maximum(np.diff(edges), 0)
    # "It has not begun yet" is no beginning.
    lengths[-1] = 0
    weight = lengths * np.exp(likelihood - likelihood.max())
    if weight.sum() <= 0:
        return Beginning(first, first, last, True)
    cumulated = np.cumsum(weight) / weight.sum()
    low, middle, high = (_quantile(share, cumulated, edges) for share in (0.05, 0.5, 0.95))
    return Beginning(middle, low, high, middle <= first + 30)


def _quantile(share: float, cumulated: Floats, edges: Ints) -> int:
    """The day up to which so much of the posterior lies; it is flat between two examinations."""
    place = int(np.searchsorted(cumulated, share))
    below = float(cumulated[place - 1]) if place else 0.0
    part = (share - below) / (float(cumulated[place]) - below)
    return int(np.ceil(edges[place] + part * (edges[place + 1] - edges[place])))
