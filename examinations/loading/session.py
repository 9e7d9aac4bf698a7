"""One load at work: its staging table, its rejects, its counts. Lives inside one transaction."""

import contextlib
import datetime
import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TypeVar

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.sealing import fingerprint, seal
from examinations.loading.kinds import Kind
from examinations.loading.reading import Rejected, Table
from examinations.loading.reading.pieces import ahead
from examinations.models.entry import Source

SSN = r"^\d{3}-\d{2}-\d{4}$"
#: Fields that hold an importer number: staged as its key, with the text to show beside it.
NUMBER_FIELDS = ("importer", "identifier")
#: Bytes that are handed to the connection at once.
AT_ONCE = 2**18

One = TypeVar("One")
Taken = TypeVar("Taken")
#: Columns, and their rows in COPY's text format.
Copy = tuple[list[str], io.BytesIO]


def copy_of(frame: pl.DataFrame) -> Copy:
    """Rows as COPY takes them. Cells hold no control characters: readers refuse them; a backslash is doubled."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    marked = [name for name in texts if frame[name].str.contains("\\", literal=True).any()]
    if marked:
        frame = frame.with_columns(pl.col(marked).str.replace_all("\\", "\\\\", literal=True))
    rows = io.BytesIO()
    frame.write_csv(rows, include_header=False, separator="\t", quote_style="never", null_value="\\N")
    return frame.columns, rows


@dataclass
class Session:
    """load: id of the load's record. version_at: as of when the file speaks. Counts are of rows of the file.
    owner: the account that uploads its own file; None where CBP's is loaded."""

    kind: Kind
    table: Table
    load: uuid.UUID
    version_at: datetime.datetime
    partial: bool
    cursor: CursorWrapper
    progress: Callable[[str, int], None]
    owner: uuid.UUID | None = None
    loaded: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    #: Of the rows loaded those that stand where another stood: their table holds as many as before.
    replaced: int = 0
    touched: set[uuid.UUID] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    sealed: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    #: Names of what has rejected rows in the block read last, or in the one before it.
    spoiled: set[str] = field(default_factory=set)
    #: Whether the place of a row was counted, for want of one in the file.
    counted: bool = False
    #: Whether the file was given as one of some rows only; `partial` is also where nobody knows whose a rejected row is.
    in_parts: bool = field(init=False)
    _put_by: SimpleQueue[list[Rejected]] = field(default_factory=SimpleQueue)
    _read: int = 0
    _refreshed: set[str] = field(default_factory=set)
    _told: dict[str, object] = field(default_factory=dict)
    _answers: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.in_parts = self.partial

    @property
    def source(self) -> Source:
        """Whose rows these are."""
        return Source.OWN if self.owner else Source.CBP

    @property
    def parameters(self) -> dict[str, object]:
        """What every statement may ask for."""
        return {
            "load": self.load,
            "version_at": self.version_at,
            "partial": self.partial,
            "in_parts": self.in_parts,
            "owner": self.owner,
            "source": self.source,
        }

    def run(self, sql: str, **parameters: object) -> int:
        """Run one statement; returns how many rows it touched."""
        self.cursor.execute(sql, self.parameters | parameters)
        return int(self.cursor.rowcount)

    def rows(self, sql: str, **parameters: object) -> list[tuple[object, ...]]:
        """Run one query and return its rows; for small answers."""
        self.cursor.execute(sql, self.parameters | parameters)
        return list(self.cursor.fetchall())

    def counts(self, sql: str, **parameters: object) -> list[int]:
        """The one row of a query of whole numbers."""
        return [int(str(number)) for number in self.rows(sql, **parameters)[0]]

    def once(self, sql: str) -> object:
        """The one value of a query that has the same answer all through a load; None without a row."""
        if sql not in self._answers:
            self._answers[sql] = next((row[0] for row in self.rows(sql)), None)
        return self._answers[sql]

    # ---- staging -------------------------------------------------------------------------------------------

    def stage(self) -> None:
        """Copy the whole file into a temporary table, rejects beside it, and tell the planner its size."""
        self.make_tables()
        # Each is copied while the next is made: there is nothing else to do meanwhile.
        for copy in self.ahead(self._copies(), lambda copy: copy):
            self.copy_in("staged", copy)
        self.cursor.execute("ANALYZE staged")

    def blocks(self) -> Iterator[pl.DataFrame]:
        """The usable rows of the file, a block at a time, importer numbers as keys; rejected ones are put by."""
        before: set[str] = set()
        for block in self.table.blocks():
            self._put_by.put(block.rejected)
            names = {one.name for one in block.rejected}
            self.spoiled, before = before | names, names
            self._read += len(block.good) + len(block.rejected)
            made = [self._with_keys(block.good)] if len(block.good) else []
            del block  # not to be kept beside what is made of it
            if made:
                yield made.pop()

    def ahead(self, found: Iterator[One], take: Callable[[One], Taken]) -> Iterator[Taken]:
        """What is made of the blocks of the file, each while the database is busy with the one before.

        take: what is done with each before the next is begun.
        """
        with contextlib.closing(ahead(found, take)) as made:
            for one in made:
                yield one
                self.keep_put_by()
                self.progress("Reading", self._read)
        self.keep_put_by()
        if self.table.swallowed:
            self.partial = True
            self.said.append("A stray quote spoiled a row, and nobody knows whose it was: nothing was withdrawn.")
        if self.table.nameless:
            self.partial = True
            self.said.append("A rejected row does not tell whose it is: nothing was withdrawn.")

    def _copies(self) -> Iterator[Copy]:
        for block in self.blocks():
            yield self.copy_of(block)

    def copy_of(self, block: pl.DataFrame) -> Copy:
        """Rows of the file, clean texts, for `staged`: an empty cell of a column that is no text is nothing."""
        typed = [pl.col(name) for name in block.columns if name in self.kind.types]
        return copy_of(block.with_columns(pl.when(column != "").then(column).name.keep() for column in typed))

    def copy_in(self, table: str, copy: Copy) -> None:
        """COPY into a temporary table."""
        columns, text = copy
        text.seek(0)
        self.cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text, AT_ONCE)

    def keep_put_by(self) -> None:
        """Keep the rejected rows of the blocks read so far."""
        while not self._put_by.empty():
            self.keep_rejects(self._put_by.get())

    def start_again(self) -> None:
        """Forget what came of the file so far; what was written is rolled back."""
        self.table.start_again()
        self.loaded = self.unchanged = self.withdrawn = self.replaced = self._read = 0
        self._put_by = SimpleQueue()
        self._refreshed.clear()
        self._told.clear()
        self.spoiled.clear()
        self.said.clear()
        self.touched.clear()

    def make_tables(self) -> None:
        """Tables `staged` and `rejected`, empty."""
        columns = [f"{name} {self._type(name)}" for name in self._fields()]
        self.cursor.execute(f"CREATE TEMPORARY TABLE staged ({', '.join(columns)}) ON COMMIT DROP")
        self.cursor.execute(
            """CREATE TEMPORARY TABLE rejected (row int, col text, reason text, cells jsonb, key text, part text NOT NULL DEFAULT '',
                 lost boolean NOT NULL DEFAULT false, place int) ON COMMIT DROP"""
        )

    def _fields(self) -> list[str]:
        names = ["row", *(column.field for column in self.kind.columns)]
        if self.kind.naming.made:
            names.append("name")
        return names + [f"{name}_shown" for name in NUMBER_FIELDS if name in names]

    def _type(self, name: str) -> str:
        if name == "row":
            return "int NOT NULL"
        return self.kind.types.get(name) or "text NOT NULL DEFAULT ''"

    def _with_keys(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Importer numbers as the keys under which they are found; Social Security numbers sealed, masked, hashed."""
        for name in NUMBER_FIELDS:
            if name not in frame.columns:
                continue
            shown = frame[name]
            secret = shown.filter(shown.str.contains(SSN)).unique().to_list()
            keys = {number: fingerprint(number) for number in secret}
            masks = {number: f"***-**-{number[-4:]}" for number in secret}
            for number in secret:
                self.sealed.setdefault(keys[number], (masks[number], seal(number)))
            plain = shown.str.replace_all("-", "", literal=True)
            if secret:
                plain = (
                    shown.replace(keys)
                    .to_frame()
                    .select(pl.when(shown.is_in(secret)).then(pl.col(name)).otherwise(plain))
                    .to_series()
                )
                shown = shown.replace(masks)
            frame = frame.with_columns(plain.alias(name), shown.alias(f"{name}_shown"))
        return frame

    def tell_planner(self, columns: str, like: object) -> None:
        """ANALYZE columns of a temporary table that is filled block by block, where they are not as the planner was told last.

        columns: `table (columns)`. like: what distinguishes this block from others for the planner.
        """
        if self._told.get(columns) != like:
            self.run(f"ANALYZE {columns}")
            self._told[columns] = like

    def refresh_statistics(self, *tables: str) -> None:
        """Tell the planner where a load added or took away a tenth of a table: until then it may think it empty.

        tables: those that are filled; without them all that the kind of file fills and that were not refreshed before.
        Of the columns that have an index; autovacuum looks at all of them within minutes.
        """
        tables = tables or tuple(one for one in self.kind.fills if one not in self._refreshed)
        self._refreshed.update(tables)
        changed = self.loaded - self.replaced + self.withdrawn
        sizes = self.rows(
            """SELECT relname, reltuples, (
                 SELECT string_agg(DISTINCT quote_ident(attname), ', ') FROM pg_index i
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid)
               FROM pg_class c WHERE relname = ANY (%(fills)s)""",
            fills=list(tables),
        )
        for table, rows, indexed in sizes:
            if changed and changed >= float(str(rows)) / 10:
                self.run(f"ANALYZE {table} ({indexed})")

    # ---- rejects -------------------------------------------------------------------------------------------

    def keep_rejects(self, rejected: list[Rejected]) -> None:
        """Keep rows that cannot be used, whole."""
        if not rejected:
            return
        rows = pl.DataFrame(
            {
                "row": [one.row for one in rejected],
                "col": [one.column for one in rejected],
                "reason": [one.reason for one in rejected],
                "cells": [json.dumps([cell.replace("\0", "") for cell in one.cells]) for one in rejected],
                "key": [one.name for one in rejected],
                "part": [one.part for one in rejected],
                "lost": [one.lost for one in rejected],
            }
        )
        text = rows.write_csv(include_header=False)
        self.cursor.copy_expert(
            f"COPY rejected ({', '.join(rows.columns)}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (col, reason, key, part))",
            io.StringIO(text),
        )

    def reject(self, column: str, reason: str, rows: str, **parameters: object) -> int:
        """Take staged rows out, with a reason. `rows`: a query of (row, what to fill into the reason) or (row)."""
        return self.run(
            f"""
            WITH bad AS MATERIALIZED ({rows}),
                 gone AS (DELETE FROM staged s USING bad WHERE s.row = bad.row RETURNING s.row, {self.kind.named} AS key)
            INSERT INTO rejected (row, col, reason, key)
            SELECT DISTINCT ON (gone.row) gone.row, %(column)s, format(%(reason)s, bad.said), gone.key::text
            FROM gone JOIN bad ON bad.row = gone.row
            """,
            column=column,
            reason=reason,
            **parameters,
        )

    def say_spoiled(self, one: str, many: str, stored: str) -> None:
        """Say of how many nothing was withdrawn because of rejected rows. one, many: what they are; stored: SQL, a table of those
        that were stored before, with `spoiled`."""
        (spoiled,) = self.counts(f"SELECT count(*) FROM {stored} WHERE spoiled")
        if spoiled:
            of_what = f"1 stored {one} has" if spoiled == 1 else f"{spoiled:,} stored {many} have"
            them = "it" if spoiled == 1 else "them"
            self.said.append(f"{of_what} rejected rows: nothing of {them} was withdrawn.")

    def complete_rejects(self) -> int:
        """Give the rejects found by statements their whole rows. Returns how many rejects there are in all."""
        missing = {int(str(row)) for (row,) in self.rows("SELECT row FROM rejected WHERE cells IS NULL")}
        if missing:
            self.cursor.execute("CREATE TEMPORARY TABLE whole (row int, cells jsonb) ON COMMIT DROP")
            batch: list[tuple[int, str]] = []
            for number, cells in self.table.records_at(missing):
                batch.append((number, json.dumps(cells)))
                if len(batch) >= 5000:
                    self._copy_whole(batch)
            self._copy_whole(batch)
            self.cursor.execute("UPDATE rejected r SET cells = w.cells FROM whole w WHERE w.row = r.row")
        return self.counts("SELECT count(*) FROM rejected")[0]

    def _copy_whole(self, batch: list[tuple[int, str]]) -> None:
        frame = pl.DataFrame(batch, schema={"row": pl.Int32, "cells": pl.String}, orient="row")
        self.cursor.copy_expert(
            "COPY whole FROM STDIN WITH (FORMAT csv)", io.StringIO(frame.write_csv(include_header=False))
        )
        batch.clear()


def open_session(
    kind: Kind,
    table: Table,
    load: uuid.UUID,
    version_at: datetime.datetime,
    *,
    partial: bool,
    progress: Callable[[str, int], None],
    owner: uuid.UUID | None = None,
) -> Session:
    """A session on the open transaction's connection."""
    return Session(kind, table, load, version_at, partial, connection.cursor(), progress, owner)
