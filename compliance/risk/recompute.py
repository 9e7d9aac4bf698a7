"""Score all accounts, or some: one statement reads the inputs, array functions score, one statement writes."""

import datetime
import io
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from django.db import connection, transaction

from compliance.risk.factors import FACTORS, LIMIT
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.model import ACTIVE, Model
from compliance.risk.score import bands_of, parts_of, score_of

LOCK = 7_100_001

# Importers are summed by what they imported, brokers by what they filed. The ids stand inside each part: a filter
# outside does not reach them. Only CBP's rows count: what an account uploads itself never enters risk. Months are
# whole ones before the day: a score of the past is computed again from what was the past then. A broker's bond
# answers for what it imports itself; what it files for others stands on their bonds.
SIDES = """
  LEFT JOIN who i ON i.id = m.account_id AND i.kind = 'importer'
  LEFT JOIN who b ON b.id = m.filer_id AND b.kind = 'broker'
  CROSS JOIN LATERAL (VALUES (i.id), (b.id)) AS side (account_id)
"""
READ = """
WITH who AS MATERIALIZED (SELECT id, kind FROM accounts_account a WHERE state <> 'withdrawn' {only_ids}),
traded AS (
  SELECT side.account_id, sum(value) AS value12, sum(duty) AS duty12, sum(entries) AS entries12, sum(lines) AS lines12,
         sum(value) FILTER (WHERE month >= %(half)s) AS value_last_half,
         sum(value) FILTER (WHERE month < %(half)s) AS value_half_before,
         sum(greatest(estimated_entries, hmf_unknown_entries)) AS unsure_entries,
         sum(duties_taxes_fees) FILTER (WHERE side.account_id = m.account_id) AS duties_taxes_fees12
  FROM examinations_entrymonth m {sides}
  WHERE m.source = 'cbp' AND month >= %(year)s AND month < %(this)s AND side.account_id IS NOT NULL {only_months}
  GROUP BY side.account_id),
examined AS (
  SELECT side.account_id, sum(reviews) AS reviews, sum(reviews_wrong) AS reviews_wrong,
         sum(reviews_wrong + other_wrong) AS finds, sum(owed_on_finds) AS owed
  FROM examinations_examinationmonth m {sides}
  WHERE month >= %(two_years)s AND month < %(this)s AND side.account_id IS NOT NULL {only_months}
  GROUP BY side.account_id),
bonded AS (
  SELECT account_id, sum(amount) AS bond_amount FROM bonds_bond m
  WHERE bond_type = '8' AND activity_code = '1' AND effective <= %(as_of)s
    AND (terminates IS NULL OR terminates > %(as_of)s) {only_account}
  GROUP BY account_id),
enrolled AS (
  SELECT account_id, max(coalesce(tier, 1)) FILTER (WHERE program = 'CTPAT') AS ctpat_tier,
         max((program = 'ISA')::int) AS isa
  FROM accounts_enrollment m WHERE (since IS NULL OR since <= %(as_of)s) {only_account} GROUP BY account_id)
SELECT who.id::text, {inputs}
FROM who LEFT JOIN traded ON traded.account_id = who.id LEFT JOIN examined ON examined.account_id = who.id
LEFT JOIN bonded ON bonded.account_id = who.id LEFT JOIN enrolled ON enrolled.account_id = who.id
ORDER BY who.id
"""
PARTS = (*FACTORS, LIMIT)
COLUMNS = ("account_id", "as_of", "model_version", "score", "band", *PARTS, *NAMES)
WHOLE = frozenset({"entries12", "lines12", "reviews", "reviews_wrong", "finds", "unsure_entries", "ctpat_tier", "isa"})
STAGE = (
    # Two days scored in one transaction would find each other's staging.
    "DROP TABLE IF EXISTS pg_temp.scored;"
    "CREATE TEMPORARY TABLE scored (LIKE risk_assessment INCLUDING DEFAULTS) ON COMMIT DROP;"
    "ALTER TABLE scored DROP COLUMN id, ALTER COLUMN computed_at SET DEFAULT now()"
)
WRITE = """
INSERT INTO risk_assessment ({columns}, computed_at) SELECT {columns}, now() FROM scored
ON CONFLICT (account_id, as_of) DO UPDATE SET ({rest}, computed_at) = ROW ({excluded}, now())
WHERE ({old}) IS DISTINCT FROM ({excluded})
"""


def _months(as_of: datetime.date) -> dict[str, datetime.date]:
    this = as_of.replace(day=1)
    half = (
        this.replace(month=this.month - 6) if this.month > 6 else this.replace(year=this.year - 1, month=this.month + 6)
    )
    return {
        "as_of": as_of,
        "this": this,
        "half": half,
        "year": this.replace(year=this.year - 1),
        "two_years": this.replace(year=this.year - 2),
    }


def read_inputs(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> tuple[list[str], Inputs]:
    """The inputs of these accounts (all: None) as of a day: ids as text, and arrays in their order."""
    some = accounts is not None
    sql = READ.format(
        sides=SIDES,
        only_ids="AND a.id = ANY (%(ids)s::uuid[])" if some else "",
        only_months="AND (m.account_id = ANY (%(ids)s::uuid[]) OR m.filer_id = ANY (%(ids)s::uuid[]))" if some else "",
        only_account="AND m.account_id = ANY (%(ids)s::uuid[])" if some else "",
        inputs=", ".join(f"coalesce({name}, 0)::float8" for name in NAMES),
    )
    parameters: dict[str, Any] = _months(as_of) | ({"ids": [str(pk) for pk in accounts]} if some else {})  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    table = np.array([row[1:] for row in rows], dtype=np.float64).reshape(len(rows), len(NAMES))
    return [row[0] for row in rows], Inputs(*table.T)


def _lines(ids: list[str], given: Inputs, as_of: datetime.date, model: Model) -> io.StringIO:
    """The rows to write, as COPY reads them."""
    parts = parts_of(given, model)
    score = score_of(parts)
    rows = pl.DataFrame(
        {"account_id": ids}
        | {"as_of": pl.repeat(as_of.isoformat(), len(ids), eager=True)}
        | {"model_version": pl.repeat(model.version, len(ids), eager=True)}
        | {"score": score / 100, "band": bands_of(score, model)}
        | {name: parts[name] / 100 for name in PARTS}
        | {name: getattr(given, name).astype(np.int64) if name in WHOLE else getattr(given, name) for name in NAMES}
    )
    return io.StringIO(rows.select(COLUMNS).write_csv(include_header=False, float_precision=2, float_scientific=False))


def recompute(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date, model: Model = ACTIVE) -> int:
    """Score accounts as of a day and keep the scores; None scores all. Returns how many were scored.

    Twice at once or dying half-way harms nothing: one lock, one transaction, one row an account and day.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        ids, given = read_inputs(accounts, as_of)
        if not ids:
            return 0
        cursor.execute(STAGE)
        names = ", ".join(COLUMNS)
        cursor.copy_expert(f"COPY scored ({names}) FROM STDIN WITH (FORMAT csv)", _lines(ids, given, as_of, model))
        rest = COLUMNS[2:]
        cursor.execute(
            WRITE.format(
                columns=names,
                rest=", ".join(rest),
                old=", ".join(f"risk_assessment.{name}" for name in rest),
                excluded=", ".join(f"excluded.{name}" for name in rest),
            )
        )
    return len(ids)
