"""A rate on its interval within a row of a table: a bar, a dot, and a tick where all together lie."""

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from look.charts.scales import Scale
from look.formats import percent

WIDTH = 160
DRAWN = """<svg width="{width}" height="20" viewBox="0 0 {width} 20" role="img" aria-label="{label}">
<line x1="0" y1="10" x2="{width}" y2="10" class="ax" />{tick}
<line x1="{low}" y1="10" x2="{high}" y2="10" stroke="#7292c7" stroke-width="5" />
<circle cx="{at}" cy="10" r="4.5" class="fa" /></svg>"""
TICK = '<line x1="{at}" y1="3" x2="{at}" y2="17" stroke="#3d4551" />'


@dataclass(frozen=True)
class Interval:
    """Shares between 0 and 1. top: the end of the scale that all rows of the table share. whole: the rate of all."""

    rate: float
    low: float
    high: float
    top: float
    whole: float | None = None

    @property
    def label(self) -> str:
        """What a screen reader says in place of the drawing."""
        return f"{percent(self.rate)}, between {percent(self.low)} and {percent(self.high)}"

    @property
    def svg(self) -> SafeString:
        """The drawing itself. A table has one in each row, and a template takes ten times as long."""
        scale = Scale(self.top, 4, WIDTH - 4)
        tick = "" if self.whole is None else TICK.format(at=scale(self.whole))
        low, high, at = scale(self.low), scale(self.high), scale(self.rate)
        drawn = DRAWN.format(width=WIDTH, label=escape(self.label), tick=tick, low=low, high=high, at=at)
        return mark_safe(drawn)  # numbers alone, and the label
