"""The rates of the parts of a population, drawn one below the other. Pure but for the rows it is given."""

from compliance.measurement.estimating import Rated
from compliance.measurement.reading import PartRow
from look.charts import RateRow, Rates

#: A part of fewer examined lines is left to the table: its interval would be most of the drawing.
ENOUGH_LINES, MOST_DOTS = 20, 12


def parts_chart(head: str, rows: list[PartRow], whole: Rated) -> Rates | None:
    """The rates of parts that have lines enough, the highest first; None where there are fewer than two."""
    known = [(row.name, row.rated.wrong, row.rated.examined, row.rated.letter) for row in rows]
    told = [(name, wrong, many, rate) for name, wrong, many, rate in known if rate and many >= ENOUGH_LINES]
    if len(told) < 2 or whole.letter is None:
        return None
    told.sort(key=lambda one: -one[3].rate)
    above = [name for name, _, _, rate in told if rate.low > whole.letter.rate]
    what = head.lower() if head != "Center" else head
    title = (
        f"{' and '.join(above[:2])}{f' and {len(above) - 2} more' if len(above) > 2 else ''}: above the rate of all"
        if above
        else f"No {what} can be told from all"
    )
    dots = [RateRow(name[:24], wrong, many, one.rate, one.low, one.high) for name, wrong, many, one in told[:MOST_DOTS]]
    more = f"; the {MOST_DOTS} highest of {len(told)}" if len(told) > MOST_DOTS else ""
    return Rates(
        title, f"Any error, with 95 % intervals, where {ENOUGH_LINES} lines or more were examined{more}", "Lines", dots
    )
