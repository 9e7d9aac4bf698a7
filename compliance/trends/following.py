"""What a trend that stands is called, from run to run: more examinations say better which cell it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compliance.trends.cells import cells_of
from compliance.trends.days import READ_DAYS
from compliance.trends.examined import Bools, Examined, Floats
from compliance.trends.naming import renamed
from compliance.trends.own import Own


@dataclass(frozen=True)
class Named:
    """A trend that stands: its account, cell, kind, and the day on which it began."""

    unit: int
    values: tuple[int, ...]
    kind: int
    since: int


def names_now(
    rows: Examined, expected: Floats, own: Own, shares: Floats, standing: Sequence[Named], taken: Bools, last: int
) -> list[tuple[tuple[int, ...], int]]:
    """Cell and kind of each, by what is known now.

    own: outside all that stands. taken: examinations of what stands. Of several trends of an account each is asked
    apart from the others.
    """
    result = [(one.values, one.kind) for one in standing]
    turns: dict[int, list[int]] = {}
    seen: dict[int, int] = {}
    for place, one in enumerate(standing):
        turn = seen.get(one.unit, 0)
        seen[one.unit] = turn + 1
        turns.setdefault(turn, []).append(place)
    for places in turns.values():
        free = np.zeros(len(rows), bool)
        for place in places:
            one = standing[place]
            whole = rows.of(one.unit)
            free[whole] = ~taken[whole]
            free[rows.within(one.unit, one.values)] = True
            free[whole] &= rows.day[whole] >= one.since
        cells = cells_of(rows, expected, last, free, (READ_DAYS,))
        for place in places:
            one = standing[place]
            result[place] = renamed(cells, own, shares, one.unit, one.values, one.kind)
    return result
