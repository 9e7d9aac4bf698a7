"""Differences of rates as dots on their intervals, about an upright at zero."""

from dataclasses import dataclass, field

from look.charts.scales import nice_top, places_of
from look.formats import rate_points

ROW, TOP, FOOT = 46, 14, 44
#: The axis ends at least so far from zero, so that a small difference does not look large.
LEAST = 0.01


@dataclass(frozen=True)
class DifferenceRow:
    """One difference of two rates with its 95 % interval: shares, below zero fewer."""

    label: str
    at: float
    low: float
    high: float

    @property
    def cells(self) -> tuple[str, str, str]:
        """In points, as the table has them."""
        return rate_points(self.at), rate_points(self.low), rate_points(self.high)


@dataclass(frozen=True)
class Differences:
    """title: the finding, as a sentence. counted: what is counted, in which unit. left, right: what either side means."""

    title: str
    counted: str
    left: str
    right: str
    rows: list[DifferenceRow] = field(default_factory=list)

    template = "look/charts/differences.html"

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        said = [f"{row.label}: {row.cells[0]} points, between {row.cells[1]} and {row.cells[2]}" for row in self.rows]
        return "; ".join(said) + "."

    def drawing(self, width: int, labels: int) -> dict[str, object]:
        """Places of everything for one width; `labels`: pixels kept for the names on the left."""
        largest = max((max(abs(row.low), abs(row.high)) for row in self.rows), default=LEAST)
        top, step = nice_top(max(largest, LEAST), 3)
        start, end = labels, width - 30

        def place(value: float) -> float:
            return round(start + (value + top) / (2 * top) * (end - start), 1)

        many = round(top / step)
        ticks = [(place(step * n), rate_points(step * n, places_of(step * 100))) for n in range(-many, many + 1)]
        height = TOP + ROW * len(self.rows) + FOOT
        dots = [
            {
                "row": row,
                "y": TOP + ROW * n + 24,
                "text_y": TOP + ROW * n + 28,
                "above": TOP + ROW * n + 12,
                "low": place(row.low),
                "high": place(row.high),
                "at": place(row.at),
            }
            for n, row in enumerate(self.rows)
        ]
        return {
            "width": width,
            "height": height,
            "ticks": ticks,
            "dots": dots,
            "zero": place(0),
            "start": start,
            "end": end,
            "floor": height - 38,
            "foot": height - 22,
            "sides": height - 4,
        }

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(620, 150)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358, 96)
