"""The grid of a group by a few points: Gauss's rule for the weights that it has, instead of a hundred pairs. Pure.

What is averaged over the grid is smooth in both directions: a few precisions with a few offsets each give the averages of
the whole grid to more digits than anybody reads, at a third of the work (tests compare the two). All grids together, in
arrays: one by one they would take longer than a hundred accounts.
"""

from dataclasses import dataclass

import numpy as np

from compliance.measurement.own_rates.grid import LOG_PRECISIONS
from compliance.measurement.own_rates.known import Floats

OF_PRECISION, OF_OFFSET = 8, 5
#: A share of the weights below which a direction is a single point.
NOTHING = 1e-12


@dataclass(frozen=True)
class Nodes:
    """A row for each grid. weight, precision: OF_PRECISION points; share, offset: around each of them OF_OFFSET points.

    Where fewer are needed, the rest have weight or share 0.
    """

    weight: Floats
    precision: Floats
    share: Floats
    offset: Floats


def nodes_of(offsets: Floats, grids: Floats) -> Nodes:
    """offsets: a row for each grid. grids: its weights by precision and offset."""
    by_precision = grids.sum(axis=2)
    # Of rows without any weight the offsets are those of all.
    rows = np.where(by_precision[:, :, None] > NOTHING, grids, NOTHING * grids.sum(axis=1, keepdims=True))
    rows = rows / rows.sum(axis=2, keepdims=True)
    place, weight = rule(np.broadcast_to(LOG_PRECISIONS, by_precision.shape), by_precision, OF_PRECISION)
    between = _between(place, rows)
    around = np.broadcast_to(offsets[:, None, :], between.shape)
    offset, share = rule(around.reshape(-1, around.shape[2]), between.reshape(-1, between.shape[2]), OF_OFFSET)
    shape = (*place.shape, OF_OFFSET)
    return Nodes(weight, np.exp(place), share.reshape(shape), offset.reshape(shape))


def _between(place: Floats, rows: Floats) -> Floats:
    """The weights by offset at precisions that lie between those of the grid: on a straight line."""
    step = LOG_PRECISIONS[1] - LOG_PRECISIONS[0]
    low = np.clip(((place - LOG_PRECISIONS[0]) / step).astype(np.int64), 0, len(LOG_PRECISIONS) - 2)
    part = np.clip((place - LOG_PRECISIONS[low]) / step, 0.0, 1.0)[:, :, None]
    grid = np.arange(len(rows))[:, None]
    found: Floats = (1 - part) * rows[grid, low] + part * rows[grid, low + 1]
    return found


def rule(places: Floats, weights: Floats, points: int) -> tuple[Floats, Floats]:
    """Of each row at most so many places, and their shares, with the moments of these: Gauss's rule of a discrete
    measure, by Lanczos.

    The weights of a row need not add up to one, the shares returned do.
    """
    many = len(places)
    vector = np.sqrt(weights / weights.sum(axis=1, keepdims=True))
    before = np.zeros_like(vector)
    jacobi = np.zeros((many, points, points))
    beside = np.zeros(many)
    for at in range(points):
        along = places * vector
        middle = (vector * along).sum(axis=1)
        jacobi[:, at, at] = middle
        if at + 1 == points:
            break
        rest = along - middle[:, None] * vector - beside[:, None] * before
        size = np.sqrt((rest * rest).sum(axis=1))
        beside = np.where(size < 1e-9, 0.0, size)  # no more points are needed: the rest stays apart, without a share
        jacobi[:, at, at + 1] = jacobi[:, at + 1, at] = beside
        before, vector = vector, np.where(beside[:, None] > 0, rest / np.maximum(size, 1e-300)[:, None], 0.0)
    found, vectors = np.linalg.eigh(jacobi)
    return found, vectors[:, 0, :] ** 2
