"""Amounts of several kinds month by month, one above the other."""

from dataclasses import dataclass, field

from look.charts.scales import Scale, nice_top, places_of
from look.formats import money

HEIGHT, TOP, FLOOR = 230, 14, 200
#: From the floor up: a fill and the class of the letter on it. More kinds than these cannot be told apart.
FILLS = (("fa", "tw"), ("f2", "tb"), ("fm", "tb"), ("fg", "tb"), ("hol", "tb"))
MOST_LAYERS = len(FILLS)
#: A letter needs so much height.
LEAST_FOR_A_LETTER = 15
UNITS = ((1_000_000, "Million dollars"), (1_000, "Thousand dollars"), (1, "Dollars"))
LEAST_OF_A_UNIT = 10


@dataclass(frozen=True)
class Layer:
    """One kind: its name and its dollars in each month, none below zero."""

    label: str
    values: list[float]


@dataclass(frozen=True)
class Stacked:
    """title: the finding. counted: what. months: short labels. running: whether the last month is still running.

    layers: from the floor up, at most MOST_LAYERS; a letter in each column and in the key names them beside the fill.
    """

    title: str
    counted: str
    months: list[str]
    layers: list[Layer] = field(default_factory=list)
    running: bool = False

    template = "look/charts/stacked.html"

    def __post_init__(self) -> None:
        if len(self.layers) > MOST_LAYERS:
            raise ValueError(f"More than {MOST_LAYERS} layers cannot be told apart.")

    @property
    def sums(self) -> list[float]:
        """Of each month."""
        return [sum(layer.values[n] for layer in self.layers) for n in range(len(self.months))]

    @property
    def unit(self) -> tuple[int, str]:
        """In what the axis counts: the largest unit of which the highest column has ten."""
        top = max(self.sums, default=0)
        return next((one for one in UNITS if top >= LEAST_OF_A_UNIT * one[0]), UNITS[-1])

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        return "; ".join(f"{name} {money(value)}" for name, value in zip(self.months, self.sums, strict=True)) + "."

    @property
    def key(self) -> list[tuple[str, str, str, str]]:
        """Letter, name, fill and the letter's class, from the top down as they stand in a column."""
        named = [(chr(65 + n), layer.label, *FILLS[n]) for n, layer in enumerate(self.layers)]
        return named[::-1]

    @property
    def table(self) -> list[tuple[str, list[float], float]]:
        """Each month with its amounts and their sum."""
        return [(name, [layer.values[n] for layer in self.layers], self.sums[n]) for n, name in enumerate(self.months)]

    def drawing(self, width: int) -> dict[str, object]:
        """Places of the columns, their layers and the ticks for one width."""
        unit, _ = self.unit
        top, step = nice_top(max(self.sums, default=0) / unit, 4)
        scale = Scale(top * unit, FLOOR, TOP)
        left = 44
        slot = (width - left) / max(len(self.months), 1)
        every = 1 if slot >= 44 else 2 if slot >= 22 else 3 if slot >= 14 else 6
        columns = [
            {
                "x": round(left + slot * n + slot * 0.12, 1),
                "width": round(slot * 0.76, 1),
                "middle": round(left + slot * (n + 0.5), 1),
                "label": name,
                "named": (len(self.months) - 1 - n) % every == 0,
                "parts": self._parts(n, scale, lettered=slot >= 20),
            }
            for n, name in enumerate(self.months)
        ]
        places = places_of(step)
        ticks = [(scale(step * n * unit), f"{step * n:,.{places}f}") for n in range(round(top / step) + 1)]
        return {"width": width, "height": HEIGHT, "left": left, "columns": columns, "ticks": ticks, "foot": FLOOR + 18}

    def _parts(self, month: int, scale: Scale, *, lettered: bool) -> list[dict[str, object]]:
        parts, below = [], 0.0
        for n, layer in enumerate(self.layers):
            value = layer.values[month]
            floor, roof = scale(below), scale(below + value)
            below += value
            if value <= 0:
                continue
            height = round(floor - roof, 1)
            letter = chr(65 + n) if lettered and height >= LEAST_FOR_A_LETTER else ""
            fill, letter_class = FILLS[n]
            parts.append(
                {
                    "y": roof,
                    "height": height,
                    "middle": round((floor + roof) / 2, 1),
                    "fill": fill,
                    "letter": letter,
                    "letter_class": letter_class,
                }
            )
        return parts

    @property
    def wide(self) -> dict[str, object]:
        return self.drawing(820)

    @property
    def narrow(self) -> dict[str, object]:
        return self.drawing(358)
