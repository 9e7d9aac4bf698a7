"""Points of a score month by month: a line on a scale from 0 to 100, with levels and moments that have words."""

from dataclasses import dataclass, field

from look.charts.scales import Scale
from look.formats import points

HEIGHT, TOP, FLOOR = 200, 26, 160


@dataclass(frozen=True)
class LinePoint:
    """label: of the month. mark: words of what happened there, empty for nothing. note: for the table."""

    label: str
    value: float
    mark: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    """title: the finding. counted: what, in which unit. levels: heights with their words, drawn across."""

    title: str
    counted: str
    head: str
    points: list[LinePoint] = field(default_factory=list)
    levels: list[tuple[float, str]] = field(default_factory=list)
    top: float = 100

    template = "look/charts/line.html"

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        said = [f"{one.label} {points(one.value)}{f', {one.mark}' if one.mark else ''}" for one in self.points]
        return "; ".join(said) + "."

    def drawing(self, width: int) -> dict[str, object]:
        """Places of the line, its points, levels and marks for one width."""
        scale = Scale(self.top, FLOOR, TOP)
        left, right = 36, 84  # the last value and the words of the levels stand at the right
        slot = (width - left - right) / max(len(self.points) - 1, 1)
        every = 1 if slot >= 56 else 2 if slot >= 28 else 3
        dots = [
            {
                "x": round(left + 10 + slot * n, 1),
                "y": scale(one.value),
                "point": one,
                "named": (len(self.points) - 1 - n) % every == 0,
                "last": n == len(self.points) - 1,
            }
            for n, one in enumerate(self.points)
        ]
        return {
            "width": width,
            "height": HEIGHT,
            "left": left,
            "end": width - right + 14,
            "dots": dots,
            "line": " ".join(f"{dot['x']},{dot['y']}" for dot in dots),
            "ticks": [(scale(value), f"{value:g}") for value in (0, self.top / 2, self.top)],
            "levels": [(scale(value), words) for value, words in self.levels],
            "last": points(self.points[-1].value) if self.points else "",
            "top": TOP - 12,
            "floor": FLOOR,
            "foot": FLOOR + 22,
        }

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(620)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358)
