"""The pivot over examinations from the sums by one dimension and month, where these say all that is asked."""

import datetime
from collections.abc import Iterable

from django.db.models import Exists, Q, Sum
from django.utils import timezone

from accounts.access import reach_now
from examinations.breakdowns.uncounted import are_counted
from examinations.exploring.dimensions import Dimension
from examinations.exploring.from_sums import BESIDE, Adding, Summed, adding, named, table_from_sums
from examinations.exploring.pivot import Pivot, Value, pivot_of
from examinations.exploring.question import Question
from examinations.figures import of_account
from examinations.figures.table import between
from examinations.models import Dimension as Kept
from examinations.models import DiscrepancyBreakdown, Examination, ExaminationBreakdown

#: Of these every examination has exactly one value, so that values add up to all.
KEPT = ("port", "type", "reason")
#: Of these an examination may have several values, or none where its entry or line is not loaded.
MANY = ("chapter", "heading", "origin", "manufacturer")
FINDING = "finding"
#: The columns of a measure by types of discrepancy, and by examinations.
FOUND = {"wrong": ("found", "wrong"), "owed": ("owed_in_all", "owed"), "overpaid": ("overpaid_in_all", "overpaid")}
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


def says(asked: Question) -> bool:
    """Whether the sums say what is asked: of whole months, of one dimension at most, for who reads all of the account,
    and with every row counted."""
    account, period = asked.account, asked.period
    keys = [one.key for one in asked.dimensions]
    one_at_most = len([key for key in keys if key in KEPT]) <= 1 and all(key in KEPT or key in BESIDE for key in keys)
    held = reach_now(asked.person)
    told = (asked.measure.key in COLUMNS and one_at_most) or found_by(asked) is not None
    if not told or not held.opens(account.pk):
        return False
    if Kept.REASON in keys and not held.sees_law_enforcement_data(account.pk):
        return False
    last = period.whole.end
    if period.start.day != 1 or (period.end < last and period.end < timezone.localdate()):
        return False
    later = (period.end + datetime.timedelta(days=1), last)
    rest = Examination.objects.filter(of_account(account, asked.client), selected__range=later)
    return are_counted(account, asked.client, ExaminationBreakdown, *([Exists(rest)] if period.end < last else []))


def found_by(asked: Question) -> Dimension | None:
    """Against what discrepancies are counted, where the sums by their type say it."""
    row, column = asked.row, asked.column
    if asked.measure.key not in FOUND or column is None or FINDING not in (row.key, column.key):
        return None
    other = column if row.key == FINDING else row
    return other if other.key in (*KEPT, *MANY) else None


def kept_pivot(asked: Question) -> Pivot:
    """What `pivot_of` counts, where `says` holds, whatever the number of examinations: one statement, or two where types
    of discrepancy are told apart.

    Raises TooLarge as `pivot_of` does.
    """
    if against := found_by(asked):
        return _finds(asked, against, turned=asked.row.key == FINDING)
    key = asked.measure.key
    name, counts = COLUMNS[key]
    sums = ExaminationBreakdown.objects.visible_to(asked.person).filter(asked.within, counts).order_by()
    nothing = 0 if asked.measure.unit == "count" else None
    how = _stays(name, SHARES[key]) if key in SHARES else adding(name, shown=lambda summed: summed[0] or nothing)
    return table_from_sums(asked, sums, KEPT, how, adds_up=True)


def _finds(asked: Question, against: Dimension, *, turned: bool) -> Pivot:
    """Types of discrepancy against one dimension; two statements. turned: the types are the rows.

    What counts under several values or types counts once in each sum.
    """
    within = asked.within & Q(dimension__in=(Kept.ALL, Kept.UNPLACED, against.key))
    of_type, of_all = FOUND[asked.measure.key]
    cells = DiscrepancyBreakdown.objects.visible_to(asked.person).filter(within, **{f"{of_type}__gt": 0}).order_by()
    sums = ExaminationBreakdown.objects.visible_to(asked.person).filter(within, **{f"{of_all}__gt": 0}).order_by()
    found = Pivot(of_all=0 if asked.measure.unit == "count" else None)
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
    found.show(asked.measure, with_columns=True)
    found.refuse_what_nobody_reads()
    return found


def _named(against: Dimension, dimension: str, code: str) -> str:
    """A value as pivots over rows write it: a supplier that the entry does not name differs from no entry at all."""
    return named(against, code) if dimension == against.key else code


def _stays(days: str, share: float) -> Adding:
    """Days held are kept one by one, in lists: a median of medians would be none. share: of all so many are held no longer."""

    def together(lists: Iterable[Summed]) -> Summed:
        return ([day for (held,) in lists for day in held],)

    def shown(summed: Summed) -> Value:
        return between(sorted(summed[0]), share) if summed[0] else None

    return Adding(lambda rows: rows.values_list("r", "c", days), together, shown)


def examinations_by(asked: Question) -> Pivot:
    """`pivot_of`, read from the sums where they say it. Raises TooLarge as it does."""
    return kept_pivot(asked) if says(asked) else pivot_of(asked)
