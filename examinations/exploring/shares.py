"""The pivot of shares: of entries those examined, of lines reviewed at random those in error; from the sums by one
dimension and month, never from rows."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet, Sum, Value

from accounts.models import Account, Person
from examinations.binomial import at_least
from examinations.exploring.dimensions import Dimension
from examinations.exploring.kept import value_of
from examinations.exploring.measures import Measure
from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, Pivot, TooLarge
from examinations.exploring.trade import KEPT, named, why_not
from examinations.figures import TOO_FEW, Period, of_account
from examinations.figures.standing_out import FALSE_NAMING
from examinations.figures.table import of_months
from examinations.intervals import Rate, rate_of
from examinations.models import Dimension as Kept
from examinations.models import EntryBreakdown, ExaminationBreakdown
from examinations.models.entry import Source

Counts = Mapping[tuple[str, str], tuple[int, int]]


def shares_of(
    account: Account,
    period: Period,
    measure: Measure,
    row: Dimension,
    column: Dimension | None,
    person: Person,
    client: Account | None = None,
) -> Pivot:
    """Rates over the period's months, as far as this person may see what they are counted on; two statements.

    Raises ValueError where `why_not` says so, TooLarge as `pivot_of` does.
    """
    if reason := why_not(row, column, measure):
        raise ValueError(reason)
    kept = next((one.key for one in (row, column) if one and one.key in KEPT), Kept.ALL.value)
    other_side = "account" if account.kind == Account.Kind.BROKER else "filer"
    sums = _sums(account, period, measure, person, client)

    def counted(dimension: str, at_row: Any, at_column: Any) -> Counts:
        cells = sums.filter(dimension=dimension).annotate(r=at_row, c=at_column)
        return _counts(cells, measure, row, column)

    by_row, by_column = value_of(row, KEPT, other_side), value_of(column, KEPT, other_side)
    cells = counted(kept, by_row, by_column)
    # What counts under several values of a row counts once in a column, and once in all.
    whole = cells
    if kept == row.key:
        whole = counted(Kept.ALL.value, Value(""), by_column)
    elif column and kept == column.key:
        whole = counted(Kept.ALL.value, by_row, Value(""))
    rows, columns = (whole if kept != row.key else cells), (whole if not column or kept != column.key else cells)
    found = Pivot(
        cells={at: _rate(counts) for at, counts in cells.items()},
        of_row=_along(rows, 0),
        of_column=_along(columns, 1),
        of_all=_rate(_together(whole.values())),
    )
    found.rows = sorted(found.of_row)
    found.columns = sorted(found.of_column) if column else []
    found.refuse_what_nobody_reads()
    return found


def _sums(account: Account, period: Period, measure: Measure, person: Person, client: Account | None) -> QuerySet[Any]:
    within = of_account(account, client) & of_months(period)
    if measure.of_entries:
        return EntryBreakdown.objects.visible_to(person).filter(within, source=Source.CBP).order_by()
    return ExaminationBreakdown.objects.visible_to(person).filter(within).order_by()


def _counts(cells: QuerySet[Any], measure: Measure, row: Dimension, column: Dimension | None) -> Counts:
    """Found and counted, by row and column. Raises TooLarge above what any table may have."""
    most = MOST_ROWS * MOST_COLUMNS
    summed = cells.values("r", "c").annotate(found=Sum(measure.sql), counted=Sum(measure.share_of))
    rows = list(summed.filter(counted__gt=0)[: most + 1])
    if len(rows) > most:
        raise TooLarge
    return {(named(row, one["r"]), named(column, one["c"])): (one["found"], one["counted"]) for one in rows}


def _together(counts: Any) -> tuple[int, int]:
    pairs = list(counts)
    return sum(found for found, _ in pairs), sum(count for _, count in pairs)


def _along(counts: Counts, side: int) -> dict[str, Any]:
    """The rates of rows (0) or of columns (1)."""
    found = defaultdict(list)
    for at, pair in counts.items():
        found[at[side]].append(pair)
    return {code: _rate(_together(pairs)) for code, pairs in found.items()}


def _rate(counts: tuple[int, int]) -> Rate | None:
    found, count = counts
    return rate_of(min(found, count), count)


def enough(rate: Rate | None) -> bool:
    """Whether a rate is counted on enough to be told as one."""
    return rate is not None and rate.count >= TOO_FEW


def highest(rates: Mapping[str, Rate], whole: Rate) -> tuple[str, bool] | None:
    """Of the rates that are counted on enough the highest, and whether it lies above the whole by more than chance.

    Exact binomial test, one-sided, at 5 % divided by the number of rates (Bonferroni). None where none is enough.
    """
    known = {code: rate for code, rate in rates.items() if enough(rate)}
    if not known:
        return None
    code, rate = max(known.items(), key=lambda one: (one[1].rate, one[1].count))
    above = rate.rate > whole.rate and at_least(rate.found, rate.count, whole.rate) < FALSE_NAMING / len(known)
    return code, above
