"""What the whole months before a month say of accounts: counted once, kept until sums change or a month ends.

Importers are summed by what they imported, brokers by what they filed; only CBP's rows count. The ids stand inside each
part: a filter outside does not reach them.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from accounts.models.account import IN_THE_DATA

#: Two that count queue, so that neither keeps what the other has just seen change.
LOCK = 7_100_012
TRADED = """sum(value) AS value12, sum(duty) AS duty12, sum(entries) AS entries12, sum(lines) AS lines12,
    sum(value) FILTER (WHERE month >= %(half)s) AS value_last_half,
    sum(value) FILTER (WHERE month < %(half)s) AS value_half_before,
    sum(greatest(estimated_entries, hmf_unknown_entries)) AS unsure_entries"""
EXAMINED = """sum(reviews) AS reviews, sum(reviews_wrong) AS reviews_wrong, sum(reviews_major) AS reviews_major,
    sum(other) AS other, sum(other_wrong) AS other_wrong, sum(owed_on_finds) AS owed"""
COLUMNS = (
    *("value12", "duty12", "entries12", "lines12", "value_last_half", "value_half_before", "unsure_entries"),
    *("reviews", "reviews_wrong", "reviews_major", "other", "other_wrong", "owed"),
)
_YEAR = "m.source = 'cbp' AND m.month >= %(year)s AND m.month < %(this)s"
_TWO_YEARS = "m.month >= %(two_years)s AND m.month < %(this)s"


def _sides(select: str, table: str, where: str, group: str = "who.id") -> str:
    """Importers' sums and brokers', by the column that names them."""
    return " UNION ALL ".join(
        f"""SELECT who.id AS account_id, {select} FROM examinations_{table} m
            JOIN who ON who.id = m.{side} AND who.kind = '{kind}' WHERE {where} {{of_{side}}} GROUP BY {group}"""
        for side, kind in (("account_id", "importer"), ("filer_id", "broker"))
    )


_MIX = _sides(
    "m.dimension, m.code, sum(m.lines) AS lines",
    "entrybreakdown",
    f"{_YEAR} AND m.dimension IN ('chapter', 'origin')",
    "who.id, m.dimension, m.code",
)
COUNT = f"""
INSERT INTO measurement_accountyear (account_id, month, {", ".join(COLUMNS)}, chapters, of_chapters, origins, of_origins,
  numbers, of_numbers)
WITH who AS MATERIALIZED (SELECT id, kind FROM accounts_account a WHERE {IN_THE_DATA} {{of_id}}),
traded AS ({_sides(TRADED, "entrymonth", _YEAR)}),
examined AS ({_sides(EXAMINED, "examinationmonth", _TWO_YEARS)}),
mixed AS (
  SELECT account_id, dimension, string_agg(code, ',' ORDER BY code) AS codes, string_agg(lines::text, ',' ORDER BY code) AS lines
  FROM ({_MIX}) mix WHERE lines > 0 GROUP BY account_id, dimension),
numbered AS (
  SELECT account_id, array_agg(number ORDER BY number) AS numbers, array_agg(dues ORDER BY number) AS dues
  FROM (SELECT m.account_id, m.identifier_id AS number, sum(m.duties_taxes_fees) AS dues FROM examinations_entrymonth m
        WHERE {_YEAR} {{of_account_id}} GROUP BY m.account_id, m.identifier_id) each
  GROUP BY account_id)
SELECT who.id, %(this)s, {", ".join(f"coalesce({name}, 0)" for name in COLUMNS)},
  coalesce(c.codes, ''), coalesce(c.lines, ''), coalesce(o.codes, ''), coalesce(o.lines, ''),
  coalesce(n.numbers, '{{{{}}}}'), coalesce(n.dues, '{{{{}}}}')
FROM who LEFT JOIN traded ON traded.account_id = who.id
LEFT JOIN examined ON examined.account_id = who.id
LEFT JOIN mixed c ON c.account_id = who.id AND c.dimension = 'chapter'
LEFT JOIN mixed o ON o.account_id = who.id AND o.dimension = 'origin'
LEFT JOIN numbered n ON n.account_id = who.id
ON CONFLICT (account_id, month) DO NOTHING
"""
MISSING = f"""
SELECT a.id::text FROM accounts_account a LEFT JOIN measurement_accountyear y ON y.account_id = a.id AND y.month = %(this)s
WHERE {IN_THE_DATA} AND y.id IS NULL {{of_id}}
"""
_OF_THESE = {
    "of_id": "AND a.id = ANY (%(ids)s::uuid[])",
    "of_account_id": "AND m.account_id = ANY (%(ids)s::uuid[])",
    "of_filer_id": "AND m.filer_id = ANY (%(ids)s::uuid[])",
}
_OF_ALL = dict.fromkeys(_OF_THESE, "")


def days_of(as_of: datetime.date) -> dict[str, datetime.date]:
    """First days: of the month of that day, and of the half-year, the year and the two years before it."""
    this = as_of.replace(day=1)
    half = (
        this.replace(month=this.month - 6) if this.month > 6 else this.replace(year=this.year - 1, month=this.month + 6)
    )
    return {
        "this": this, "half": half,
        "year": this.replace(year=this.year - 1), "two_years": this.replace(year=this.year - 2),
    }  # fmt: skip


def count_missing(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> int:
    """Count what is not kept yet of these accounts (all: None) before the month of the day; returns how many."""
    given: dict[str, Any] = days_of(as_of) | {"ids": [str(pk) for pk in accounts or ()]}
    ask = MISSING.format(**(_OF_ALL if accounts is None else _OF_THESE))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({ask})", given)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(ask, given)
        missing = [pk for (pk,) in cursor.fetchall()]
        everybody = accounts is None and not _any_kept(cursor, given)
        return _count(cursor, given | {"ids": missing}, everybody=everybody)


def recount(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> int:
    """Count again for these accounts (all: None), whose sums changed; what is kept of other months is forgotten."""
    everybody = accounts is None
    given: dict[str, Any] = days_of(as_of) | {"all": everybody, "ids": [str(pk) for pk in accounts or ()]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("DELETE FROM measurement_accountyear WHERE %(all)s OR account_id = ANY (%(ids)s::uuid[])", given)
        return _count(cursor, given, everybody=everybody)


def _any_kept(cursor: Any, given: dict[str, Any]) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM measurement_accountyear WHERE month = %(this)s)", given)
    return bool(cursor.fetchone()[0])


def _count(cursor: Any, given: dict[str, Any], *, everybody: bool) -> int:
    # Where rows came in this very transaction no statistics tell of them, and each would be held against each account.
    # Codes of many accounts are counted in memory.
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL work_mem = '64MB'")
    cursor.execute(COUNT.format(**(_OF_ALL if everybody else _OF_THESE)), given)
    many = int(cursor.rowcount)
    cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on")
    return many
