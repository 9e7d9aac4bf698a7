"""Freeze everybody as they are into a round: one statement copies the inputs, one reads them, one writes all with places."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models.account import IN_THE_DATA
from compliance.risk.factors import FACTORS, LIMIT
from compliance.selection.caseload import BROKERS, ISA_WEIGHT, NO_CENTER, WEIGHTS
from compliance.selection.ranking import Place, Standing

# The score's row is kept whole, whatever columns it has on that day. The look-ups stand in the row: of years of scores each account needs one.
CANDIDATES = """
WITH belongs AS MATERIALIZED (
  SELECT DISTINCT ON (chapter) chapter, center_id FROM selection_chaptercenter WHERE starts <= %(as_of)s
  ORDER BY chapter, starts DESC)
SELECT a.id AS account_id, a.name, a.kind, a.state AS state_before,
       coalesce(a.center_id, presumed.code) AS center_id, a.center_id IS NULL AND presumed.code IS NOT NULL AS center_presumed,
       CASE WHEN a.kind = 'broker' THEN %(brokers)s ELSE coalesce(a.center_id, presumed.code, %(no_center)s) END AS pool,
       EXISTS (SELECT FROM accounts_assignment s WHERE s.account_id = a.id AND s.starts <= %(as_of)s
               AND (s.ends IS NULL OR s.ends > %(as_of)s)) AS managed,
       coalesce(enrolled.isa, false) AS isa, coalesce(enrolled.programs, '[]') AS programs,
       scored.as_of AS assessed_on, scored.score, coalesce(scored.band, '') AS band,
       coalesce(scored.value12, 0) AS value12, coalesce(scored.duty12, 0) AS duty12,
       (scored.inputs ->> 'expected_loss')::numeric AS expected_loss,
       coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(scored.inputs) WHERE key = ANY (%(parts)s)), '{{}}') AS parts,
       coalesce(scored.inputs - '{{id,account_id,computed_at,digest,stands}}'::text[], '{{}}') AS inputs,
       (%(weights)s::jsonb ->> coalesce(scored.band, 'low'))::numeric
         + CASE WHEN enrolled.isa THEN %(isa_weight)s ELSE 0 END AS weight
FROM accounts_account a
LEFT JOIN LATERAL (
  SELECT r.as_of, r.score, r.band, r.value12, r.duty12, to_jsonb(r) AS inputs FROM risk_assessment r
  WHERE r.account_id = a.id AND r.as_of <= %(as_of)s AND (%(model)s::int IS NULL OR r.model_version = %(model)s)
  ORDER BY r.as_of DESC LIMIT 1) scored ON true
LEFT JOIN (
  SELECT account_id, bool_or(program = 'ISA') AS isa,
         jsonb_agg(program || coalesce(' ' || tier, '') ORDER BY program) AS programs
  FROM accounts_enrollment WHERE since IS NULL OR since <= %(as_of)s GROUP BY account_id) enrolled ON enrolled.account_id = a.id
LEFT JOIN LATERAL (
  SELECT belongs.center_id AS code FROM examinations_entrybreakdown b JOIN belongs ON belongs.chapter = b.code
  WHERE a.center_id IS NULL AND a.kind = 'importer' AND b.account_id = a.id AND b.dimension = 'chapter'
    AND b.source = 'cbp' AND b.month >= %(year)s AND b.month <= %(as_of)s
  GROUP BY b.code, belongs.center_id ORDER BY sum(b.value) DESC, b.code LIMIT 1) presumed ON true
WHERE {who} AND {in_the_data}
""".replace("{in_the_data}", IN_THE_DATA)
COLUMNS = (
    *("account_id", "name", "kind", "state_before", "center_id", "center_presumed", "pool", "managed", "isa"),
    *("programs", "assessed_on", "score", "band", "value12", "duty12", "expected_loss", "parts", "inputs", "weight"),
)
FROZEN = f"""
DROP TABLE IF EXISTS pg_temp.frozen;
CREATE TEMPORARY TABLE frozen ON COMMIT DROP AS SELECT {", ".join(COLUMNS)} FROM ({CANDIDATES}) AS everybody
"""
WRITE = f"""
INSERT INTO selection_candidate (round_id, {", ".join(COLUMNS)}, rank, mark, because, probability, decision, reason, outcome)
SELECT %s, {", ".join(f"f.{name}" for name in COLUMNS)}, p.rank, p.mark, p.because, p.probability, '', '', ''
FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::numeric[]) AS p (account, rank, mark, because, probability)
JOIN frozen f ON f.account_id = p.account
"""
CASELOAD = f"""
SELECT pool, count(*), sum(weight), coalesce(sum(weight) FILTER (WHERE isa), 0) FROM ({CANDIDATES}) AS frozen GROUP BY pool
"""
EVERYBODY, THE_ACTIVE = "true", "a.state = 'active'"


@dataclass(frozen=True)
class Carried:
    """What a pool carries: accounts in the program, their weight, and of it that of ISA participants."""

    accounts: int
    weight: Decimal
    isa: Decimal


def parameters(as_of: datetime.date, model: int | None) -> dict[str, Any]:
    """What CANDIDATES asks for; model None: the newest score of whichever."""
    return {
        "as_of": as_of,
        "year": as_of - datetime.timedelta(days=365),
        "model": model,
        "parts": [*FACTORS, LIMIT],
        "weights": json.dumps({band: str(weight) for band, weight in WEIGHTS.items()}),
        "isa_weight": ISA_WEIGHT,
        "brokers": BROKERS,
        "no_center": NO_CENTER,
    }


def freeze(as_of: datetime.date, model: int) -> list[Standing]:
    """Copy every importer and broker aside as they are, in one statement, and tell what the ranking needs of each.

    Aside: to the end of the transaction. Placed, they are written once; written first, each row would be written twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(FROZEN.format(who=EVERYBODY), parameters(as_of, model))
        cursor.execute(f"SELECT {', '.join(STANDING)} FROM frozen")
        return [standing_of(dict(zip(STANDING, row, strict=True))) for row in cursor.fetchall()]


def present_caseload(as_of: datetime.date, model: int) -> dict[str, Carried]:
    """What each pool carries now, by the same statement that a round freezes."""
    with connection.cursor() as cursor:
        cursor.execute(CASELOAD.format(who=THE_ACTIVE), parameters(as_of, model))
        return {pool: Carried(many, weight, isa) for pool, many, weight, isa in cursor.fetchall()}


STANDING = ("account_id", "pool", "score", "expected_loss", "value12", "state_before", "isa", "weight")


def standing_of(row: Mapping[str, Any]) -> Standing:
    """One candidate as the ranking knows it, from its columns STANDING."""
    return Standing(
        account=str(row["account_id"]),
        pool=row["pool"],
        score=row["score"],
        loss=row["expected_loss"],
        value=row["value12"],
        active=row["state_before"] == "active",
        isa=row["isa"],
        weight=row["weight"],
    )


def write(round_id: int, placed: list[tuple[Standing, Place]]) -> int:
    """Write what was frozen into the round, everybody at their place; one statement, returns how many."""
    columns = (
        [one.account for one, _ in placed],
        [at.rank for _, at in placed],
        [at.mark for _, at in placed],
        [at.because for _, at in placed],
        [at.probability for _, at in placed],
    )
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [round_id, *columns])
        return int(cursor.rowcount)
