"""The covariates of the prior mean: of what an account's trade is, its size, and its targeted examinations. Pure."""

from dataclasses import dataclass

import numpy as np
import scipy

from compliance.measurement.own_rates.known import Counts, Covariates, Floats, Known, Mix

#: The first columns: a constant, and what no penalty shrinks (statistics B2).
FREE = ("constant", "log size", "targeted log odds", "targeted log intensity")
#: Chapters and not headings, which tell two hundredths more at best and cost a night half as much again (benchmarks/headings.py);
#: and the commonest origins.
MOST_CHAPTERS, MOST_ORIGINS = 97, 24
#: So many targeted examinations at the usual rate are added to each account's (statistics B2).
TARGETED_WEIGHS = 10
LEAST_VALUE = 1_000.0


@dataclass(frozen=True)
class Design:
    """Which columns there are, and what was usual when they were chosen; the same for all that is rated by one fit.

    size: the mean of log value. hit_rate: of targeted examinations, 0 to 1. intensity: targeted examinations a line.
    """

    chapters: list[str]
    origins: list[str]
    size: float
    hit_rate: float
    intensity: float

    @property
    def columns(self) -> int:
        return len(FREE) + len(self.chapters) + len(self.origins)


def design_of(known: Known) -> Design:
    """The columns that these accounts need."""
    targeted, lines = float(known.other.sum()), float(known.lines.sum())
    return Design(
        _commonest(known.chapters, MOST_CHAPTERS),
        _commonest(known.origins, MOST_ORIGINS),
        float(_log_size(known).mean()) if len(known) else 0.0,
        (float(known.other_wrong.sum()) + 0.5) / (targeted + 1),
        (targeted + 1) / (lines + 1),
    )


def _commonest(mix: Mix, most: int) -> list[str]:
    codes, place = np.unique(mix.code, return_inverse=True)
    weight = np.bincount(place, weights=mix.share, minlength=len(codes))
    best = np.argsort(-weight, kind="stable")[:most]
    return sorted(str(code) for code in codes[best] if code)


def _log_size(known: Known) -> Floats:
    return np.log(np.maximum(known.value, LEAST_VALUE))


def matrix_of(known: Known, design: Design) -> Covariates:
    """One row an account, one column a covariate: few of a row are anything but zero."""
    usual = TARGETED_WEIGHS * design.hit_rate
    odds = (known.other_wrong + usual) / (known.other - known.other_wrong + TARGETED_WEIGHS - usual)
    free = (
        np.ones(len(known)),
        _log_size(known) - design.size,
        np.log(odds) - np.log(design.hit_rate / (1 - design.hit_rate)),
        np.log((known.other + 1) / (known.lines * design.intensity + 1)),
    )
    everybody = np.arange(len(known))
    parts = [
        *((everybody, np.full(len(known), column), values) for column, values in enumerate(free)),
        _shares(len(FREE), known.chapters, design.chapters),
        _shares(len(FREE) + len(design.chapters), known.origins, design.origins),
    ]
    row, column, value = (np.concatenate(one) for one in zip(*parts, strict=True))
    matrix = scipy.sparse.csr_array((value, (row, column)), shape=(len(known), design.columns))
    matrix.sort_indices()
    return matrix


def _shares(first: int, mix: Mix, codes: list[str]) -> tuple[Counts, Counts, Floats]:
    """Shares in their columns. What no column is for stands in none: it counts as the usual."""
    if not codes or not len(mix.row):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    names = np.array(codes)
    place = np.minimum(np.searchsorted(names, mix.code), len(names) - 1)
    has = names[place] == mix.code
    return mix.row[has], first + place[has], mix.share[has]
