"""Closed examinations with what they found, read for all accounts or some: two statements by COPY, then columns.

An examination of a line has that line's heading, origin and maker; one of a whole entry has those in which all its lines
agree. Only what CBP loaded enters, only closed examinations, and none whose reason of selection is unknown.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from django.db import connection

from accounts.models import Account
from compliance.measurement.own_rates.reading import copied
from compliance.trends.days import Days, date
from compliance.trends.examined import NOWHERE, Examined, Ints
from compliance.trends.fit import Fit
from examinations.models.examination import DiscrepancyType

KINDS: tuple[str, ...] = tuple(DiscrepancyType.values)

#: One statement without parts that would stand in the way of several processes of PostgreSQL; a whole entry has what all
#: its lines agree in.
ROWS = """
SELECT x.id, x.account_id, x.filer_id, x.port,
  CASE WHEN min(left(l.hts, 4)) = max(left(l.hts, 4)) THEN min(left(l.hts, 4)) END,
  CASE WHEN min(l.origin) = max(l.origin) THEN min(l.origin) END,
  CASE WHEN min(l.manufacturer_id) = max(l.manufacturer_id) THEN min(l.manufacturer_id) END,
  x.type, CASE WHEN s.reason = 'FOLLOWUP' AND d.examination_id IS NOT NULL THEN 'RANDOM' ELSE s.reason END,
  (s.reason = 'FOLLOWUP' AND d.examination_id IS NOT NULL)::int, x.selected - '1970-01-01',
  (x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING'))::int
FROM examinations_examination x JOIN examinations_selection s ON s.examination_id = x.id
LEFT JOIN examinations_draw d ON d.examination_id = x.id
LEFT JOIN examinations_entryline l ON l.entry_id = x.entry_id AND l.stands_for_line
  AND (x.line IS NULL OR l.line = x.line)
WHERE x.closed <= '{as_of}' AND x.selected > '{first}' AND x.selected <= '{last}' AND s.reason <> 'UNKNOWN' {some}
GROUP BY x.id, s.examination_id, d.examination_id
"""
ROW_COLUMNS: dict[str, type[pl.DataType]] = {
    "id": pl.Int64,
    **dict.fromkeys(("account", "filer", "port", "heading", "origin", "manufacturer", "type", "reason"), pl.String),
    "asked": pl.Int64,
    "day": pl.Int64,
    "hit": pl.Int64,
}
FINDS = """
SELECT examination_id, type, sum(greatest(revenue_difference, 0))::float8
FROM examinations_discrepancy WHERE disposition NOT IN ('NO_DISCREPANCY', 'PENDING') {of_some} GROUP BY 1, 2
"""
FIND_COLUMNS: dict[str, type[pl.DataType]] = {"id": pl.Int64, "kind": pl.String, "owed": pl.Float64}


def read(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Examinations and finds of these accounts (all: None), of whichever side."""
    days = Days(as_of)
    ids = ",".join(f"'{uuid.UUID(str(pk))}'" for pk in accounts or ())
    these = f"ANY (ARRAY[{ids}]::uuid[])"
    some = "" if accounts is None else f"AND (x.account_id = {these} OR x.filer_id = {these})"
    of_some = some and f"AND examination_id IN (SELECT x.id FROM examinations_examination x WHERE true {some})"
    given = {"as_of": as_of.isoformat(), "first": date(days.first).isoformat(), "last": date(days.last).isoformat()}
    with connection.cursor() as cursor:
        # Of all accounts each part is joined whole; without fresh statistics each row would be held against each other.
        cursor.execute(f"SET LOCAL enable_nestloop = {'off' if accounts is None else 'on'}")
        cursor.execute("SET LOCAL work_mem = '64MB'")
    rows = copied(ROWS.format(some=some, **given), ROW_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")
    return rows, copied(FINDS.format(of_some=of_some), FIND_COLUMNS)


@dataclass(frozen=True)
class Read:
    """One side's examinations as columns, with their ids, and what their places mean."""

    rows: Examined
    ids: Ints
    units: list[str]
    codes: tuple[list[str], ...]
    strata: list[str]

    def place(self, dimension: int, code: str) -> int:
        """The place of a value; a place that no examination has where there is none such."""
        return self._places[dimension].get(code, len(self.codes[dimension]) + 1)

    @cached_property
    def _places(self) -> tuple[dict[str, int], ...]:
        return tuple({code: at for at, code in enumerate(codes)} for codes in self.codes)


def columns_of(
    table: pl.DataFrame, finds: pl.DataFrame, side: str, units: Sequence[str], known: Fit | None = None
) -> Read:
    """The examinations of one side's accounts as columns.

    units: ids of the accounts that are looked at. known: a fit whose codes keep their places.
    """
    own, other = ("account", "filer") if side == Account.Kind.IMPORTER else ("filer", "account")
    whose = pl.DataFrame({own: list(units), "unit": np.arange(len(units))}, schema={own: pl.String, "unit": pl.Int64})
    table = table.join(whose, on=own, how="inner").with_columns(stratum=pl.col("reason") + " " + pl.col("type"))
    table = table.sort("unit", "day", "id").with_row_index("row")
    headings, heading = _codes(table["heading"], known.headings if known else [])
    ports, port = _codes(table["port"], known.ports if known else [])
    rest = [_codes(table[name], []) for name in ("origin", "manufacturer", other)]
    strata, stratum = _codes(table["stratum"], known.strata if known else [])
    kinds = pl.DataFrame({"kind": list(KINDS), "number": np.arange(1, len(KINDS) + 1)})
    hits = table.filter(pl.col("hit") == 1).select("id", "row")
    found = finds.join(hits, on="id", how="inner").join(kinds, on="kind", how="inner")
    rows = Examined(
        table["unit"].to_numpy().astype(np.int64),
        np.vstack([port, heading, *(places for _, places in rest)]).astype(np.int64),
        stratum,
        ((table["reason"] == "RANDOM") & (table["asked"] == 0)).to_numpy(),
        table["asked"].to_numpy() == 1,
        table["day"].to_numpy().astype(np.int64),
        table["hit"].to_numpy() == 1,
        found["row"].to_numpy().astype(np.int64),
        found["number"].to_numpy().astype(np.int64),
        found["owed"].fill_null(0.0).to_numpy().astype(np.float64),
        len(units),
        len(strata),
        len(KINDS),
    )
    return Read(
        rows,
        table["id"].to_numpy().astype(np.int64),
        list(units),
        (ports, headings, *(codes for codes, _ in rest)),
        strata,
    )


def _codes(column: pl.Series, known: Sequence[str]) -> tuple[list[str], Ints]:
    """The values in their places, those that are known first, and the place of each element; NOWHERE for none."""
    present = column.drop_nulls().unique().sort().to_list()
    taken = set(known)
    codes = [*known, *(code for code in present if code not in taken and code)]
    place = {code: at for at, code in enumerate(codes)}
    places = column.replace_strict(place, default=NOWHERE, return_dtype=pl.Int64) if codes else None
    return codes, np.full(len(column), NOWHERE) if places is None else places.to_numpy().astype(np.int64)
