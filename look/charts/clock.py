"""A legal clock in days: a strip of real days, with those that do not count; a long one in weeks."""

import datetime
from dataclasses import dataclass, field

GAP, NARROW_GAP = 5, 2
#: Below so many pixels a box a strip is drawn close, and bears words only where they fit.
CLOSE = 18
LETTER = 6.6
BETWEEN_WORDS = 5


@dataclass(frozen=True)
class Day:
    """One day of the strip, or the week that begins with it. kind: begun, today, open, off (does not count) or last."""

    date: datetime.date
    kind: str
    note: str = ""


@dataclass(frozen=True)
class ClockStrip:
    """The days of a clock in order, and the sentence that a screen reader says.

    begun, last: words of the key. weeks: each box is a week, named by its first day.
    """

    label: str
    days: list[Day] = field(default_factory=list)
    begun: str = "presented, or past"
    last: str = "last day to decide"
    weeks: bool = False

    template = "look/charts/clock.html"

    def drawing(self, width: int, height: int) -> dict[str, object]:
        """Boxes for one width."""
        slot = width / max(len(self.days), 1)
        gap = GAP if slot > CLOSE else NARROW_GAP
        slot = (width + gap) / max(len(self.days), 1)
        boxes: list[dict[str, object]] = []
        for n, day in enumerate(self.days):
            words = self._words(day, slot, first=n == 0)
            half = len(words) * LETTER / 2
            middle = slot * n + (slot - gap) / 2
            boxes.append(
                {
                    "x": round(1 + slot * n, 1),
                    "width": round(slot - gap - 2, 1),
                    "middle": round(middle, 1),
                    "day": day,
                    "weekday": "" if self.weeks or slot < CLOSE else f"{day.date:%a}"[: 3 if slot > 30 else 1],
                    "number": words,
                    "number_at": round(min(max(middle, half), width - half), 1),
                }
            )
        self._leave_out(boxes)
        return {"width": width, "height": height + 36, "box": height, "foot": height + 32, "boxes": boxes}

    def _words(self, day: Day, slot: float, *, first: bool) -> str:
        """The day of the month, and its month where it begins, where the strip begins, and on the last day."""
        long = first or day.date.day == 1 or day.kind == "last"
        whole = self.weeks or (long and (slot > 42 or slot < 30))
        return f"{day.date:%b} {day.date.day}" if whole else str(day.date.day)

    def _leave_out(self, boxes: list[dict[str, object]]) -> None:
        """Take out words that would stand in one another's way: the last day's stay, then today's, then the first's."""
        rank = {"last": 0, "today": 1}

        def order(n: int) -> tuple[int, int]:
            return (rank.get(self.days[n].kind, 2 if n == 0 else 3 if self.days[n].date.day == 1 else 4), n)

        taken: list[tuple[float, float]] = []
        for n in sorted(range(len(boxes)), key=order):
            words, middle = str(boxes[n]["number"]), float(str(boxes[n]["number_at"]))
            half = len(words) * LETTER / 2 + BETWEEN_WORDS / 2
            if any(middle - half < right and left < middle + half for left, right in taken):
                boxes[n]["number"] = ""
            else:
                taken.append((middle - half, middle + half))

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
