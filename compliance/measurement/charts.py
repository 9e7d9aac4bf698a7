"""Rates of the parts of a population, and of several years, drawn one below the other. Pure but for the rows given."""

import math
from collections.abc import Sequence
from typing import Any

from compliance.measurement.estimating import Rated
from compliance.measurement.rates import RateEstimate
from compliance.measurement.reading import PartRow
from look.charts import RateRow, Rates

#: A part of fewer examined lines is left to the table: its interval would be most of the drawing.
ENOUGH_LINES, MOST_DOTS = 20, 12
#: Letters of a name that stand beside a drawing on a phone.
LETTERS = 16


def _short(name: str) -> str:
    """A name cut after a word, so that it ends before the drawing begins; the page's own table has it whole."""
    if len(name) <= LETTERS:
        return name
    return name[:LETTERS].rsplit(" ", 1)[0].rstrip(",&- ") + "…"


def years_chart(rows: Sequence[tuple[Any, Rated | None]]) -> Rates | None:
    """Year by year, oldest first; two dots for each plan: any error, and major ones. rows: plans, newest first."""
    told = [(plan, rated) for plan, rated in reversed(rows) if rated and rated.letter and rated.major]
    if not told:
        return None
    dots = []
    for plan, rated in told:
        for label, found, one in ((plan.name, rated.wrong, rated.letter), ("major errors", rated.majors, rated.major)):
            dots.append(RateRow(_short(label), found, rated.examined, one.rate, one.low, one.high))
    newest = told[-1]
    title = f"{newest[0].name}: the first year with a result"
    if len(told) > 1:
        title = f"{newest[0].name}: {_moved(told[-2][1].letter, newest[1].letter)} in {told[-2][0].name}"
    return Rates(title, "Estimated for all lines of each period, with 95 % intervals", "Lines", dots)


def _moved(before: RateEstimate, now: RateEstimate) -> str:
    """Whether a rate can be told from an earlier one: the difference of two independent estimates, at 95 %."""
    up = now.rate > before.rate
    towards = (before.high - before.rate, now.rate - now.low) if up else (before.rate - before.low, now.high - now.rate)
    if abs(now.rate - before.rate) <= math.hypot(*towards):
        return "no other rate than"
    return "more lines in error than" if up else "fewer lines in error than"


def parts_chart(head: str, rows: list[PartRow], whole: Rated) -> Rates | None:
    """The rates of parts that have lines enough, the highest first; None where there are fewer than two."""
    told = [(row, row.rated.letter) for row in rows if row.rated.letter and row.rated.examined >= ENOUGH_LINES]
    if len(told) < 2 or whole.letter is None:
        return None
    told.sort(key=lambda one: -one[1].rate)
    above = [row.name for row, rate in told if rate.low > whole.letter.rate]
    what = head.lower() if head != "Center" else head
    title = (
        f"{' and '.join(above[:2])}{f' and {len(above) - 2} more' if len(above) > 2 else ''}: above the rate of all"
        if above
        else f"No {what} can be told from all"
    )
    dots = [
        RateRow(row.short or _short(row.name), row.rated.wrong, row.rated.examined, one.rate, one.low, one.high)
        for row, one in told[:MOST_DOTS]
    ]
    more = f"; the {MOST_DOTS} highest of {len(told)}" if len(told) > MOST_DOTS else ""
    return Rates(
        title, f"Any error, with 95 % intervals, where {ENOUGH_LINES} lines or more were examined{more}", "Lines", dots
    )
