"""The examinations that a search for trends reads, as columns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: In which a cell may be cut: whose other side (an importer's filer, a broker's client) stands last.
PORT, HEADING, ORIGIN, MANUFACTURER, OTHER_SIDE = DIMENSIONS = range(5)
#: Of a dimension whose value is unknown, or differs within the examination: it lies in no cell of it.
NOWHERE = -1
#: In place of a kind of discrepancy: any.
ANY = 0


@dataclass(frozen=True)
class Examined:
    """Closed examinations in columns, one element each, in the order of their units; and what they found.

    unit: place of the account among those that are looked at. codes: five rows, place of the value by dimension or
    NOWHERE. stratum: place of reason and examination type. random: drawn by lot, so that it estimates a rate. asked: a
    follow-up drawn inside a cell that was known to be bad: it counts in its cell, and nobody learns from it what is
    usual. day: of selection, as a number. hit: found anything.

    find_row, find_kind, find_owed: finds, at most one of a kind in each examination; kinds count from 1; dollars owed.
    """

    unit: Ints
    codes: Ints
    stratum: Ints
    random: Bools
    asked: Bools
    day: Ints
    hit: Bools
    find_row: Ints
    find_kind: Ints
    find_owed: Floats
    units: int
    strata: int
    kinds: int

    def __len__(self) -> int:
        return len(self.unit)

    @cached_property
    def _bounds(self) -> Ints:
        return np.searchsorted(self.unit, np.arange(self.units + 1))

    def of(self, unit: int) -> slice:
        """Where the unit's examinations stand: they lie together."""
        return slice(int(self._bounds[unit]), int(self._bounds[unit + 1]))

    @cached_property
    def _find_order(self) -> Ints:
        return np.argsort(self.find_row, kind="stable").astype(np.int64)

    def finds_of(self, unit: int) -> Ints:
        """The places of the unit's finds."""
        here = self.of(unit)
        low, high = np.searchsorted(self.find_row[self._find_order], (here.start, here.stop))
        return self._find_order[low:high]

    def only(self, kept: Bools) -> "Examined":
        """Those that are kept, with their finds."""
        places = np.cumsum(kept) - 1
        finds = kept[self.find_row]
        columns = ("unit", "stratum", "random", "asked", "day", "hit")
        return replace(
            self,
            codes=self.codes[:, kept],
            find_row=places[self.find_row[finds]],
            find_kind=self.find_kind[finds],
            find_owed=self.find_owed[finds],
            **{name: getattr(self, name)[kept] for name in columns},
        )

    def outcomes(self, places: Ints, kind: int) -> Bools:
        """Whether each of these examinations, all of one unit, found this kind of discrepancy; of ANY, found one."""
        if kind == ANY or not len(places):
            return self.hit[places]
        finds = self.finds_of(int(self.unit[places[0]]))
        return np.isin(places, self.find_row[finds[self.find_kind[finds] == kind]])

    def owed(self, places: Ints, kind: int) -> float:
        """Dollars that finds of this kind, or any, in these examinations say are owed."""
        if not len(places):
            return 0.0
        finds = self.finds_of(int(self.unit[places[0]]))
        kept = np.isin(self.find_row[finds], places) & ((kind == ANY) | (self.find_kind[finds] == kind))
        return float(self.find_owed[finds[kept]].sum())

    def within(self, unit: int, values: Sequence[int]) -> Ints:
        """The places of a unit's examinations that lie in a cell, whenever they were selected.

        values: by dimension, NOWHERE for one that plays no part.
        """
        here = self.of(unit)
        kept = np.ones(here.stop - here.start, bool)
        for dimension in DIMENSIONS:
            if values[dimension] != NOWHERE:
                kept &= self.codes[dimension, here] == values[dimension]
        return np.asarray(np.flatnonzero(kept) + here.start, np.int64)

    def counts(self, places: Ints) -> Ints:
        """How many of these examinations, all of one unit, found each kind, ANY first."""
        if not len(places):
            return np.zeros(self.kinds + 1, np.int64)
        finds = self.finds_of(int(self.unit[places[0]]))
        kept = np.isin(self.find_row[finds], places)
        found = np.bincount(self.find_kind[finds][kept], minlength=self.kinds + 1).astype(np.int64)
        found[ANY] = int(self.hit[places].sum())
        return found
