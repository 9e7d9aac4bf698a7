"""The most specific explanation of an account's surplus: one cell, not its shadow in every dimension. Pure."""

import numpy as np

from compliance.trends.cells import Cells
from compliance.trends.examined import ANY, NOWHERE, Floats, Ints
from compliance.trends.own import Own


def gains(found: Ints, expected: Floats) -> Floats:
    """x ln(x/E) - (x - E): by how much the cell's own rate explains its finds better; 0 where fewer than expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = found * np.log(found / expected) - (found - expected)
    return np.where(found > expected, gain, 0.0)


def named_of(cells: Cells, own: Own, shares: Floats, p: Floats, unit: int) -> tuple[tuple[int, ...], int, float]:
    """The cell's values by dimension, its kind of discrepancy, and its p-value.

    From the least likely cell on, one dimension at a time is added or dropped, the kind among them, as long as the gain
    grows.
    """
    mine = cells.only(np.flatnonzero(cells.unit == unit))
    gain = _gain(mine, own, shares, unit)
    p = p[cells.unit == unit]
    at, kind = (int(one) for one in np.unravel_index(int(np.argmin(p)), gain.shape))
    at, kind = _climb(mine, gain, at, kind)
    return _values(mine, at), kind, float(p[at, kind])


def renamed(
    cells: Cells, own: Own, shares: Floats, unit: int, values: tuple[int, ...], kind: int
) -> tuple[tuple[int, ...], int]:
    """What a trend that stands is called by what is known now: the same, or a cell near it that explains more.

    cells: of one window, since it began. own: outside what stands.
    """
    mine = cells.only(np.flatnonzero(cells.unit == unit))
    here = np.flatnonzero((mine.values == np.array(values)).all(axis=1)) if len(mine) else np.zeros(0, np.int64)
    if not len(here):
        return values, kind
    at, kind = _climb(mine, _gain(mine, own, shares, unit), int(here[0]), kind)
    return _values(mine, at), kind


def _gain(mine: Cells, own: Own, shares: Floats, unit: int) -> Floats:
    mean, _ = own.factor(unit, mine.found, mine.expected, shares)
    return gains(mine.found, mine.expected[:, None] * shares * mean)


def _values(mine: Cells, at: int) -> tuple[int, ...]:
    return tuple(int(one) for one in mine.values[at])


def _climb(mine: Cells, gain: Floats, at: int, kind: int) -> tuple[int, int]:
    while True:
        near = _near(mine.values, mine.window, at)
        kinds = [kind, ANY] if kind != ANY else list(range(gain.shape[1]))
        part = gain[near][:, kinds]
        place, column = (int(one) for one in np.unravel_index(int(np.argmax(part)), part.shape))
        if part[place, column] <= gain[at, kind] + 1e-9:
            return at, kind
        at, kind = int(near[place]), kinds[column]


def _near(values: Ints, window: Ints, at: int) -> Ints:
    """The cells with one dimension more or fewer, and the same one in another window; itself among them."""
    there, here = values != NOWHERE, values[at] != NOWHERE
    agree = ((values == values[at]) | ~(there & here)).all(axis=1)
    apart = (there != here).sum(axis=1)
    return np.flatnonzero(agree & (((window == window[at]) & (apart <= 1)) | (apart == 0)))
