"""The rows of a file that could not be used: kept whole, of Social Security numbers the last four, and given back."""

import csv
import re
import tempfile
from collections.abc import Iterator
from typing import TextIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import Q

from examinations.loading.reading import Table
from examinations.loading.session import NUMBER_FIELDS, Session
from examinations.models import Load, Reject
from look import downloads

#: So many rows are written out while a page is asked for; more of them by a worker.
AT_ONCE = 10_000
BATCH = 2_000
#: An amount with a sign is no formula, and a loader must be able to read it again.
AMOUNT = re.compile(r"[+-]\$?\d[\d,]*(\.\d+)?")
MASKED = r"regexp_replace({}, '(^|\D)\d{{3}}-\d{{2}}-(\d{{4}})(?!\d)', '\1***-**-\2', 'g')"


def keep(session: Session, table: Table) -> None:
    """Store the rejects of a load. Wherever in a cell a Social Security number stands, its last four remain; and
    of nine digits in the column of importer numbers too, since they may be one."""
    cells = MASKED.format("coalesce(cells, '[]')::text") + "::jsonb"
    for name in NUMBER_FIELDS:
        place = table.places.get(name)
        if place is not None:
            cell = f"btrim(({cells}) ->> {place})"
            cells = f"""CASE WHEN {cell} ~ '^\\d{{9}}$'
                        THEN jsonb_set({cells}, '{{{place}}}', to_jsonb('*****' || right({cell}, 4))) ELSE {cells} END"""
    cells = _with_places(session, table, cells)
    session.run(
        f"""INSERT INTO examinations_reject (load_id, row, "column", reason, cells)
            SELECT %(load)s, row, col, {MASKED.format("reason")}, {cells} FROM rejected"""
    )


def _with_places(session: Session, table: Table, cells: str) -> str:
    """SQL: the cells with the counted place of a row in the column for it, behind the others where the file has none: the row is
    known by it when it comes again alone."""
    field = session.kind.naming.place
    if not field or not session.rows("SELECT 1 FROM rejected WHERE place IS NOT NULL LIMIT 1"):
        return cells
    width, at = len(table.header), table.places.get(field)
    straight = f"""place IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements_text(cells) WITH ORDINALITY c (cell, nth) WHERE nth > {width} AND btrim(cell) <> '')"""
    if at is not None:
        blank = f"btrim(cells ->> {at}) = ''"
        return f"CASE WHEN {straight} AND {blank} THEN jsonb_set({cells}, '{{{at}}}', to_jsonb(place::text)) ELSE {cells} END"
    table.header = [*table.header, next(one.header for one in table.columns if one.field == field)]
    return f"""CASE WHEN {straight} THEN (
                 SELECT jsonb_agg(coalesce(({cells}) -> nth, '""') ORDER BY nth) FROM generate_series(0, {width - 1}) nth
               ) || to_jsonb(place::text) ELSE {cells} END"""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; an amount with a sign stays as it is."""
    return cell if AMOUNT.fullmatch(cell) else downloads.guarded(cell)


def _in_order(load: Load) -> Iterator[Reject]:
    """All rejects by row, a batch in memory at a time: cursors of the server do not pass a pooler."""
    row = pk = 0
    while batch := list(
        load.rejects.filter(row__gte=row).filter(Q(row__gt=row) | Q(pk__gt=pk)).order_by("row", "pk")[:BATCH]
    ):
        yield from batch
        row, pk = batch[-1].row, batch[-1].pk


def write(load: Load, header: list[str], file: TextIO) -> None:
    """Write the rejected rows whole, behind Row, Column and Reason, as a file to mend and load again."""
    writer = csv.writer(file)
    writer.writerow(["Row", "Column", "Reason", *map(guarded, header)])
    for reject in _in_order(load):
        writer.writerow([reject.row, guarded(reject.column), guarded(reject.reason), *map(guarded, reject.cells)])


def stored_name(load: Load) -> str:
    """Where the rejects of a load with many of them are stored."""
    return f"rejects/{load.pk}.csv"


def store(load: Load) -> None:
    """Write out the rejects of a load for its page to hand over, once: each who asks meanwhile hands out this task again, and
    a file that is replaced is gone for a moment. Of a load that has ended they change no more."""
    if default_storage.exists(stored_name(load)):
        return
    with tempfile.NamedTemporaryFile("w+", newline="", encoding="utf-8", prefix="rejects-") as file:
        write(load, load.header, file)
        file.flush()
        with open(file.name, "rb") as whole:
            if not default_storage.exists(stored_name(load)):
                default_storage.save(stored_name(load), File(whole))
