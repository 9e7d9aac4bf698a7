"""Rates as dots on their intervals, one below the other."""

from dataclasses import dataclass, field

from look.charts.scales import Scale, nice_top, places_of
from look.formats import percent

ROW, TOP, FOOT = 46, 14, 34


@dataclass(frozen=True)
class RateRow:
    """One rate between 0 and 1 with its 95 % interval; `found` of `count`. Without an interval a bare dot."""

    label: str
    found: int
    count: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class Rates:
    """title: the finding, as a sentence. counted: what is counted, in which unit."""

    title: str
    counted: str
    unit: str
    rows: list[RateRow] = field(default_factory=list)
    width: int = 620

    template = "look/charts/rates.html"

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        said = [
            f"{row.label}: {percent(row.rate)}, between {percent(row.low)} and {percent(row.high)}" for row in self.rows
        ]
        return "; ".join(said) + "."

    def drawing(self, width: int, labels: int) -> dict[str, object]:
        """Places of everything for one width; `labels`: pixels kept for the names on the left."""
        top, step = nice_top(max((row.high for row in self.rows), default=0.05), 5)
        top = min(top, 1.0)
        scale = Scale(top, labels, width - 24)
        places = places_of(step * 100)
        ticks = [(scale(step * n), percent(step * n, places)) for n in range(round(top / step) + 1)]
        height = TOP + ROW * len(self.rows) + FOOT
        dots = [
            {
                "row": row,
                "y": TOP + ROW * n + 24,
                "text_y": TOP + ROW * n + 28,
                "above": TOP + ROW * n + 12,
                "low": scale(row.low),
                "high": scale(row.high),
                "at": scale(row.rate),
                "said": percent(row.rate),
            }
            for n, row in enumerate(self.rows)
        ]
        return {
            "width": width,
            "height": height,
            "ticks": ticks,
            "dots": dots,
            "foot": height - 10,
            "floor": height - 26,
        }

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(self.width, 150 if self.width > 400 else 96)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358, 112)
