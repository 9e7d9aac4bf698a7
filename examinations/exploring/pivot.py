"""One statement for a whole pivot: its cells, and its sums by row, by column and of all.

An examination with several values of a dimension counts once under each, and once in every sum.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from examinations.breakdowns.counting import LONG_STAY
from examinations.exploring.dimensions import JOINS
from examinations.exploring.measures import Measure
from examinations.exploring.question import Question
from examinations.figures import Rate
from examinations.listing import visible_examinations
from examinations.models import Cost
from examinations.models.examination import TOLD
from examinations.working_days import holidays_until, working_days_sql

#: What stands in a cell: a count, days, dollars, or a rate with what it is counted on.
Value = int | float | Decimal | Rate | None
#: A table of more would be no table: who asks is told so, and narrows.
MOST_ROWS, MOST_COLUMNS = 300, 40

#: An examination under each of its values, once; all that is counted of it beside, so that nothing is joined again.
PIVOT = """
WITH chosen (id, type, selected, released, closed, disposition, port, entry_id, line, account_id, filer_id)
  AS MATERIALIZED ({chosen}),
told AS MATERIALIZED (
  SELECT x.*, x.type <> 'ESR' AS cargo,
    x.closed IS NOT NULL AND x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AS wrong,
    CASE WHEN x.released IS NOT NULL THEN greatest(x.released - x.selected, 0) END AS days,
    {long_stay} AS long_stay, {owed} AS owed, {overpaid} AS overpaid, spent.amount AS cost
  FROM chosen x LEFT JOIN unnest(%s::bigint[], %s::numeric[]) AS spent (id, amount) ON spent.id = x.id),
cell AS MATERIALIZED (
  SELECT DISTINCT x.id, coalesce({row}, '') AS r, coalesce({column}, '') AS c,
    cargo, wrong, days, long_stay, owed, overpaid, cost
  FROM told x {joins})
"""
OF_CELL = "id, cargo, wrong, days, long_stay, owed, overpaid, cost"
#: The sums, which say how large the table would be, and no more cells than any table has.
TABLE = f"""{PIVOT}
SELECT 2, r, '', {{measure}} FROM (SELECT DISTINCT r, {OF_CELL} FROM cell) s GROUP BY r
UNION ALL SELECT 3, '', c, {{measure}} FROM (SELECT DISTINCT c, {OF_CELL} FROM cell) s GROUP BY c
UNION ALL SELECT 4, '', '', {{measure}} FROM (SELECT DISTINCT {OF_CELL} FROM cell) s
UNION ALL (SELECT 1, r, c, {{measure}} FROM cell WHERE %s GROUP BY r, c LIMIT {MOST_ROWS * MOST_COLUMNS + 1})
"""
#: Where rows and columns that count nothing are too many to be read with the others.
CELLS = f"""{PIVOT}
SELECT 1, r, c, {{measure}} FROM cell WHERE r = ANY (%s) AND c = ANY (%s) GROUP BY r, c
"""
OF_EXAMINATION = ("id", "type", "selected", "released", "closed", "disposition", "port", "entry_id", "line")
OF_EXAMINATION += ("account_id", "filer_id")
LONG = f"(x.released IS NOT NULL AND {working_days_sql('x.selected', 'x.released')} > {LONG_STAY})".replace(
    "%(holidays)s", "%s"
)
#: Asked of each examination where the measure is about them alone.
MONEY = {
    name: f"""(SELECT {total} FROM examinations_discrepancy d
     WHERE d.examination_id = x.id AND x.closed IS NOT NULL)"""
    for name, total in (
        ("owed", "sum(greatest(revenue_difference, 0))"),
        ("overpaid", "-sum(least(revenue_difference, 0))"),
    )
}


class TooLarge(ValueError):
    """The table would have more rows or columns than anybody reads: how many, where that is known."""

    def __init__(self, rows: int = 0, columns: int = 0) -> None:
        super().__init__(rows, columns)
        self.rows, self.columns = rows, columns


@dataclass
class Pivot:
    """Values by (row, column), by row, by column, and of all. A cell that nothing falls into is absent."""

    rows: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    cells: dict[tuple[str, str], Value] = field(default_factory=dict)
    of_row: dict[str, Value] = field(default_factory=dict)
    of_column: dict[str, Value] = field(default_factory=dict)
    of_all: Value = None

    def refuse_what_nobody_reads(self) -> None:
        """Raises TooLarge above MOST_ROWS rows or MOST_COLUMNS columns."""
        if len(self.rows) > MOST_ROWS or len(self.columns) > MOST_COLUMNS:
            raise TooLarge(len(self.rows), len(self.columns))

    def show(self, measure: Measure, *, with_columns: bool) -> None:
        """Name the rows and columns that have something to show."""
        # A count or a sum of nothing says nothing; a median of nothing may be news: nobody was released there.
        shown = (lambda value: True) if measure.unit == "days" else bool
        self.rows = sorted(code for code, value in self.of_row.items() if shown(value))
        self.columns = sorted(code for code, value in self.of_column.items() if shown(value)) if with_columns else []

    def keep(self, kind: int, row: str, column: str, value: Value) -> None:
        """One line of the statement: of a cell, of a row, of a column, or of all."""
        if kind == 1:
            self.cells[row, column] = value
        elif kind == 2:
            self.of_row[row] = value
        elif kind == 3:
            self.of_column[column] = value
        else:
            self.of_all = value


def pivot_of(asked: Question) -> Pivot:
    """Count what this person may see of an account's examinations selected on the days of the period.

    A review of papers enters once it is closed. Raises TooLarge above MOST_ROWS rows or MOST_COLUMNS columns.
    """
    measure, row, column = asked.measure, asked.row, asked.column
    days = (asked.period.start, asked.period.end)
    visible = visible_examinations(asked.account, asked.person, asked.client)
    chosen = visible.filter(TOLD, measure.among, selected__range=days).order_by()
    tables = [JOINS[table] for table in dict.fromkeys((row.table, column.table if column else "")) if table]
    other_side = f"{asked.other_side}_id"
    sql, parameters = chosen.values_list(*OF_EXAMINATION).query.sql_with_params()
    parts = {
        "chosen": sql,
        "row": row.sql.format(other_side=other_side),
        "column": column.sql.format(other_side=other_side) if column else "''",
        "joins": " ".join(tables),
        "measure": measure.sql,
        **{name: money if name == measure.key else "NULL::numeric" for name, money in MONEY.items()},
        "long_stay": LONG if measure.key == "long" else "false",
    }
    spent = Cost.objects.visible_to(asked.person).by_examination(chosen.values("pk")) if measure.of_cost else {}
    given: list[Any] = [*parameters]
    if measure.key == "long":
        given += [holidays_until(timezone.localdate())] * LONG.count("%s")
    given += [list(spent), list(spent.values())]
    found = Pivot()
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format(**parts), [*given, column is not None])
        for kind, at_row, at_column, value in cursor.fetchall():
            found.keep(kind, at_row, at_column, value)
        found.show(measure, with_columns=column is not None)
        found.refuse_what_nobody_reads()
        if len(found.cells) > MOST_ROWS * MOST_COLUMNS:
            cursor.execute(CELLS.format(**parts), [*given, found.rows, found.columns])
            found.cells = {(at_row, at_column): value for _, at_row, at_column, value in cursor.fetchall()}
    return found
