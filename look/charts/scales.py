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


def nice_top(largest: float, steps: int = 5) -> tuple[float, float]:
    """A round end of the axis above the largest value, and the distance of its ticks."""
    if largest <= 0:
        return float(steps), 1.0
    rough = largest / steps
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return step * math.ceil(largest / step), step
