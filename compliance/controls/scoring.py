"""How answers make a score. Pure: levels and weights in, points from 0 to 100 out.

The five components are COSO's (domain.md, internal control); weights, points and limits are this project's own, and
headquarters edits them in numbered sets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Scored:
    """One answer. level: from 0, not in place, upwards; None where it is open. weight: 1 to 5. applies: else it does not count."""

    component: str
    weight: int
    level: int | None
    applies: bool = True

    @property
    def counts(self) -> bool:
        return self.applies and self.level is not None


@dataclass(frozen=True)
class Score:
    """total: the mean of the components that have answers, each the same; None without any. Points from 0 to 100, to the tenth."""

    total: Decimal | None
    components: dict[str, Decimal]


def tenths(value: Decimal) -> Decimal:
    """Points to the tenth, a half upwards."""
    return value.quantize(TENTH, ROUND_HALF_UP)


def score_of(answers: Iterable[Scored], level_points: Sequence[int]) -> Score:
    """The weighted mean of each component, and the mean of these: a component with many questions counts no more.

    level_points: points of level 0, 1, 2 ...
    """
    sums: dict[str, list[int]] = {}
    for one in answers:
        if one.applies and one.level is not None:
            held = sums.setdefault(one.component, [0, 0])
            held[0] += one.weight * level_points[one.level]
            held[1] += one.weight
    exact = {component: Decimal(points) / weight for component, (points, weight) in sums.items() if weight}
    total = tenths(sum(exact.values(), Decimal(0)) / len(exact)) if exact else None
    return Score(total, {component: tenths(points) for component, points in exact.items()})


def lost_by(one: Scored, level_points: Sequence[int]) -> int:
    """What an answer costs: its weight times the points that the best level has more. The dearest is the first to mend."""
    return one.weight * (level_points[-1] - level_points[one.level]) if one.applies and one.level is not None else 0
