"""A sum against a limit: known up to today, then what is expected, with the band in which eight of ten paths lie."""

import math
from dataclasses import dataclass, field

from look.formats import short_money

TOP, RIGHT = 24, 124
#: Pixels of a letter of the words at a crossing, on the average and a little more.
LETTER = 7.5
BESIDE = 7


@dataclass(frozen=True)
class Known:
    """A month that is over: its label and the sum, in dollars."""

    label: str
    value: float


@dataclass(frozen=True)
class Expected:
    """A month ahead: what is expected, and between which sums eight of ten paths lie, in dollars."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """title: the finding. counted: what, in which unit. limit: the black line, with its words. crossing: the place among
    the months ahead where the expected sum passes the limit, with its words; None where it does not."""

    title: str
    counted: str
    limit: float
    limit_words: str
    known: list[Known] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    crossing: int | None = None
    crossing_words: str = ""

    template = "look/charts/outlook.html"

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        first, last, end = self.known[0], self.known[-1], self.expected[-1] if self.expected else None
        said = f"From {short_money(first.value)} in {first.label} to {short_money(last.value)} in {last.label}"
        if end:
            said += f"; expected {short_money(end.value)} in {end.label}, eight of ten paths between {short_money(end.low)} and {short_money(end.high)}"
        return f"{said}. {self.limit_words}: {short_money(self.limit)}."

    def drawing(self, width: int, height: int, *, right: int) -> dict[str, object]:
        """Places of lines, band and ticks for one width."""
        sums = [
            self.limit,
            *(one.value for one in self.known),
            *(side for one in self.expected for side in (one.low, one.high)),
        ]
        low, top, step = axis(min(sums), max(sums))
        left, floor = 56, height - 34
        months = len(self.known) + len(self.expected)
        slot = (width - left - right) / max(months - 1, 1)

        def at(place: int, value: float) -> tuple[float, float]:
            share = (value - low) / (top - low) if top > low else 0.0
            return round(left + slot * place, 1), round(floor - share * (floor - TOP), 1)

        known = [at(n, one.value) for n, one in enumerate(self.known)]
        start = len(self.known)
        ahead = [at(start + n, one.value) for n, one in enumerate(self.expected)]
        upper = [at(start + n, one.high) for n, one in enumerate(self.expected)]
        lower = [at(start + n, one.low) for n, one in enumerate(self.expected)]
        labels = [*(one.label for one in self.known), *(one.label for one in self.expected)]
        every = max(1, math.ceil(80 / max(slot, 1)))
        return {
            "width": width,
            "height": height,
            "left": left,
            "end": width - right,
            "floor": floor,
            "ticks": [
                (at(0, low + step * n)[1], in_thousands(low + step * n)) for n in range(round((top - low) / step) + 1)
            ],
            "known": _points(known),
            "ahead": _points([*known[-1:], *ahead]),
            "band": _points([*known[-1:], *upper, *reversed(lower)]) if ahead else "",
            "limit": at(0, self.limit)[1],
            **_words_apart(at(0, self.limit)[1], ahead[-1][1] if ahead else None),
            "crossing": ahead[self.crossing] if self.crossing is not None else None,
            "crossing_words": self._words_at(ahead[self.crossing][0], width) if self.crossing is not None else None,
            "today": known[-1][0] if known else left,
            "last": ahead[-1] if ahead else None,
            "last_words": in_thousands(self.expected[-1].value) if self.expected else "",
            "names": [(at(n, low)[0], label) for n, label in enumerate(labels) if n % every == 0 and n < months - 1],
            "foot": floor + 20,
            "wide": right > RIGHT // 2,
        }

    def _words_at(self, x: float, width: int) -> dict[str, object]:
        """Where the words of the crossing stand: right of it, left of it, or above it where neither has room. end: whether
        they end there."""
        long = LETTER * len(self.crossing_words) + BESIDE
        if x + long <= width:
            return {"x": x + BESIDE, "y": 28, "end": False}
        return {"x": x - BESIDE, "y": 28, "end": True} if x >= long else {"x": width, "y": 13, "end": True}

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(1216, 380, right=RIGHT)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358, 300, right=12)


def in_thousands(value: float) -> str:
    """$200k, $1.25m: where there is room for few letters."""
    million = abs(value) >= 1_000_000
    return f"${value / 1_000_000:.3g}m" if million else f"${value / 1_000:.4g}k"


#: Words at the right end stand so far apart at least.
APART = 16


def axis(least: float, most: float) -> tuple[float, float, float]:
    """A round beginning and end of the axis around the values, and the distance of its ticks; it may begin above zero."""
    span = max(most - least, most * 0.05, 1.0)
    rough = span / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return max(step * math.floor(least / step), 0.0), step * math.ceil(most / step), step


def _words_apart(limit: float, last: float | None) -> dict[str, float]:
    """Where the words of the limit and of the last sum stand: at their lines, and never over each other."""
    if last is None or abs(limit - last) >= APART:
        return {"limit_words": limit, "last_place": last or 0.0}
    side = APART / 2 if last < limit else -APART / 2
    return {"limit_words": limit + side, "last_place": limit - side}


def _points(places: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
