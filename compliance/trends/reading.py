"""Closed examinations with what they found, read for all accounts or some: three statements by COPY, then columns.

An examination of a line has that line's heading, origin and maker; one of a whole entry has those in which all its lines
agree. Only what CBP loaded enters, and only closed examinations.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from django.db import connection

from accounts.models import Account
from compliance.measurement.own_rates.reading import copied
from compliance.trends.days import Days, date
from compliance.trends.examined import NOWHERE, Examined, Ints
from compliance.trends.fit import Fit

#: One statement without parts that would stand in the way of several processes of PostgreSQL; a whole entry has what all
#: its lines agree in.
ROWS = """
SELECT x.id, x.account_id, x.filer_id, x.port,
  CASE WHEN min(left(l.hts, 4)) = max(left(l.hts, 4)) THEN min(left(l.hts, 4)) END,
  CASE WHEN min(l.origin) = max(l.origin) THEN min(l.origin) END,
  CASE WHEN min(l.manufacturer_id) = max(l.manufacturer_id) THEN min(l.manufacturer_id) END,
  x.type, CASE WHEN s.reason = 'FOLLOWUP' AND d.examination_id IS NOT NULL THEN 'RANDOM' ELSE s.reason END,
  (s.reason = 'FOLLOWUP' AND d.examination_id IS NOT NULL)::int, x.selected - '1970-01-01',
  (x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING'))::int, x.entry_id, x.released - '1970-01-01'
FROM examinations_examination x JOIN examinations_selection s ON s.examination_id = x.id
LEFT JOIN examinations_draw d ON d.examination_id = x.id
LEFT JOIN examinations_entryline l ON l.entry_id = x.entry_id AND l.stands_for_line
  AND (x.line IS NULL OR l.line = x.line)
WHERE x.closed <= '{as_of}' AND x.selected > '{first}' AND x.selected <= '{last}' {some}
GROUP BY x.id, s.examination_id, d.examination_id
"""
ROW_COLUMNS: dict[str, type[pl.DataType]] = {
    "id": pl.Int64,
    **dict.fromkeys(("account", "filer", "port", "heading", "origin", "manufacturer", "type", "reason"), pl.String),
    "asked": pl.Int64,
    "day": pl.Int64,
    "hit": pl.Int64,
    "entry": pl.Int64,
    "released": pl.Int64,
}
FINDS = """
SELECT examination_id, type, sum(greatest(revenue_difference, 0))::float8
FROM examinations_discrepancy WHERE disposition NOT IN ('NO_DISCREPANCY', 'PENDING') {of_some} GROUP BY 1, 2
"""
FIND_COLUMNS: dict[str, type[pl.DataType]] = {"id": pl.Int64, "kind": pl.String, "owed": pl.Float64}

#: What each cost, as CostQuerySet.that_count says: the account's own rows, else what the file says.
COSTS = """
SELECT examination_id, coalesce(sum(amount) FILTER (WHERE by = 'account'), sum(amount))::float8
FROM examinations_cost WHERE true {of_some} GROUP BY 1
"""
COST_COLUMNS: dict[str, type[pl.DataType]] = {"id": pl.Int64, "cost": pl.Float64}


@dataclass(frozen=True)
class Tables:
    """Closed examinations, what they found, and what they cost; of whichever side."""

    examinations: pl.DataFrame
    finds: pl.DataFrame
    costs: pl.DataFrame


def read(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> Tables:
    """Examinations of these accounts (all: None), with their finds and costs."""
    days = Days(as_of)
    ids = ",".join(f"'{uuid.UUID(str(pk))}'" for pk in accounts or ())
    these = f"ANY (ARRAY[{ids}]::uuid[])"
    some = "" if accounts is None else f"AND (x.account_id = {these} OR x.filer_id = {these})"
    of_some = some and f"AND examination_id IN (SELECT x.id FROM examinations_examination x WHERE true {some})"
    given = {"as_of": as_of.isoformat(), "first": date(days.first).isoformat(), "last": date(days.last).isoformat()}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        if accounts is None:
            # Each part is joined whole, without fresh statistics each row would be held against each other; by several
            # processes, of which ten times as many rows as come are thought too many.
            cursor.execute("SET LOCAL enable_nestloop = off")
            cursor.execute("SET LOCAL parallel_tuple_cost = 0")
    rows = copied(ROWS.format(some=some, **given), ROW_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        cursor.execute("SET LOCAL parallel_tuple_cost TO DEFAULT")
    finds = copied(FINDS.format(of_some=of_some), FIND_COLUMNS)
    return Tables(rows, finds, copied(COSTS.format(of_some=of_some), COST_COLUMNS))


@dataclass(frozen=True)
class Read:
    """One side's examinations as columns, with their ids, and what their places mean. limits: as a fit of costs has."""

    rows: Examined
    ids: Ints
    units: list[str]
    codes: tuple[list[str], ...]
    strata: list[str]
    limits: dict[str, float] = field(default_factory=dict)

    def place(self, dimension: int, code: str) -> int:
        """The place of a value; a place that no examination has where there is none such."""
        return self._places[dimension].get(code, len(self.codes[dimension]) + 1)

    @cached_property
    def _places(self) -> tuple[dict[str, int], ...]:
        return tuple({code: at for at, code in enumerate(codes)} for codes in self.codes)


def columns_of(
    table: pl.DataFrame, finds: pl.DataFrame, kinds: int, side: str, units: Sequence[str], known: Fit | None = None
) -> Read:
    """The examinations of one side's accounts as columns.

    table, finds: as measures.py gives them. units: ids of the accounts that are looked at. known: a fit whose codes keep
    their places.
    """
    own, other = ("account", "filer") if side == Account.Kind.IMPORTER else ("filer", "account")
    whose = pl.DataFrame({own: list(units), "unit": np.arange(len(units))}, schema={own: pl.String, "unit": pl.Int64})
    table = table.join(whose, on=own, how="inner")
    table = table.sort("unit", "day", "id").with_row_index("row")
    headings, heading = _codes(table["heading"], known.headings if known else [])
    ports, port = _codes(table["port"], known.ports if known else [])
    rest = [_codes(table[name], []) for name in ("origin", "manufacturer", other)]
    strata, stratum = _codes(table["stratum"], known.strata if known else [])
    found = finds.join(table.filter("hit").select("id", "row"), on="id", how="inner")
    rows = Examined(
        table["unit"].to_numpy().astype(np.int64),
        np.vstack([port, heading, *(places for _, places in rest)]).astype(np.int64),
        stratum,
        table["random"].to_numpy(),
        table["asked"].to_numpy() == 1,
        table["day"].to_numpy().astype(np.int64),
        table["hit"].to_numpy(),
        found["row"].to_numpy().astype(np.int64),
        found["kind"].to_numpy().astype(np.int64),
        found["owed"].fill_null(0.0).to_numpy().astype(np.float64),
        len(units),
        len(strata),
        kinds,
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
