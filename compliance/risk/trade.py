"""The facts of trade before a month, from the sums by dimension: set-based statements, for all accounts or some."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from accounts.models.account import IN_THE_DATA
from compliance.risk.issues import ADCVD_TYPES
from compliance.risk.months import windows

#: Two that count queue; scores are computed meanwhile, with what is kept.
LOCK = 7_100_011


def _sides(select: str, table: str, where: str, group: str) -> str:
    """Importers' sums by what they imported and brokers' by what they filed. The ids stand inside each part: a filter
    outside does not reach them."""
    return " UNION ALL ".join(
        f"""SELECT who.id AS account_id, {select} FROM examinations_{table} m
            JOIN who ON who.id = m.{side} AND who.kind = '{kind}'
            WHERE m.source = 'cbp' AND m.month < %(this)s AND {where} {{only_{side}}} GROUP BY {group}"""
        for side, kind in (("account_id", "importer"), ("filer_id", "broker"))
    )


NEW = ("supplier", "origin", "heading")
_NEW = ",\n".join(
    f"""  coalesce(sum(last_half) FILTER (WHERE kind = '{kind}' AND new), 0) AS new_{kind}_value,
  count(*) FILTER (WHERE kind = '{kind}' AND new) AS new_{kind}s"""
    for kind in NEW
)
_CODES = _sides(
    """CASE m.dimension WHEN 'manufacturer' THEN 'supplier' ELSE m.dimension END AS kind, m.code,
    sum(value) FILTER (WHERE month >= %(year)s) AS year, sum(value) FILTER (WHERE month >= %(half)s) AS last_half,
    bool_and(month >= %(half)s) AND m.code <> '' AS new""",
    "entrybreakdown",
    "m.month >= %(before)s AND m.dimension IN ('chapter', 'entry_type', 'manufacturer', 'origin', 'heading')",
    "who.id, m.dimension, m.code",
)
_CLAIMED = _sides("sum(claimed_value) AS agreements12", "dutymonth", "m.month >= %(year)s", "who.id")
# A code that the last half-year has and the twelve months before it had not is new. A supplier that no row names is none.
COUNT = f"""
INSERT INTO risk_tradefacts (account_id, month, agriculture12, textiles12, adcvd12, agreements12,
  {", ".join(f"new_{kind}_value, new_{kind}s" for kind in NEW)})
WITH who AS MATERIALIZED (SELECT id, kind FROM accounts_account a WHERE {IN_THE_DATA} {{only_ids}}),
code AS ({_CODES}),
facts AS (
  SELECT account_id,
    coalesce(sum(year) FILTER (WHERE kind = 'chapter' AND code BETWEEN '01' AND '24'), 0) AS agriculture12,
    coalesce(sum(year) FILTER (WHERE kind = 'chapter' AND code BETWEEN '50' AND '63'), 0) AS textiles12,
    coalesce(sum(year) FILTER (WHERE kind = 'entry_type' AND code = ANY (%(adcvd)s)), 0) AS adcvd12,
{_NEW}
  FROM code GROUP BY account_id),
claimed AS ({_CLAIMED})
SELECT who.id, %(this)s, coalesce(agriculture12, 0), coalesce(textiles12, 0), coalesce(adcvd12, 0),
  coalesce(agreements12, 0), {", ".join(f"coalesce(new_{kind}_value, 0), coalesce(new_{kind}s, 0)" for kind in NEW)}
FROM who LEFT JOIN facts ON facts.account_id = who.id LEFT JOIN claimed ON claimed.account_id = who.id
"""
MISSING = f"""
SELECT a.id::text FROM accounts_account a LEFT JOIN risk_tradefacts t ON t.account_id = a.id AND t.month = %(this)s
WHERE {IN_THE_DATA} AND t.id IS NULL {{only_ids}}
"""
ONLY_IDS = "AND a.id = ANY (%(ids)s::uuid[])"
ONLY = {"only_ids": ONLY_IDS} | {
    f"only_{side}": f"AND m.{side} = ANY (%(ids)s::uuid[])" for side in ("account_id", "filer_id")
}


def count_missing(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> None:
    """Count what is not kept yet of these accounts (all: None) before the month of the day."""
    given: dict[str, Any] = windows(as_of) | {"ids": [str(pk) for pk in accounts or ()]}
    ask = MISSING.format(only_ids="" if accounts is None else ONLY_IDS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({ask})", given)
        if not cursor.fetchone()[0]:
            return
        # Sums that are counted again meanwhile would find these facts only once they are committed: so they wait.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(ask, given)
        missing = [pk for (pk,) in cursor.fetchall()]
        everybody = accounts is None and not _any_kept(cursor, given)
        _count(cursor, given | {"ids": missing}, everybody=everybody)


def recount(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> None:
    """Count again for these accounts (all: None), whose sums changed; what is kept of other months is forgotten."""
    everybody = accounts is None
    given = windows(as_of) | {"all": everybody, "ids": [str(pk) for pk in accounts or ()]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("DELETE FROM risk_tradefacts WHERE %(all)s OR account_id = ANY (%(ids)s::uuid[])", given)
        _count(cursor, given, everybody=everybody)


def _any_kept(cursor: Any, given: dict[str, Any]) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM risk_tradefacts WHERE month = %(this)s)", given)
    return bool(cursor.fetchone()[0])


def _count(cursor: Any, given: dict[str, Any], *, everybody: bool) -> None:
    some = dict.fromkeys(ONLY, "") if everybody else ONLY
    # Where rows came in this very transaction no statistics tell of them, and each would be held against each account.
    # Codes of many accounts are counted in memory.
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL work_mem = '64MB'")
    cursor.execute(
        COUNT.format(**some) + " ON CONFLICT (month, account_id) DO NOTHING", given | {"adcvd": list(ADCVD_TYPES)}
    )
    cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on")
