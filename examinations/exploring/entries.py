"""The pivot over entries: entries, lines, value and duty from the sums by one dimension and month, never from the lines."""

from examinations.exploring.dimensions import Dimension
from examinations.exploring.from_sums import BESIDE, adding, table_from_sums
from examinations.exploring.measures import Measure
from examinations.exploring.pivot import Pivot
from examinations.exploring.question import Question
from examinations.models import EntryBreakdown

#: Dimensions of which sums are kept, one at a time.
KEPT = ("port", "entry_type", "chapter", "heading", "origin", "manufacturer")


def why_not(row: Dimension, column: Dimension | None, measure: Measure | None = None) -> str:
    """Why entries, or what a measure is a share of, cannot be counted so, in a sentence; empty where they can."""
    what = "entries" if measure is None or measure.of_entries else "reviews"
    chosen = [one for one in (row, column) if one]
    for one in chosen:
        if one.key not in KEPT and one.key not in BESIDE:
            return (
                f"{one.label} is known of examinations only: choose another to count entries by."
                if what == "entries"
                else f"Of {one.label.lower()} no sums of reviews are kept: choose another to count them by."
            )
    if len([one for one in chosen if one.key in KEPT]) > 1:
        return (
            f"Sums of {what} are kept by {row.label.lower()} or by {chosen[1].label.lower()}, not by both: "
            "choose a month, quarter, year or the broker or client for one of them."
        )
    return ""


def entries_by(asked: Question) -> Pivot:
    """Sum what this person may see of the entries of the period's months; two statements whatever the size.

    Raises ValueError where `why_not` says so, TooLarge as `table_from_sums` does.
    """
    if reason := why_not(asked.row, asked.column):
        raise ValueError(reason)
    sums = EntryBreakdown.objects.visible_to(asked.person).filter(asked.within, source=asked.measure.source).order_by()
    column = asked.measure.sql
    return table_from_sums(asked, sums, KEPT, adding(column, shown=lambda summed: summed[0], above_nothing=column))
