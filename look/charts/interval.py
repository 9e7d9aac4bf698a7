"""A rate on its interval within a row of a table: a bar, a dot, and a tick where all together lie."""

from dataclasses import dataclass

from look.charts.scales import Scale
from look.formats import percent

WIDTH = 160


@dataclass(frozen=True)
class Interval:
    """Shares between 0 and 1. top: the end of the scale that all rows of the table share. whole: the rate of all."""

    rate: float
    low: float
    high: float
    top: float
    whole: float | None = None

    template = "look/charts/interval.html"

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        return f"{percent(self.rate)}, between {percent(self.low)} and {percent(self.high)}"

    @property
    def drawing(self) -> dict[str, float | None]:
        scale = Scale(self.top, 4, WIDTH - 4)
        return {
            "width": WIDTH,
            "low": scale(self.low),
            "high": scale(self.high),
            "at": scale(self.rate),
            "whole": None if self.whole is None else scale(self.whole),
        }
