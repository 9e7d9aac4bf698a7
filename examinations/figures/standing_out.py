"""Which value of a dimension differs from all together by more than chance. Pure."""

from collections.abc import Callable, Iterable, Sequence

from examinations.binomial import at_least
from examinations.figures.table import Line
from examinations.intervals import Rate

#: Chance of naming any value where none differs, over a whole table.
FALSE_NAMING = 0.05


def stand_out(lines: Iterable[Line], whole: Rate | None, of: Callable[[Line], Rate | None]) -> list[Line]:
    """The lines whose rate lies above that of all together, largest first; none where that may be chance.

    Exact binomial test, one-sided, each at 5 % divided by the number of lines tested (Bonferroni): looking at twenty
    ports, one interval of 95 % misses by chance alone.
    """
    tested = [(line, rate) for line in lines if (rate := of(line)) and rate.tells]
    if whole is None or not tested:
        return []
    limit = FALSE_NAMING / len(tested)
    above = [
        (rate.rate, line)
        for line, rate in tested
        if rate.rate > whole.rate and at_least(rate.found, rate.count, whole.rate) < limit
    ]
    return [line for _, line in sorted(above, key=lambda one: -one[0])]


def longest_held(lines: Sequence[Line], least: int) -> Line | None:
    """The line with the longest median of days held, of at least so many releases; None where none has so many."""
    enough = [line for line in lines if line.stay.count >= least and line.stay.median is not None]
    return max(enough, key=lambda line: (line.stay.median or 0, line.stay.count), default=None)
