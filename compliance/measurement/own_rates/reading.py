"""What is known of accounts, read from the sums: one set-based statement, whatever the number of accounts.

Importers are summed by what they imported, brokers by what they filed. Only CBP's rows count. The ids stand inside each
part: a filter outside does not reach them.
"""

import datetime
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from accounts.models.account import IN_THE_DATA
from compliance.measurement.own_rates import years
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


WHO = f"""who AS MATERIALIZED (
  SELECT id, kind, coalesce(center_id, '') AS center FROM accounts_account a WHERE {IN_THE_DATA} {{ids}})"""
_THIS_MONTH = " UNION ALL ".join(
    f"""SELECT who.id AS account_id, sum(reviews) AS reviews, sum(reviews_wrong) AS wrong, sum(other) AS other,
      sum(other_wrong) AS other_wrong
    FROM examinations_examinationmonth m JOIN who ON who.id = m.{side} AND who.kind = '{kind}'
    WHERE month >= '{{this}}' AND month <= '{{as_of}}' {{of_{side}}} GROUP BY who.id"""
    for side, kind in (("account_id", "importer"), ("filer_id", "broker"))
)
_BOTH = ", ".join(
    f"coalesce(y.{kept}, 0) + coalesce(now.{name}, 0)"
    for kept, name in (
        ("reviews", "reviews"),
        ("reviews_wrong", "wrong"),
        ("other", "other"),
        ("other_wrong", "other_wrong"),
    )
)
# Examinations by the month of their selection; a review of papers is among them once it is closed.
FACTS = f"""
WITH {WHO},
now AS ({_THIS_MONTH})
SELECT who.id::text, (who.kind = 'broker')::int, '=' || center, {_BOTH},
  coalesce(lines12, 0), coalesce(value12, 0),
  '=' || chapters, nullif(of_chapters, ''), '=' || origins, nullif(of_origins, ''), coalesce(lines12, -1)::int
FROM who LEFT JOIN measurement_accountyear y ON y.account_id = who.id AND y.month = '{{this}}'
LEFT JOIN now ON now.account_id = who.id ORDER BY who.id
"""


def copied(sql: str, names: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """The rows of a statement by COPY, which parses nothing row by row."""
    return parsed(received(sql), names)


def received(sql: str) -> io.BytesIO:
    """What COPY writes of a statement."""
    with connection.cursor() as cursor:
        text = io.BytesIO()
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv)", text)
    return text


def parsed(text: io.BytesIO, names: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """The rows of it. May run in a thread beside: it lets go of the interpreter."""
    if not text.tell():
        return pl.DataFrame(schema=names)
    text.seek(0)
    return pl.read_csv(text, has_header=False, new_columns=list(names), schema_overrides=names)


def mogrified(sql: str, given: Mapping[str, Any]) -> str:
    """COPY takes no parameters: they stand in the text, quoted by the driver."""
    with connection.cursor() as cursor:
        return str(cursor.mogrify(sql, given).decode())


def array_of(accounts: Sequence[uuid.UUID]) -> str:
    """SQL: any of these, for COPY, which takes no parameter."""
    return "ANY (ARRAY[{}]::uuid[])".format(",".join(f"'{uuid.UUID(str(pk))}'" for pk in accounts))


def _filled(statement: str, window: Window, accounts: Sequence[uuid.UUID] | None) -> str:
    """The statement with what COPY takes as no parameter: days and UUIDs alone."""
    if accounts is None:
        return statement.format(**vars(window), ids="", of_account_id="", of_filer_id="")
    these = array_of(accounts)
    of = {f"of_{side}": f"AND m.{side} = {these}" for side in ("account_id", "filer_id")}
    return statement.format(**vars(window), ids=f"AND a.id = {these}", **of)


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
} | dict.fromkeys(("chapters", "of_chapters", "origins", "of_origins"), pl.String)
FACT_COLUMNS["kept"] = pl.Int64  # below zero where nothing is kept of the months


def known_of(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> Known:
    """What is known of these accounts (all: None) on a day, from the sums as they stand now.

    What is not kept yet of the months is counted, and all read once more.
    """
    statement = _filled(FACTS, window_of(as_of), accounts)
    facts = copied(statement, FACT_COLUMNS)
    if len(facts) and facts["kept"].min() < 0:  # type: ignore[operator]
        years.count_missing(accounts, as_of)
        facts = copied(statement, FACT_COLUMNS)
    return as_known(facts)


def as_known(facts: pl.DataFrame) -> Known:
    """The rows as arrays in the order of the accounts."""
    return Known(
        facts["id"].to_list(),
        facts["broker"].to_numpy() == 1,
        np.array(facts["center"].str.slice(1), dtype=np.str_),
        *(facts[name].to_numpy().copy() for name in ("reviews", "wrong", "other", "other_wrong", "lines", "value")),
        *(_mix(facts, name) for name in ("chapters", "origins")),
    )


def _mix(facts: pl.DataFrame, name: str) -> Mix:
    """Codes and their lines, with commas between, as rows: the account's place, the code, its share of the lines."""
    traded = facts.select(
        row=pl.int_range(pl.len()), codes=pl.col(name).str.slice(1), lines=pl.col(f"of_{name}")
    ).drop_nulls("lines")
    lines = traded["lines"].str.split(",").explode().cast(pl.Float64).to_numpy()
    row = np.repeat(traded["row"].to_numpy(), traded["lines"].str.count_matches(",", literal=True).to_numpy() + 1)
    # Whole numbers: in whatever order, they add up to the same.
    share = lines / np.bincount(row, weights=lines, minlength=len(facts))[row]
    # A few names, and of each row which: text by text they would take longer than all the rest.
    codes = traded["codes"].str.split(",").explode()
    names = codes.unique().sort().to_list()
    which = codes.cast(pl.Enum(names)).to_physical().to_numpy()
    return Mix(row, np.array(names, dtype=np.str_)[which] if names else np.empty(0, dtype=np.str_), share)
