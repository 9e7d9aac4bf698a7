"""A legal clock in days: a strip of real days, with those that do not count."""

import datetime
from dataclasses import dataclass, field

WIDTH_GAP = 5


@dataclass(frozen=True)
class Day:
    """One day of the strip. kind: begun, today, open, off (does not count) or last."""

    date: datetime.date
    kind: str
    note: str = ""


@dataclass(frozen=True)
class ClockStrip:
    """The days of a clock in order, and the sentence that a screen reader says. begun, last: words of the key."""

    label: str
    days: list[Day] = field(default_factory=list)
    begun: str = "presented, or past"
    last: str = "last day to decide"

    template = "look/charts/clock.html"

    def drawing(self, width: int, height: int) -> dict[str, object]:
        """Boxes for one width."""
        slot = (width + WIDTH_GAP) / max(len(self.days), 1)
        boxes = []
        for n, day in enumerate(self.days):
            first = n == 0 or day.date.day == 1 or day.kind == "last"
            boxes.append(
                {
                    "x": round(1 + slot * n, 1),
                    "width": round(slot - WIDTH_GAP - 2, 1),
                    "middle": round(slot * n + (slot - WIDTH_GAP) / 2, 1),
                    "day": day,
                    "weekday": f"{day.date:%a}"[: 3 if slot > 30 else 1],
                    "number": f"{day.date:%b} {day.date.day}" if first and slot > 42 else str(day.date.day),
                }
            )
        return {"width": width, "height": height + 36, "box": height, "foot": height + 32, "boxes": boxes}

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(800, 48)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358, 38)

    @property
    def off_days(self) -> list[str]:
        """Why days do not count, each reason once."""
        return list(dict.fromkeys(day.note for day in self.days if day.kind == "off" and day.note))
