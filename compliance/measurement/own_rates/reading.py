"""What is known of accounts, read from the sums: two set-based statements, whatever the number of accounts.

Importers are summed by what they imported, brokers by what they filed. Only CBP's rows count. The ids stand inside each
part: a filter outside does not reach them.
"""

import datetime
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from django.db import connection

from compliance.measurement.own_rates.known import Known, Mix

#: Reviews of so many whole months, and of this month so far; the trade of the last twelve whole months.
MONTHS_OF_REVIEWS, MONTHS_OF_TRADE = 24, 12


@dataclass(frozen=True)
class Window:
    """The days that count on a day: reviews selected from `reviews_from` on, trade from `trade_from` until before `this`."""

    reviews_from: datetime.date
    trade_from: datetime.date
    this: datetime.date
    as_of: datetime.date


def window_of(as_of: datetime.date) -> Window:
    """The months that count on a day."""
    this = as_of.replace(day=1)
    back = {months: this.replace(year=this.year - months // 12) for months in (MONTHS_OF_REVIEWS, MONTHS_OF_TRADE)}
    return Window(back[MONTHS_OF_REVIEWS], back[MONTHS_OF_TRADE], this, as_of)


SIDES = """
  LEFT JOIN who i ON i.id = m.account_id AND i.kind = 'importer'
  LEFT JOIN who b ON b.id = m.filer_id AND b.kind = 'broker'
  CROSS JOIN LATERAL (VALUES (i.id), (b.id)) AS side (account_id)
"""
WHO = "who AS MATERIALIZED (SELECT id, kind, coalesce(center_id, '') AS center FROM accounts_account a WHERE state <> 'withdrawn' {ids})"

# Examinations by the month of their selection; a review of papers is among them once it is closed.
FACTS = f"""
WITH {WHO},
traded AS (
  SELECT side.account_id, sum(lines) AS lines, sum(value) AS value FROM examinations_entrymonth m {SIDES}
  WHERE m.source = 'cbp' AND month >= '{{trade_from}}' AND month < '{{this}}' AND side.account_id IS NOT NULL {{months}}
  GROUP BY side.account_id),
examined AS (
  SELECT side.account_id, sum(reviews) AS reviews, sum(reviews_wrong) AS wrong, sum(other) AS other,
    sum(other_wrong) AS other_wrong
  FROM examinations_examinationmonth m {SIDES}
  WHERE month >= '{{reviews_from}}' AND month <= '{{as_of}}' AND side.account_id IS NOT NULL {{months}}
  GROUP BY side.account_id)
SELECT who.id::text, (who.kind = 'broker')::int, '=' || center, coalesce(reviews, 0), coalesce(wrong, 0),
  coalesce(other, 0), coalesce(other_wrong, 0), coalesce(lines, 0)::float8, coalesce(value, 0)::float8
FROM who LEFT JOIN traded ON traded.account_id = who.id LEFT JOIN examined ON examined.account_id = who.id ORDER BY who.id
"""
MIX = f"""
WITH {WHO}
SELECT side.account_id::text, dimension, '=' || code, sum(lines)::float8
FROM examinations_entrybreakdown m {SIDES}
WHERE m.source = 'cbp' AND dimension IN ('chapter', 'origin') AND month >= '{{trade_from}}' AND month < '{{this}}'
  AND side.account_id IS NOT NULL {{months}}
GROUP BY 1, 2, 3 HAVING sum(lines) > 0 ORDER BY 1, 2, 3
"""


def copied(sql: str, names: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """The rows of a statement by COPY, which parses nothing row by row."""
    with connection.cursor() as cursor:
        text = io.BytesIO()
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv)", text)
    if not text.tell():
        return pl.DataFrame(schema=names)
    text.seek(0)
    return pl.read_csv(text, has_header=False, new_columns=list(names), schema_overrides=names)


def _filled(statement: str, window: Window, accounts: Sequence[uuid.UUID] | None) -> str:
    """The statement with what COPY takes as no parameter: days and UUIDs alone."""
    ids = "" if accounts is None else "ARRAY[{}]::uuid[]".format(",".join(f"'{uuid.UUID(str(pk))}'" for pk in accounts))
    return statement.format(
        **vars(window),
        ids=f"AND a.id = ANY ({ids})" if ids else "",
        months=f"AND (m.account_id = ANY ({ids}) OR m.filer_id = ANY ({ids}))" if ids else "",
    )


FACT_COLUMNS: dict[str, type[pl.DataType]] = {
    "id": pl.String,
    "broker": pl.Int64,
    "center": pl.String,
    "reviews": pl.Int64,
    "wrong": pl.Int64,
    "other": pl.Int64,
    "other_wrong": pl.Int64,
    "lines": pl.Float64,
    "value": pl.Float64,
}
MIX_COLUMNS: dict[str, type[pl.DataType]] = {
    "id": pl.String,
    "dimension": pl.String,
    "code": pl.String,
    "lines": pl.Float64,
}


def known_of(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> Known:
    """What is known of these accounts (all: None) on a day, from the sums as they stand now."""
    window = window_of(as_of)
    return as_known(
        copied(_filled(FACTS, window, accounts), FACT_COLUMNS), copied(_filled(MIX, window, accounts), MIX_COLUMNS)
    )


def as_known(facts: pl.DataFrame, mix: pl.DataFrame) -> Known:
    """The two tables as arrays in the order of the accounts."""
    placed = mix.join(facts.select("id").with_row_index("row"), on="id", maintain_order="left")
    placed = placed.with_columns(share=pl.col("lines") / pl.col("lines").sum().over("id", "dimension"))
    return Known(
        facts["id"].to_list(),
        facts["broker"].to_numpy() == 1,
        np.array([text[1:] for text in facts["center"]], dtype=np.str_),
        *(facts[name].to_numpy().copy() for name in ("reviews", "wrong", "other", "other_wrong", "lines", "value")),
        *(_mix(placed.filter(pl.col("dimension") == name)) for name in ("chapter", "origin")),
    )


def _mix(rows: pl.DataFrame) -> Mix:
    return Mix(
        rows["row"].to_numpy().astype(np.int64),
        np.array([text[1:] for text in rows["code"]], dtype=np.str_),
        rows["share"].to_numpy().copy(),
    )
