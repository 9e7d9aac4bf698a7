"""A rate month by month: a line, and where they are known the limits of what chance explains."""

from dataclasses import dataclass, field

from look.charts.paths import discs, steps
from look.charts.scales import Scale, nice_top, places_of
from look.formats import percent

HEIGHT, TOP, FLOOR = 190, 14, 156


@dataclass(frozen=True)
class Moment:
    """One month or quarter. rate and limit: shares between 0 and 1. marked: above what chance explains."""

    label: str
    found: int
    count: int
    rate: float
    limit: float | None = None
    marked: bool = False


@dataclass(frozen=True)
class Series:
    """title: the finding. counted: what, in which unit. whole: the rate of all together, drawn as a level."""

    title: str
    counted: str
    whole: float
    moments: list[Moment] = field(default_factory=list)

    template = "look/charts/series.html"

    @property
    def has_limits(self) -> bool:
        return any(moment.limit is not None for moment in self.moments)

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        said = [f"{one.label} {percent(one.rate)}{' above its limit' if one.marked else ''}" for one in self.moments]
        return f"All together {percent(self.whole)}. " + "; ".join(said) + "."

    def drawing(self, width: int) -> dict[str, object]:
        """Places of the line, its points, limits and ticks for one width."""
        top, step = nice_top(max((max(one.rate, one.limit or 0) for one in self.moments), default=0.05), 4)
        scale = Scale(top, FLOOR, TOP)
        left, right = 44, 22  # the last label is wider than its slot
        slot = (width - left - right) / max(len(self.moments), 1)
        every = 1 if slot >= 52 else 3 if slot >= 18 else 6
        dots = [(round(left + slot * (n + 0.5), 1), scale(one.rate)) for n, one in enumerate(self.moments)]
        limits = [
            (round(left + slot * n, 1), round(left + slot * (n + 1), 1), scale(one.limit))
            for n, one in enumerate(self.moments)
            if one.limit is not None
        ]
        points = list(zip(dots, self.moments, strict=True))
        ticks = [(scale(step * n), percent(step * n, places_of(step * 100))) for n in range(round(top / step) + 1)]
        return {
            "width": width,
            "height": HEIGHT,
            "left": left,
            "line": " ".join(f"{x},{y}" for x, y in dots),
            "dots": discs([dot for dot, one in points if not one.marked], 3.5),
            "marked": discs([dot for dot, one in points if one.marked], 6),
            "limits": steps(limits),
            "names": [(x, one.label) for n, ((x, _), one) in enumerate(points) if (len(points) - 1 - n) % every == 0],
            "ticks": ticks,
            "whole": scale(self.whole),
            "foot": FLOOR + 22,
        }

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(620)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358)
