"""The grid of a group by a few points: Gauss's rule for the weights that it has, instead of two hundred pairs. Pure.

What is averaged over the grid is smooth in both directions; five precisions with three offsets each give the averages of
the whole grid to more digits than anybody reads, at a tenth of the work (tests compare the two).
"""

import numpy as np

from compliance.measurement.own_rates.grid import LOG_PRECISIONS
from compliance.measurement.own_rates.known import Floats

OF_PRECISION, OF_OFFSET = 8, 5
#: A share of the weights below which a direction is a single point.
NOTHING = 1e-12


def nodes_of(offsets: Floats, grid: Floats) -> list[tuple[float, float, list[tuple[float, float]]]]:
    """Of weights by precision and offset: for each point its weight, its precision, and (weight, offset) around it."""
    by_precision = grid.sum(axis=1)
    # Of rows without any weight the offsets are those of all.
    rows = np.where(by_precision[:, None] > NOTHING, grid, NOTHING * grid.sum(axis=0))
    rows = rows / rows.sum(axis=1, keepdims=True)
    found = []
    for place, weight in rule(LOG_PRECISIONS, by_precision, OF_PRECISION):
        between = np.array([np.interp(place, LOG_PRECISIONS, column) for column in rows.T])
        around = [(share, offset) for offset, share in rule(offsets, between, OF_OFFSET)]
        found.append((weight, float(np.exp(place)), around))
    return found


def rule(places: Floats, weights: Floats, points: int) -> list[tuple[float, float]]:
    """At most so many (place, weight) with the moments of these: Gauss's rule of a discrete measure, by Lanczos.

    The weights given need not add up to one, those returned do.
    """
    share = np.sqrt(weights / weights.sum())
    diagonal: list[float] = []
    beside: list[float] = []
    before, vector = np.zeros_like(share), share
    for _ in range(points):
        along = places * vector
        diagonal.append(float(vector @ along))
        rest = along - diagonal[-1] * vector - (beside[-1] if beside else 0.0) * before
        size = float(np.sqrt(rest @ rest))
        if size < 1e-9:
            break
        beside.append(size)
        before, vector = vector, rest / size
    size_of = len(diagonal)
    jacobi = np.diag(diagonal) + np.diag(beside[: size_of - 1], 1) + np.diag(beside[: size_of - 1], -1)
    found, vectors = np.linalg.eigh(jacobi)
    return [(float(place), float(first**2)) for place, first in zip(found, vectors[0], strict=True)]
