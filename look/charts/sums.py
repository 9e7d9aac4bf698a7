"""A score as the sum of its parts: one bar, cut where the parts meet."""

from dataclasses import dataclass, field

from look.charts.scales import Scale
from look.formats import points

WIDTH, HEIGHT = 904, 84
LABELLED = 26


@dataclass(frozen=True)
class Part:
    """A part of the sum in points; `main` parts are drawn in the full colour."""

    name: str
    points: float
    main: bool = False


@dataclass(frozen=True)
class Sum:
    """title: the finding. Marks: places on the scale from 0 to 100 with their words."""

    title: str
    counted: str
    total: float
    parts: list[Part] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)

    template = "look/charts/sum.html"

    @property
    def label(self) -> str:
        said = ", ".join(f"{part.name} {points(part.points)}" for part in self.parts)
        return f"Score {points(self.total)} of 100 as a sum: {said}."

    @property
    def drawing(self) -> dict[str, object]:
        """The parts above zero one behind the other, those below taken off the end."""
        scale = Scale(100, 0, WIDTH - 24)
        pieces, at = [], 0.0
        for part in (one for one in self.parts if one.points > 0):
            start, end = scale(at), scale(at + part.points)
            wide = end - start
            pieces.append(
                {
                    "x": start,
                    "width": max(round(wide - 1.5, 1), 0.5),
                    "middle": round((start + end) / 2, 1),
                    "part": part,
                    "said": points(part.points) if wide > LABELLED else "",
                }
            )
            at += part.points
        below = sum(part.points for part in self.parts if part.points < 0)
        off = (
            {
                "x": scale(at + below),
                "width": round(scale(at) - scale(at + below), 1),
                "said": points(below),
                "end": scale(at),
            }
            if below
            else None
        )
        return {
            "pieces": pieces,
            "off": off,
            "total": scale(self.total),
            "total_said": points(self.total),
            "marks": [(scale(place), words) for place, words in self.marks],
            "end": scale(100),
        }
