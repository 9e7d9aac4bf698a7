"""A pivot from the sums by one dimension and month: of examinations, of entries, and of shares of either."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, QuerySet, Sum
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Coalesce

from examinations.exploring.dimensions import Dimension
from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, Pivot, TooLarge, Value
from examinations.exploring.question import Question
from examinations.filters import NOT_GIVEN
from examinations.models import Dimension as Kept

#: What each row of the sums has beside its dimension.
BESIDE = {"month": "YYYY-MM", "quarter": 'YYYY-"Q"Q', "year": "YYYY", "party": ""}
#: No table has more cells.
MOST = MOST_ROWS * MOST_COLUMNS
#: What is summed up of a cell: sums, or days one by one.
Summed = tuple[Any, ...]


class Written(Func):
    """A day written by a form of PostgreSQL."""

    function = "to_char"
    output_field = CharField()


@dataclass(frozen=True)
class Adding:
    """How rows of the sums become the values of a table.

    read: rows with `r` and `c` as tuples of both and what is summed up of them. together: of many such one. shown: its
    value in the table.
    """

    read: Callable[[QuerySet[Any]], QuerySet[Any]]
    together: Callable[[Iterable[Summed]], Summed]
    shown: Callable[[Any], Value]


def adding(*columns: str, shown: Callable[[Any], Value], above_nothing: str = "") -> Adding:
    """Sums of columns. above_nothing: the column without which a cell says nothing and is left out."""

    def read(rows: QuerySet[Any]) -> QuerySet[Any]:
        summed = rows.values_list("r", "c").annotate(**{f"sum_{name}": Sum(name) for name in columns})
        return summed.filter(**{f"sum_{above_nothing}__gt": 0}) if above_nothing else summed

    def together(sums: Iterable[Summed]) -> Summed:
        each = list(sums)
        return tuple(sum(one[at] for one in each) for at in range(len(columns)))

    return Adding(read, together, shown)


def table_from_sums(
    asked: Question, sums: QuerySet[Any], kept: tuple[str, ...], how: Adding, *, adds_up: bool = False
) -> Pivot:
    """Sum up what was asked; one statement, or two where what counts under several values of a row counts once in the sum
    of a column and once in all.

    sums: what this person may see of them, in no order. kept: the dimensions that they are kept by, of which the question
    has one at most. adds_up: whether each of what is counted has exactly one value of them, so that values add up to all.
    Raises TooLarge as `pivot_of` does, and above MOST cells where nothing adds up.
    """
    row, column = asked.row, asked.column
    key = next((one.key for one in asked.dimensions if one.key in kept), Kept.ALL.value)

    def cells_of(dimension: str, row: Dimension | None, column: Dimension | None) -> dict[tuple[str, str], Summed]:
        rows = sums.filter(dimension=dimension).annotate(
            r=_value_of(row, kept, asked.other_side), c=_value_of(column, kept, asked.other_side)
        )
        read = list(how.read(rows) if adds_up else how.read(rows)[: MOST + 1])
        if not adds_up and len(read) > MOST:
            raise TooLarge
        found = defaultdict(list)
        for at_row, at_column, *summed in read:
            found[named(row, at_row), named(column, at_column)].append(tuple(summed))
        return {at: how.together(each) for at, each in found.items()}

    cells = whole = cells_of(key, row, column)
    if key != Kept.ALL and not adds_up:
        beside = [None if one is None or one.key == key else one for one in (row, column)]
        whole = cells_of(Kept.ALL.value, *beside)
    table = Pivot(
        cells={at: how.shown(one) for at, one in cells.items()},
        of_row=_along(0, cells if row.key == key else whole, how),
        of_column=_along(1, cells if column and column.key == key else whole, how),
        of_all=how.shown(how.together(whole.values())),
    )
    table.show(asked.measure, with_columns=column is not None)
    table.refuse_what_nobody_reads()
    return table


def named(dimension: Dimension | None, code: str) -> str:
    """A value as addresses write it."""
    return NOT_GIVEN if dimension and dimension.key == "manufacturer" and not code else code


def _value_of(dimension: Dimension | None, kept: tuple[str, ...], other_side: str) -> Any:
    """The value of a dimension in a row of the sums."""
    if dimension is None:
        return Constant("")
    if dimension.key in kept:
        return F("code")
    if dimension.key == "party":
        return Coalesce(Cast(f"{other_side}_id", CharField()), Constant(""))
    return Written(F("month"), Constant(BESIDE[dimension.key]))


def _along(side: int, cells: Mapping[tuple[str, str], Summed], how: Adding) -> dict[str, Value]:
    """The values of rows (0) or of columns (1)."""
    found = defaultdict(list)
    for at, summed in cells.items():
        found[at[side]].append(summed)
    return {code: how.shown(how.together(each)) for code, each in found.items()}
