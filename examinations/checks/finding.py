"""What the checks find, kept up to date for whole accounts: one statement a check, whatever the size."""

import datetime
import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from examinations.checks.catalogue import CHECKS
from examinations.checks.check import MONTHS, Check
from examinations.models.entry import NO_DUTY_TYPES
from examinations.nomenclature import country_sql

LOCK = 7_043

#: The rows that the checks look at: one for each line, of what deposits duty. country: of the origin, which for goods from
#: Canada is a province.
HELD = f"""
CREATE TEMPORARY TABLE held ON COMMIT DROP AS
SELECT l.*, e.entry_type, e.number, {country_sql("l.origin")} AS country
FROM examinations_entryline l JOIN examinations_entry e ON e.id = l.entry_id
WHERE l.account_id = ANY (%(accounts)s::uuid[]) AND l.entry_date >= %(since)s AND l.stands_for_line
  AND l.counts_value AND NOT e.entry_type = ANY (%(no_duty)s)
"""
KEEP = """
WITH found AS MATERIALIZED (
  SELECT h.account_id, h.filer_id, h.source, h.entry_id, h.number, h.line, h.entry_date, h.hts, h.origin,
    h.manufacturer_id, h.value, f.money, f.facts
  FROM ({sql}) f JOIN held h ON h.id = f.row_id),
gone AS (
  DELETE FROM examinations_checkfinding k WHERE k.account_id = ANY (%(accounts)s::uuid[]) AND k.kind = %(kind)s
    AND NOT EXISTS (SELECT 1 FROM found WHERE (found.entry_id, found.line) = (k.entry_id, k.line)))
INSERT INTO examinations_checkfinding AS k (kind, account_id, filer_id, source, entry_id, entry_number, line,
  entry_date, hts, origin, manufacturer_id, value, money, facts, first_found)
SELECT %(kind)s, account_id, filer_id, source, entry_id, number, line, entry_date, hts, origin, manufacturer_id,
  value, money, facts, %(as_of)s FROM found
ON CONFLICT (kind, entry_id, line) DO UPDATE SET account_id = excluded.account_id, filer_id = excluded.filer_id,
  source = excluded.source, entry_number = excluded.entry_number, entry_date = excluded.entry_date, hts = excluded.hts,
  origin = excluded.origin, manufacturer_id = excluded.manufacturer_id, value = excluded.value,
  money = excluded.money, facts = excluded.facts
WHERE (k.account_id, k.filer_id, k.source, k.entry_date, k.hts, k.origin, k.manufacturer_id, k.value, k.money, k.facts)
  IS DISTINCT FROM (excluded.account_id, excluded.filer_id, excluded.source, excluded.entry_date, excluded.hts,
    excluded.origin, excluded.manufacturer_id, excluded.value, excluded.money, excluded.facts)
"""


def first_day(as_of: datetime.date) -> datetime.date:
    """The first day of the months that the checks look at: `MONTHS` whole ones before that of `as_of`."""
    years, months = divmod(as_of.year * 12 + as_of.month - 1 - MONTHS, 12)
    return datetime.date(years, months + 1, 1)


def look(accounts: Sequence[uuid.UUID], as_of: datetime.date, checks: Sequence[Check] | None = None) -> None:
    """Run the checks over the lines of these accounts. What is no longer found goes; marks of a line stay.

    Two at once queue behind a lock: each would delete what the other just found.
    """
    given = {
        "accounts": [str(pk) for pk in accounts],
        "since": first_day(as_of),
        "as_of": as_of,
        "no_duty": list(NO_DUTY_TYPES),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("DROP TABLE IF EXISTS held")  # of a call before, in the same transaction
        cursor.execute(HELD, given)
        cursor.execute("ANALYZE held")
        for check in checks or CHECKS.values():
            cursor.execute(KEEP.format(sql=check.sql), given | {"kind": check.key})
