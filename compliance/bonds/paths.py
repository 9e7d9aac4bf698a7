"""The twelve months ahead: what the rule "it stays as it was" got wrong a year ago, over accounts of like size. Pure.

The rule: duties, taxes and fees of the next twelve months are those of the last twelve (24 months support no growth).
Its error a year ago, month by month, is the rolling sum that came over the sum that it said: one path of twelve ratios for
each account (statistics B8). Paths of accounts of like size (quarters) and regularity stand for what may come now.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AHEAD = 12
QUARTERS = 4
#: Fewer accounts than this in a cell lean on wider ones, and fewer in all say nothing.
LEAST_OF_A_CELL, LEAST_OF_ALL = 40, 20
#: Paths kept of a cell: equally spaced by where they end, so that the ends are those of all.
MOST_PATHS = 400
LOW, HIGH = 0.10, 0.90


def lumpiness(months: Floats) -> Floats:
    """How unevenly a year's months lie: their standard deviation over their mean, a row an account; 0 of nothing."""
    mean = months.mean(axis=-1)
    return np.where(mean > 0, months.std(axis=-1) / np.where(mean > 0, mean, 1.0), 0.0)


@dataclass(frozen=True)
class Errors:
    """What the rule got wrong. sizes: the three bounds between quarters of size, in dollars a year; lumpy: from which
    unevenness on; cells: paths (rows of twelve ratios) by (quarter, lumpy); None in place of too few."""

    sizes: tuple[float, float, float]
    lumpy: float
    cells: dict[tuple[int, bool], Floats]
    accounts: int

    def of(self, year: Floats) -> Floats | None:
        """The paths for an account with these twelve months, the oldest first; None where too few accounts are known."""
        quarter, lumpy = self.cell_of(year.reshape(1, -1))[0]
        return self.cells.get((quarter, lumpy))

    def cell_of(self, years: Floats) -> list[tuple[int, bool]]:
        """The cell of each row."""
        quarters = np.searchsorted(np.array(self.sizes), years.sum(axis=1), side="right")
        return list(zip(quarters.tolist(), (lumpiness(years) >= self.lumpy).tolist(), strict=True))

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it."""
        cells = {
            f"{quarter}{'l' if lumpy else 'r'}": np.round(paths, 5).tolist()
            for (quarter, lumpy), paths in self.cells.items()
        }
        return {"sizes": list(self.sizes), "lumpy": self.lumpy, "cells": cells, "accounts": self.accounts}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Errors:
        cells = {(int(key[0]), key[1] == "l"): np.array(paths) for key, paths in data["cells"].items()}
        first, second, third = data["sizes"]
        return cls((first, second, third), data["lumpy"], cells, data["accounts"])


def rolling_after(before: Floats, after: Floats) -> Floats:
    """Rolling sums of twelve months at the end of each month of `after`: a row an account, twelve columns."""
    gone, come = np.cumsum(before, axis=-1), np.cumsum(after, axis=-1)
    rolling: Floats = before.sum(axis=-1, keepdims=True) - gone + come
    return rolling


def errors_of(before: Floats, after: Floats) -> Errors | None:
    """The errors of the rule over accounts: `before` and `after` are their twelve months two years ago and in the last
    year, a row an account, in dollars. None where fewer than twenty had any before.
    """
    there = (before.sum(axis=1) > 0) & (after.sum(axis=1) > 0)
    before, after = before[there], after[there]
    if len(before) < LEAST_OF_ALL:
        return None
    said = before.sum(axis=1)
    paths = rolling_after(before, after) / said[:, None]
    first, second, third = np.quantile(said, (0.25, 0.5, 0.75)).tolist()
    uneven = lumpiness(before)
    lumpy = float(np.median(uneven))
    quarter, is_lumpy = np.searchsorted([first, second, third], said, side="right"), uneven >= lumpy
    cells = {}
    for at in range(QUARTERS):
        for side in (False, True):
            # The cell itself, else its quarter, else all alike in regularity, else everybody.
            for chosen in ((quarter == at) & (is_lumpy == side), quarter == at, is_lumpy == side):
                if chosen.sum() >= LEAST_OF_A_CELL:
                    break
            else:
                chosen = np.ones(len(said), dtype=bool)
            cells[at, side] = _spaced(paths[chosen])
    return Errors((first, second, third), lumpy, cells, len(said))


def _spaced(paths: Floats) -> Floats:
    """At most so many, equally spaced by where they end: their quantiles are those of all of them."""
    ordered: Floats = paths[np.argsort(paths[:, -1], kind="stable")]
    if len(ordered) <= MOST_PATHS:
        return ordered
    kept: Floats = ordered[np.rint(np.linspace(0, len(ordered) - 1, MOST_PATHS)).astype(int)]
    return kept


@dataclass(frozen=True)
class Ahead:
    """What may come. said: the rolling sums of twelve months that the rule says, with announced changes; low, high: between
    which eight of ten paths lie; paths: all of them; each with twelve columns, in dollars."""

    said: Floats
    paths: Floats

    @property
    def low(self) -> Floats:
        return np.quantile(self.paths, LOW, axis=0)

    @property
    def high(self) -> Floats:
        return np.quantile(self.paths, HIGH, axis=0)

    def passed_by(self, most: float) -> Floats:
        """The share of paths that have passed this sum by the end of each month: once past, a bond is too small."""
        passed: Floats = np.maximum.accumulate(self.paths > most, axis=1).mean(axis=0)
        return passed

    def stays(self, most: float) -> float:
        """The share of paths that never pass this sum within the twelve months."""
        return float(1 - self.passed_by(most)[-1])

    def held_by(self, share: float) -> float:
        """The least sum that this share of the paths never passes."""
        return float(np.quantile(self.paths.max(axis=1), share, method="higher"))


def ahead_of(year: Floats, added: Floats, paths: Floats, growth: float = 0.0) -> Ahead:
    """What may come of twelve months (`year`, the oldest first), in dollars of duties, taxes and fees.

    added: what announced changes of duty add in each of the twelve months to come. growth: of what is imported, as a share;
    it grows what is added too. paths: rows of twelve ratios from accounts alike.
    """
    more = np.cumsum(year * growth + added * (1 + growth))
    said = np.maximum(year.sum() + more, 0.0)
    return Ahead(said, paths * said)


def month_at(passed: Floats, share: float, first: datetime.date) -> datetime.date | None:
    """The month by whose end this share of the paths has passed; None where it does not within the twelve months."""
    there = np.flatnonzero(passed >= share)
    if not len(there):
        return None
    months = first.year * 12 + first.month - 1 + int(there[0])
    return datetime.date(months // 12, months % 12 + 1, 1)
