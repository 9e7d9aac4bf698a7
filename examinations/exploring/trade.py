"""The pivot over entries: entries, lines, value and duty from the sums by one dimension and month, never from the lines."""

from typing import Any

from django.db.models import Sum, Value

from accounts.models import Account, Person
from examinations.exploring.dimensions import Dimension
from examinations.exploring.kept import BESIDE, value_of
from examinations.exploring.measures import Measure
from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, Pivot, TooLarge
from examinations.figures import Period, of_account
from examinations.figures.table import of_months
from examinations.filters import NOT_GIVEN
from examinations.models import Dimension as Kept
from examinations.models import EntryBreakdown
from examinations.models.entry import Source

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


def trade_of(
    account: Account,
    period: Period,
    measure: Measure,
    row: Dimension,
    column: Dimension | None,
    person: Person,
    client: Account | None = None,
) -> Pivot:
    """Sum what this person may see of the entries of the period's months; two statements whatever the size.

    Raises ValueError where `why_not` says so, TooLarge as `pivot_of` does.
    """
    if reason := why_not(row, column):
        raise ValueError(reason)
    kept = next((one.key for one in (row, column) if one and one.key in KEPT), "")
    other_side = "account" if account.kind == Account.Kind.BROKER else "filer"
    rows = EntryBreakdown.objects.visible_to(person).filter(
        of_account(account, client), of_months(period), source=Source.CBP
    )
    sums = rows.order_by().annotate(r=value_of(row, KEPT, other_side), c=value_of(column, KEPT, other_side))
    cells = _cells(sums.filter(dimension=kept or Kept.ALL), measure)
    found = Pivot()
    # What counts under several values of a row counts once in the sum of a column, and once in all.
    whole = cells
    if kept:
        side = column if kept == row.key else row
        whole = _cells(
            rows.order_by().filter(dimension=Kept.ALL).annotate(r=Value(""), c=value_of(side, KEPT, other_side)),
            measure,
        )
    for (at_row, at_column), value in cells.items():
        at = named(row, at_row), named(column, at_column)
        found.cells[at] = value
        found.of_row[at[0]] = (found.of_row.get(at[0]) or 0) + value
        found.of_column[at[1]] = (found.of_column.get(at[1]) or 0) + value
    if kept == row.key:
        found.of_column = {at: value for (_, at), value in whole.items()}
    elif kept:
        found.of_row = {at: value for (_, at), value in whole.items()}
    found.of_all = sum(whole.values())
    found.rows = sorted(found.of_row)
    found.columns = sorted(found.of_column) if column else []
    found.refuse_what_nobody_reads()
    return found


def named(dimension: Dimension | None, code: str) -> str:
    """A value as addresses write it."""
    return NOT_GIVEN if dimension and dimension.key == "manufacturer" and not code else code


def _cells(rows: Any, measure: Measure) -> dict[tuple[str, str], Any]:
    """Sums by row and column, those of nothing left out. Raises TooLarge above what any table may have."""
    most = MOST_ROWS * MOST_COLUMNS
    summed = rows.values("r", "c").annotate(summed=Sum(measure.sql)).filter(summed__gt=0)
    found = {(one["r"], one["c"]): one["summed"] for one in summed[: most + 1]}
    if len(found) > most:
        raise TooLarge
    return found
