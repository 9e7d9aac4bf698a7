"""From values to places on a drawing. Pure."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Maps values from 0 to `top` onto the stretch from `start` to `end`, in pixels."""

    top: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = min(max(value / self.top, 0.0), 1.0) if self.top else 0.0
        return round(self.start + share * (self.end - self.start), 1)


def nice_top(largest: float, steps: int = 5, *, whole: bool = False) -> tuple[float, float]:
    """A round end of the axis above the largest value, and the distance of its ticks; `whole`: of things, never halves."""
    if largest <= 0:
        return float(steps), 1.0
    rough = max(largest / steps, 1.0) if whole else largest / steps
    power = 10 ** math.floor(math.log10(rough))
    steps_of_power = (
        factor * power for factor in (1, 2, 2.5, 5, 10) if not whole or float(factor * power).is_integer()
    )
    step = next(one for one in map(float, steps_of_power) if one >= rough)
    return step * math.ceil(largest / step), step


def places_of(step: float) -> int:
    """The decimal places that tell ticks so far apart from each other: ticks at 2.5 are not written 2 and 5."""
    return next((places for places in (0, 1, 2) if math.isclose(round(step, places), step)), 3)
