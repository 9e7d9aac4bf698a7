"""The pivot over examinations from the sums by one dimension and month, where these say all that is asked."""

import datetime
from collections import defaultdict
from typing import Any

from django.db.models import CharField, Exists, F, Func, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from accounts.access import reach_now
from accounts.models import Account, Person
from examinations.breakdowns.uncounted import are_counted
from examinations.exploring.dimensions import Dimension
from examinations.exploring.measures import Measure
from examinations.exploring.pivot import Pivot, pivot_of
from examinations.figures import Period, of_account
from examinations.figures.table import between, of_months
from examinations.filters import NOT_GIVEN
from examinations.models import Dimension as Kept
from examinations.models import DiscrepancyBreakdown, Examination, ExaminationBreakdown

#: Of these every examination has exactly one value, so that values add up to all.
KEPT = ("port", "type", "reason")
#: Of these an examination may have several values, or none where its entry or line is not loaded.
MANY = ("chapter", "heading", "origin", "manufacturer")
FINDING = "finding"
#: The columns of a measure by types of discrepancy, and by examinations.
FOUND = {"wrong": ("found", "wrong"), "owed": ("owed_in_all", "owed"), "overpaid": ("overpaid_in_all", "overpaid")}
#: What each row of the sums has beside.
BESIDE = {"month": "YYYY-MM", "quarter": 'YYYY-"Q"Q', "year": "YYYY", "party": ""}
#: The column of a measure, and which rows of the sums count anything of it at all.
COLUMNS = {
    "cargo": ("cargo", Q(cargo__gt=0)),
    "wrong": ("wrong", Q(wrong__gt=0)),
    "long": ("long_stays", ~Q(days=[])),
    "owed": ("owed", Q(owed__gt=0)),
    "overpaid": ("overpaid", Q(overpaid__gt=0)),
    "days": ("days", Q(cargo__gt=0)),
    "days90": ("days", Q(cargo__gt=0)),
}
SHARES = {"days": 0.5, "days90": 0.9}


class Written(Func):
    """A day written by a form of PostgreSQL."""

    function = "to_char"
    output_field = CharField()


def value_of(dimension: Dimension | None, kept: tuple[str, ...], other_side: str) -> Any:
    """The value of a dimension in a row of the sums."""
    if dimension is None:
        return Value("")
    if dimension.key in kept:
        return F("code")
    if dimension.key == "party":
        return Coalesce(Cast(f"{other_side}_id", CharField()), Value(""))
    return Written(F("month"), Value(BESIDE[dimension.key]))


def says(
    account: Account,
    period: Period,
    measure: Measure,
    row: Dimension,
    column: Dimension | None,
    person: Person,
    client: Account | None = None,
) -> bool:
    """Whether the sums say what is asked: of whole months, of one dimension at most, for who reads all of the account,
    and with every row counted."""
    keys = [one.key for one in (row, column) if one]
    one_at_most = len([key for key in keys if key in KEPT]) <= 1 and all(key in KEPT or key in BESIDE for key in keys)
    held = reach_now(person)
    told = (measure.key in COLUMNS and one_at_most) or found_by(measure, row, column) is not None
    if not told or not held.opens(account.pk):
        return False
    if Kept.REASON in keys and not held.sees_law_enforcement_data(account.pk):
        return False
    last = period.whole.end
    if period.start.day != 1 or (period.end < last and period.end < timezone.localdate()):
        return False
    later = (period.end + datetime.timedelta(days=1), last)
    rest = Examination.objects.filter(of_account(account, client), selected__range=later)
    return are_counted(account, client, ExaminationBreakdown, *([Exists(rest)] if period.end < last else []))


def found_by(measure: Measure, row: Dimension, column: Dimension | None) -> Dimension | None:
    """Against what discrepancies are counted, where the sums by their type say it."""
    if measure.key not in FOUND or column is None or FINDING not in (row.key, column.key):
        return None
    other = column if row.key == FINDING else row
    return other if other.key in (*KEPT, *MANY) else None


