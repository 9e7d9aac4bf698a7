"""All cells of all accounts: what was examined in each, found, and expected. Pure; arrays as long as what is examined.

A cell is an account's examinations of one value of one or two dimensions, selected in the last two, four or eight months:
in a longer window a problem that has just begun would drown in what was examined before it.
Cells with the same examinations are one cell, named by the fewest dimensions.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from compliance.trends.examined import ANY, DIMENSIONS, NOWHERE, Bools, Examined, Floats, Ints

SUBSETS: tuple[tuple[int, ...], ...] = (*((one,) for one in DIMENSIONS), *combinations(DIMENSIONS, 2))
#: Days that a window is long.
WINDOWS = (61, 122, 244)
#: Examinations without which a cell is none, and finds without which it is not tested.
LEAST_EXAMINED, LEAST_FOUND = 8, 3


@dataclass(frozen=True)
class Cells:
    """One element a cell. subset: place in SUBSETS; values: of its dimensions, NOWHERE for one that plays no part.
    window: place among the windows. found: a row a cell, a column a kind of discrepancy, ANY first."""

    unit: Ints
    subset: Ints
    values: Ints
    window: Ints
    examined: Ints
    expected: Floats
    found: Ints

    def __len__(self) -> int:
        return len(self.unit)

    def only(self, kept: Bools | Ints) -> "Cells":
        names = ("unit", "subset", "values", "window", "examined", "expected", "found")
        return Cells(*(getattr(self, name)[kept] for name in names))


def _joined(parts: list[Cells], kinds: int) -> Cells:
    if not parts:
        none = np.zeros(0, np.int64)
        return Cells(
            none, none, np.zeros((0, 2), np.int64), none, none, np.zeros(0), np.zeros((0, kinds + 1), np.int64)
        )
    names = ("unit", "subset", "values", "window", "examined", "expected", "found")
    return Cells(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def cells_of(rows: Examined, expected: Floats, last: int, free: Bools, windows: tuple[int, ...] = WINDOWS) -> Cells:
    """Every cell with enough examinations.

    expected: discrepancies by examination. last: the last day of selection that counts. free: examinations that belong
    to no standing trend; the others lie in no cell. windows: in days, the longest last.
    """
    mark = np.random.default_rng(7).integers(1, 2**62, len(rows), dtype=np.int64)
    counted = free & (rows.day <= last) & (rows.day > last - windows[-1])
    parts: list[Cells] = []
    marks: list[Ints] = []
    for at, subset in enumerate(SUBSETS):
        kept = np.flatnonzero(counted & (rows.codes[list(subset)] != NOWHERE).all(axis=0))
        if not len(kept):
            continue
        key = rows.unit[kept]
        for dimension in subset:
            code = rows.codes[dimension][kept]
            key = key * (int(code.max()) + 1) + code
        order = np.argsort(key, kind="stable")
        ordered, key = kept[order], key[order]
        starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
        for window, days in enumerate(windows):
            part, hashes = _cells(rows, expected, mark, ordered, starts, rows.day[ordered] > last - days, at, window)
            parts.append(part)
            marks.append(hashes)
    whole = _joined(parts, rows.kinds)
    if not len(whole):
        return whole
    # The earliest of those with the same examinations: fewest dimensions first, the longer window never first.
    key = np.stack((np.concatenate(marks), whole.unit, whole.examined))
    order = np.lexsort((np.arange(len(whole)), *key))
    same = (key[:, order[1:]] == key[:, order[:-1]]).all(axis=0)
    return whole.only(np.sort(order[np.concatenate(([True], ~same))]))


def _cells(
    rows: Examined, expected: Floats, mark: Ints, ordered: Ints, starts: Ints, inside: Bools, subset: int, window: int
) -> tuple[Cells, Ints]:
    """Sums of one subset in one window: `ordered` are its rows in the order of their cells, which begin at `starts`."""
    examined = np.add.reduceat(inside.astype(np.int64), starts)
    enough = examined >= LEAST_EXAMINED
    sums = np.add.reduceat(np.where(inside, expected[ordered], 0.0), starts)
    with np.errstate(over="ignore"):
        hashes = np.add.reduceat(np.where(inside, mark[ordered], 0), starts)
    first = ordered[starts]
    values = np.full((int(enough.sum()), len(DIMENSIONS)), NOWHERE)
    for dimension in SUBSETS[subset]:
        values[:, dimension] = rows.codes[dimension][first[enough]]
    found = _found(rows, ordered, starts, inside, enough)
    whole = np.full(len(values), subset), np.full(len(values), window)
    cells = Cells(rows.unit[first[enough]], whole[0], values, whole[1], examined[enough], sums[enough], found)
    return cells, hashes[enough]


def _found(rows: Examined, ordered: Ints, starts: Ints, inside: Bools, enough: Bools) -> Ints:
    """Finds by cell that has enough, and kind."""
    columns = rows.kinds + 1
    cell_of = np.full(len(rows), NOWHERE)
    lengths = np.diff(np.append(starts, len(ordered)))
    place = np.where(enough, np.cumsum(enough) - 1, NOWHERE)
    cell_of[ordered] = np.where(inside, np.repeat(place, lengths), NOWHERE)
    count = int(enough.sum())
    at = cell_of[rows.find_row]
    known = at != NOWHERE
    found = np.bincount(at[known] * columns + rows.find_kind[known], minlength=count * columns)
    table = found[: count * columns].reshape(count, columns).astype(np.int64)
    hit = cell_of[rows.hit]
    table[:, ANY] = np.bincount(hit[hit != NOWHERE], minlength=count)[:count]
    return table
