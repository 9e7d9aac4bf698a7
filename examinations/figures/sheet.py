"""The figures of a period as a list: rates with their counts and intervals, amounts, and both periods before."""

from collections.abc import Callable
from decimal import Decimal

from examinations.figures.table import Line
from examinations.figures.whole import Figures
from examinations.intervals import Rate
from look.downloads import Cell

HEADS = ["Figure", "Found", "Counted", "Rate", "Low", "High", "Amount", "Found Just Before", "Counted Just Before"]
HEADS += ["Amount Just Before", "Found a Year Before", "Counted a Year Before", "Amount a Year Before"]

#: What tells random reviews from others is left out for who may not know it.
RATES: tuple[tuple[str, bool, Callable[[Line], Rate | None]], ...] = (
    ("Entries examined", False, lambda line: line.examined),
    ("Random reviews of lines with an error", True, lambda line: line.random),
    ("Random cargo examinations with a discrepancy", True, lambda line: line.random_cargo),
    ("Others with a discrepancy", True, lambda line: line.other),
    ("Held over five business days", False, lambda line: line.stay.long_rate),
)
AMOUNTS: tuple[tuple[str, Callable[[Line], int | float | Decimal | None]], ...] = (
    ("Cargo examinations", lambda line: line.cargo),
    ("Days held, median", lambda line: line.stay.median),
    ("Days held, nine of ten within", lambda line: line.stay.ninth_decile),
    ("More owed, dollars", lambda line: line.owed),
    ("Overpaid, dollars", lambda line: line.overpaid),
)


def _counts(rate: Rate | None) -> list[Cell]:
    return [rate.found, rate.count] if rate else [0, 0]


def rows_of(found: Figures, *, tells: bool) -> list[list[Cell]]:
    """One row a figure, under HEADS. tells: whether the reader may know what was picked at random."""
    lines = (found.all, found.before, found.year_before)
    rows: list[list[Cell]] = []
    for label, of_random, of in RATES:
        if of_random and not tells:
            continue
        now, before, year = (of(line) for line in lines)
        interval: list[Cell] = [round(part, 6) for part in (now.rate, now.low, now.high)] if now else [None] * 3
        rows.append([label, *_counts(now), *interval, None, *_counts(before), None, *_counts(year), None])
    for label, amount in AMOUNTS:
        now, before, year = (amount(line) for line in lines)
        rows.append([label, None, None, None, None, None, now, None, None, before, None, None, year])
    costs = (found.cost, found.cost_before, found.cost_year_before)
    if any(costs):
        now, before, year = ((one.count, one.total) if one else (None, None) for one in costs)
        row = ["Cost of being examined, dollars", None, now[0], None, None, None, now[1], None, *before, None, *year]
        rows.append(row)
    return [row + [None] * (len(HEADS) - len(row)) for row in rows]
