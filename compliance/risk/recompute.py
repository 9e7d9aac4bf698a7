"""Score all accounts, or some: one statement reads the inputs, array functions score, what moved is written."""

import datetime
import io
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from django.db import connection, transaction

from accounts.models.account import IN_THE_DATA
from compliance.measurement.own_rates.digest import Digests, digests
from compliance.measurement.own_rates.reading import array_of, copied
from compliance.risk.factors import FACTORS, LIMIT
from compliance.risk.inputs import NAMES, Floats, Inputs, Points
from compliance.risk.model import Model
from compliance.risk.models.risk_model import LOCK, RiskModel
from compliance.risk.reading import read_inputs
from compliance.risk.score import bands_of, expected_loss, parts_of, score_of

PARTS = (*FACTORS, LIMIT)
COLUMNS = ("account_id", "as_of", "model_version", "score", "band", *PARTS, "expected_loss", *NAMES, "digest")
WHOLE = frozenset(
    {"entries12", "lines12", "reviews", "reviews_wrong", "reviews_major", "finds", "unsure_entries", "plan_overdue"}
    | {"new_suppliers", "new_origins", "new_headings", "ctpat_tier", "isa"}
)
STAGE = (
    # Two days scored in one transaction would find each other's staging.
    "DROP TABLE IF EXISTS pg_temp.scored;"
    "CREATE TEMPORARY TABLE scored (LIKE risk_assessment INCLUDING DEFAULTS) ON COMMIT DROP;"
    "ALTER TABLE scored DROP COLUMN id, ALTER COLUMN computed_at SET DEFAULT now(), ALTER COLUMN stands SET DEFAULT true"
)
#: What stood until now stands no more.
OVER = """
UPDATE risk_assessment r SET stands = false FROM scored
WHERE r.account_id = scored.account_id AND r.stands AND r.as_of <= scored.as_of
"""
#: Of a past day it stands only where nothing came after it. Where statistics say that the table is empty, each row would be
#: held against all that were written before it: it is looked up.
WRITE = """
SET LOCAL enable_seqscan = off;
INSERT INTO risk_assessment ({columns}, computed_at, stands)
SELECT {columns}, now(), NOT EXISTS (
  SELECT FROM risk_assessment later WHERE later.account_id = scored.account_id AND later.as_of > scored.as_of)
FROM scored
ON CONFLICT (account_id, as_of) DO UPDATE SET ({rest}, computed_at, stands) = ROW ({excluded}, now(), excluded.stands);
SET LOCAL enable_seqscan = on
"""
#: By what a score of the day is told from the one before it in the same month: the first of a month is always written, so
#: that each month has its own, and so is one of an account of which none stands.
BEFORE = """
SELECT DISTINCT ON (account_id) account_id::text, CASE WHEN EXISTS (
  SELECT FROM risk_assessment s WHERE s.account_id = risk_assessment.account_id AND s.stands) THEN digest END
FROM risk_assessment
WHERE as_of >= '{this}' AND as_of <= '{as_of}' {only} ORDER BY account_id, as_of DESC
"""
#: The same where none of a later day stands: the index of those that stand says it alone.
STANDS = """
SELECT account_id, digest, (as_of > '{as_of}')::int FROM risk_assessment WHERE stands AND as_of >= '{this}' {only}
"""
KEPT: dict[str, type[pl.DataType]] = {"account_id": pl.String, "digest": pl.Int64}
#: Of accounts that hold nothing any more no score stands.
EMPTIED = f"""
UPDATE risk_assessment SET stands = false
WHERE stands AND account_id IN (SELECT id FROM accounts_account a WHERE NOT ({IN_THE_DATA}))
"""


class Scored(NamedTuple):
    """Arrays, one element an account. digest: of all that is in its row but the day."""

    parts: dict[str, Points]
    score: Points
    loss: Floats
    digest: Digests


def _scored(given: Inputs, model: Model) -> Scored:
    parts = parts_of(given, model)
    loss = expected_loss(given, model).round(2)
    inputs = (getattr(given, name) for name in NAMES)
    many = len(loss)
    digest = digests((np.full(many, model.version), *(parts[name] for name in PARTS), loss, *inputs), many)
    return Scored(parts, score_of(parts), loss, digest)


def _moved(ids: list[str], digest: Digests, before: pl.DataFrame) -> pl.DataFrame:
    """`at`: the places of accounts of which another score is kept, or none."""
    now = pl.DataFrame({"account_id": ids, "digest": digest}).with_row_index("at")
    both = now.join(before, on="account_id", how="left", suffix="_before")
    return both.filter(pl.col("digest").ne_missing(pl.col("digest_before"))).sort("at")


def _rows(moved: pl.DataFrame, given: Inputs, scored: Scored, as_of: datetime.date, model: Model) -> pl.DataFrame:
    """Rows to keep, of those that moved alone."""
    at = moved["at"].to_numpy()
    inputs = {name: getattr(given, name)[at] for name in NAMES}
    return pl.DataFrame(
        {"account_id": moved["account_id"], "digest": moved["digest"], "score": scored.score[at] / 100}
        | {"band": bands_of(scored.score[at], model), "expected_loss": scored.loss[at]}
        | {name: scored.parts[name][at] / 100 for name in PARTS}
        | {name: one.astype(np.int64) if name in WHOLE else one for name, one in inputs.items()}
    ).with_columns(as_of=pl.lit(as_of.isoformat()), model_version=pl.lit(model.version))


def recompute(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date, model: Model | None = None) -> int:
    """Score accounts as of a day and keep the scores that moved; None scores all. Returns how many were scored.

    A score stands until another is written: where nothing of it moved since the last one of the month, no row says so
    again. model: None takes the one in force. Twice at once or dying half-way harms nothing: one lock, one transaction,
    one row an account and day at most; and while the lock is held no other model is put in force.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        model = model or RiskModel.active().weights
        ids, given = read_inputs(accounts, as_of)
        if ids:
            keep(ids, given, as_of, model, accounts)
        if accounts is None:
            cursor.execute(EMPTIED)
    return len(ids)


def keep(
    ids: list[str], given: Inputs, as_of: datetime.date, model: Model, accounts: Sequence[uuid.UUID] | None = None
) -> None:
    """Score accounts whose inputs are given and keep the scores that moved; inside a transaction.

    ids: in the order of the arrays. accounts: the same, None: all that there are.
    """
    scored = _scored(given, model)
    moved = _moved(ids, scored.digest, _before(accounts, as_of))
    if len(moved):
        with connection.cursor() as cursor:
            _write(cursor, _rows(moved, given, scored, as_of, model))


def _before(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> pl.DataFrame:
    only = "" if accounts is None else f"AND account_id = {array_of(accounts)}"
    days = {"this": as_of.replace(day=1), "as_of": as_of, "only": only}
    standing = copied(STANDS.format(**days), KEPT | {"later": pl.Int64})
    return copied(BEFORE.format(**days), KEPT) if standing["later"].max() else standing


def _write(cursor: Any, rows: pl.DataFrame) -> None:
    names, rest = ", ".join(COLUMNS), COLUMNS[2:]
    cursor.execute(STAGE)
    # Shares go in to the last bit, so that the score can be computed again from them.
    lines = io.StringIO(rows.select(COLUMNS).write_csv(include_header=False, float_scientific=False))
    cursor.copy_expert(f"COPY scored ({names}) FROM STDIN WITH (FORMAT csv)", lines)
    cursor.execute(OVER)
    excluded = ", ".join(f"excluded.{name}" for name in rest)
    cursor.execute(WRITE.format(columns=names, rest=", ".join(rest), excluded=excluded))