def kept_pivot(
    account: Account,
    period: Period,
    measure: Measure,
    row: Dimension,
    column: Dimension | None,
    person: Person,
    client: Account | None = None,
) -> Pivot:
    """What `pivot_of` counts, where `says` holds; one statement, whatever the number of examinations.

    Raises TooLarge as `pivot_of` does.
    """
    other_side = "account" if account.kind == Account.Kind.BROKER else "filer"
    if against := found_by(measure, row, column):
        return _finds(account, period, measure, against, person, client, turned=row.key == FINDING)
    kept = next((one.key for one in (row, column) if one and one.key in KEPT), Kept.ALL.value)
    name, counts = COLUMNS[measure.key]
    rows = ExaminationBreakdown.objects.visible_to(person).filter(
        of_account(account, client), of_months(period), counts, dimension=kept
    )
    keyed = rows.order_by().annotate(r=value_of(row, KEPT, other_side), c=value_of(column, KEPT, other_side))
    found = Pivot()
    if measure.key in SHARES:
        _stays(found, keyed.values_list("r", "c", name), SHARES[measure.key])
    else:
        _amounts(found, keyed.values_list("r", "c").annotate(Sum(name)))
        found.of_all = found.of_all or (0 if measure.unit == "count" else None)
    found.show(measure, with_columns=column is not None)
    found.refuse_what_nobody_reads()
    return found


def _finds(
    account: Account,
    period: Period,
    measure: Measure,
    against: Dimension,
    person: Person,
    client: Account | None,
    *,
    turned: bool,
) -> Pivot:
    """Types of discrepancy against one dimension; two statements. turned: the types are the rows.

    What counts under several values or types counts once in each sum.
    """
    within = Q(of_account(account, client), of_months(period), dimension__in=(Kept.ALL, Kept.UNPLACED, against.key))
    of_type, of_all = FOUND[measure.key]
    cells = DiscrepancyBreakdown.objects.visible_to(person).filter(within, **{f"{of_type}__gt": 0}).order_by()
    sums = ExaminationBreakdown.objects.visible_to(person).filter(within, **{f"{of_all}__gt": 0}).order_by()
    found = Pivot(of_all=0 if measure.unit == "count" else None)
    by_value, by_type = (found.of_column, found.of_row) if turned else (found.of_row, found.of_column)
    for dimension, code, kind, value in cells.values_list("dimension", "code", "type").annotate(Sum(of_type)):
        if dimension == Kept.ALL:
            by_type[kind] = value
        elif dimension == against.key or against.key in MANY:
            at = _named(against, dimension, code)
            found.cells[(kind, at) if turned else (at, kind)] = value
    for dimension, code, value in sums.values_list("dimension", "code").annotate(Sum(of_all)):
        if dimension == Kept.ALL:
            found.of_all = value
        elif dimension == against.key or against.key in MANY:
            by_value[_named(against, dimension, code)] = value
    found.show(measure, with_columns=True)
    found.refuse_what_nobody_reads()
    return found


def _named(against: Dimension, dimension: str, code: str) -> str:
    """A value as pivots over rows write it: a supplier that the entry does not name differs from no entry at all."""
    return NOT_GIVEN if dimension == against.key == "manufacturer" and not code else code


def _amounts(found: Pivot, cells: Any) -> None:
    """What adds up: by row, by column and of all as by cell."""
    of_row: dict[str, Any] = defaultdict(int)
    of_column: dict[str, Any] = defaultdict(int)
    for row, column, value in cells:
        found.cells[row, column] = value
        of_row[row] += value
        of_column[column] += value
    found.of_row, found.of_column = dict(of_row), dict(of_column)
    found.of_all = sum(of_row.values())


def _stays(found: Pivot, rows: Any, share: float) -> None:
    """Days held are kept one by one: a median of medians would be none."""
    days: dict[tuple[str | None, str | None], list[int]] = defaultdict(list)
    for row, column, held in rows:
        for key in ((row, column), (row, None), (None, column), (None, None)):
            days[key] += held
    for (row, column), held in days.items():
        value = between(sorted(held), share) if held else None
        if row is None:
            if column is None:
                found.of_all = value
            else:
                found.of_column[column] = value
        elif column is None:
            found.of_row[row] = value
        else:
            found.cells[row, column] = value


def examinations_by(
    account: Account,
    period: Period,
    measure: Measure,
    row: Dimension,
    column: Dimension | None,
    person: Person,
    client: Account | None = None,
) -> Pivot:
    """`pivot_of`, read from the sums where they say it. Raises TooLarge as it does."""
    count_by = kept_pivot if says(account, period, measure, row, column, person, client) else pivot_of
    return count_by(account, period, measure, row, column, person, client)
