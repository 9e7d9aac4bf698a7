"""A count month by month, as columns."""

from dataclasses import dataclass, field

from look.charts.paths import bars
from look.charts.scales import Scale, nice_top
from look.formats import count

HEIGHT, TOP, FLOOR = 190, 14, 160


@dataclass(frozen=True)
class Month:
    """One column: its short label, its value, whether the month is still running."""

    label: str
    value: float
    running: bool = False


@dataclass(frozen=True)
class Columns:
    """title: the finding. counted: what, in which unit. head: of the value in the table."""

    title: str
    counted: str
    head: str
    months: list[Month] = field(default_factory=list)

    template = "look/charts/columns.html"

    @property
    def label(self) -> str:
        return "; ".join(f"{month.label} {count(month.value)}" for month in self.months) + "."

    def drawing(self, width: int) -> dict[str, object]:
        """Places of columns and ticks for one width."""
        top, step = nice_top(max((month.value for month in self.months), default=0), 4, whole=True)
        scale = Scale(top, FLOOR, TOP)
        left = 44
        slot = (width - left) / max(len(self.months), 1)
        every = 1 if slot >= 44 else 2 if slot >= 22 else 3
        boxes = [
            (
                round(left + slot * n + slot * 0.15, 1),
                scale(month.value),
                round(slot * 0.7, 1),
                round(FLOOR - scale(month.value), 1),
            )
            for n, month in enumerate(self.months)
        ]
        columns = list(zip(boxes, self.months, strict=True))
        ticks = [(scale(step * n), count(step * n)) for n in range(round(top / step) + 1)]
        return {
            "width": width,
            "height": HEIGHT,
            "left": left,
            "columns": bars(box for box, month in columns if not month.running),
            "running": bars(box for box, month in columns if month.running),
            "names": [
                (round(left + slot * (n + 0.5), 1), month.label)
                for n, month in enumerate(self.months)
                if (len(columns) - 1 - n) % every == 0
            ],
            "ticks": ticks,
            "foot": FLOOR + 18,
        }

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(620)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358)
