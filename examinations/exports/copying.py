"""A list straight from the database into a file: COPY under the person's row security, the formula guard in SQL.

PostgreSQL refuses COPY of a table under row security, but not of a query: the policies hold inside it.
"""

import csv
import datetime
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import IO, Any

from django.db import connection
from django.db.models import Expression, F, Func, QuerySet, TextField

from look.downloads import FORMULA, MARK, Cell, Facts, Sheet, Told, nobody

CODES = ", ".join(str(ord(character)) for character in FORMULA)
REPORT = 25_000


class Guarded(Func):
    """As look.downloads.guarded: a quote before text that a spreadsheet would run."""

    # Letters, digits and nothing come by far most often. They are asked first, and as bytes: to compare the beginning of
    # two texts costs a third of what their first character's number does, eight times a row.
    template = (
        "CASE WHEN %(expressions)s >= 'A' COLLATE \"C\" AND %(expressions)s < '{' COLLATE \"C\" "
        "OR %(expressions)s >= '.' COLLATE \"C\" AND %(expressions)s < '=' COLLATE \"C\" OR %(expressions)s = '' "
        f"THEN %(expressions)s WHEN ascii(%(expressions)s) IN ({CODES}) "
        "THEN '''' || %(expressions)s ELSE %(expressions)s END"
    )
    output_field = TextField()

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, list[Any]]:
        sql, values = super().as_sql(*args, **kwargs)
        return sql, [*values] * self.template.count("%(expressions)s")


class Holds(Enum):
    """What a column holds. CODE is text that a constraint of the table keeps from ever being a formula."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """value: the name of a field or an expression."""

    head: str
    value: str | Expression
    holds: Holds = Holds.CODE

    def expression(self, *, guard: bool) -> Expression:
        plain = F(self.value) if isinstance(self.value, str) else self.value
        return Guarded(plain) if guard and self.holds is Holds.TEXT else plain


class Counting:
    """A file that counts what is written to it: COPY writes one row at a time."""

    def __init__(self, file: IO[bytes], told: Told) -> None:
        self.into, self.told, self.rows = file.write, told, 0

    def write(self, row: bytes) -> int:
        self.rows += 1
        if not self.rows % REPORT:
            self.told(self.rows)
        return self.into(row)


@dataclass(frozen=True)
class CopiedSheet(Sheet):
    """A list whose rows PostgreSQL writes. query: the rows in their order; columns: what stands in each."""

    query: QuerySet | None = None
    columns: Sequence[Column] = ()

    @classmethod
    def of(cls, name: str, columns: Sequence[Column], query: QuerySet, about: Facts) -> "CopiedSheet":
        return cls(name, [column.head for column in columns], (), about, query, columns)

    def write_csv(self, file: IO[bytes], told: Told = nobody) -> int:
        head = io.StringIO()
        csv.writer(head).writerow(self.heads)
        file.write(MARK + head.getvalue().encode())
        return self.copy(file, told, guard=True)

    def write_xlsx(self, file: IO[bytes], told: Told = nobody) -> int:
        with tempfile.TemporaryFile() as plain:
            self.copy(plain, guard=False)
            plain.seek(0)
            rows = Sheet(self.name, self.heads, self._read(plain), self.about)
            return rows.write_xlsx(file, told)

    def copy(self, file: IO[bytes], told: Told = nobody, *, guard: bool) -> int:
        """Write the rows; returns how many."""
        assert self.query is not None
        named = {f"column_{place}": column.expression(guard=guard) for place, column in enumerate(self.columns)}
        sql, values = self.query.values_list(*named.values()).query.sql_with_params()
        with connection.cursor() as cursor:
            select = cursor.mogrify(sql, values).decode()
            cursor.copy_expert(f"COPY ({select}) TO STDOUT WITH (FORMAT csv)", Counting(file, told))
            return int(cursor.rowcount)

    def _read(self, file: IO[bytes]) -> Iterator[list[Cell]]:
        readers = [READERS.get(column.holds, str) for column in self.columns]
        for row in csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline="")):
            yield [read(cell) if cell else None for read, cell in zip(readers, row, strict=True)]


READERS = {Holds.NUMBER: float, Holds.DAY: datetime.date.fromisoformat}
