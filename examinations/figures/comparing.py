"""Whether a rate changed by more than chance, and what part of a change in counts has which cause. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from examinations.binomial import as_far
from examinations.figures.period import Period
from examinations.figures.table import Line
from examinations.figures.whole import Figures
from examinations.intervals import Rate
from look.formats import count, percent, plural

#: A change that chance brings about in fewer than one of twenty comparisons is called one.
CHANCE = 0.05


class Change(NamedTuple):
    """From `before` to `now`. `by_volume`: examined entries that more or fewer entries would have brought at the
    rate of before. `chance`: how often chance alone differs as much (0 to 1)."""

    before: Rate
    now: Rate
    by_volume: float
    chance: float

    @property
    def difference(self) -> int:
        return self.now.found - self.before.found

    @property
    def real(self) -> bool:
        """Whether the rate changed by more than chance would."""
        return self.chance < CHANCE


def change(before: Rate, now: Rate) -> Change:
    """What changed between two rates."""
    return changes_of([(before, now)])[0]


def changes_of(pairs: Sequence[tuple[Rate, Rate]]) -> list[Change]:
    """What changed between the two rates of each pair, before and now.

    The chance is of the exact test of two counts given their sum: if the rate had not changed, each examined entry
    would be one of now with the share of now's entries in all entries (two-sided: twice the smaller tail).
    """
    both = [before.found + now.found for before, now in pairs]
    shares = [now.count / (before.count + now.count) for before, now in pairs]
    chances = as_far([now.found for _, now in pairs], both, shares)
    return [
        Change(before, now, before.rate * now.count - before.found, chance if found else 1.0)
        for (before, now), found, chance in zip(pairs, both, chances, strict=True)
    ]


def _compared(now: Line, before: Line, when: str) -> str:
    if not now.examined or not before.examined:
        return ""
    found = change(before.examined, now.examined)
    was = (
        f"{count(found.before.found)} of {plural(found.before.count, 'entry', 'entries')}, {percent(found.before.rate)}"
    )
    if found.now.rate == found.before.rate:
        return f"examined as often as {when} ({was})"
    direction = "more" if found.now.rate > found.before.rate else "less"
    chance = "" if found.real else ", which may be chance"
    return f"examined {direction} often than {when} ({was}){chance}"


def change_in_words(found: Figures, period: Period) -> str:
    """Against as many months just before, and against the same months a year before; empty without data of either."""
    parts = [
        _compared(found.all, found.before, "in the months just before"),
        _compared(found.all, found.year_before, "a year before"),
    ]
    if period.before.whole == period.a_year_before.whole:
        parts = [_compared(found.all, found.before, "in the year before")]
    return " and ".join(part for part in parts if part)
