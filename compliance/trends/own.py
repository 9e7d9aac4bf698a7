"""What an account's own past says of it: its factor outside the cell that is asked about. Pure."""

from dataclasses import dataclass

import numpy as np

from compliance.trends.examined import ANY, Bools, Examined, Floats, Ints
from compliance.trends.spread import usual_spread


@dataclass(frozen=True)
class Own:
    """An account outside a cell: finds and expected finds by unit and kind, over all days that are read."""

    found: Ints
    expected: Floats
    shape: Floats

    def factor(self, unit: Ints | int, found: Ints, expected: Floats, shares: Floats) -> tuple[Floats, Floats]:
        """Mean and shape of the account's own factor without a cell's finds and expected finds (of ANY).

        found, shares: a column a kind.
        """
        outside = np.maximum(self.found[unit] - found, 0)
        usual = np.maximum((self.expected[unit] - expected)[..., None], 0) * shares
        shape = self.shape + outside
        return np.asarray(shape / (self.shape + usual)), np.asarray(shape)


def own_of(rows: Examined, expected: Floats, free: Bools, shares: Floats, shape: Floats | None = None) -> Own:
    """Sum each account's finds and expected finds outside standing trends; follow-ups tell nothing of the rest.

    shape: by kind how alike accounts are, as it was learned; None learns it from these.
    """
    counted = free & ~rows.asked
    columns = rows.kinds + 1
    whose = rows.unit[rows.find_row]
    kept = counted[rows.find_row]
    found = np.bincount(whose[kept] * columns + rows.find_kind[kept], minlength=rows.units * columns)
    table = found.reshape(rows.units, columns).astype(np.int64)
    table[:, ANY] = np.bincount(rows.unit[counted & rows.hit], minlength=rows.units)
    sums = np.bincount(rows.unit[counted], expected[counted], rows.units).astype(np.float64)
    if shape is None:
        each = [usual_spread(table[:, kind].astype(np.float64), sums * shares[kind]) for kind in range(columns)]
        shape = np.array(each)
    return Own(table, sums, shape)
