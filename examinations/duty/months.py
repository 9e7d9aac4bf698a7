"""Sums of duty by program and month, counted again for whole accounts, in one set-based statement."""

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from examinations.duty.programs import program_sql
from examinations.models.entry import NO_DUTY_TYPES

LOCK = 7_041
#: Secondary indicators: parts of sets and such, no claim to a preference (domain 2.6).
NO_CLAIM = ("", "F", "G", "H", "M", "V", "X")
CLAIMED = f"spi NOT IN ({', '.join(repr(spi) for spi in NO_CLAIM)}) AND stands_for_line AND counts_value"

#: Duty that later versions of an entry took off or added, by program: its first version against the one that stands.
#: Fees may be estimates, which nobody filed. Corrections renumber rows, so versions are compared entry by entry, never
#: row by row. A row that no later load touched is in both and left out of both: it still names the load that brought
#: the entry first.
_VERSIONS = f"""
first AS (
  SELECT DISTINCT ON (e.id) e.id, e.number, e.source, e.account_id, e.filer_id,
    date_trunc('month', e.entry_date)::date AS month, s.load_id
  FROM examinations_earlierentry s JOIN examinations_entry e
    ON e.number = s.number AND e.account_id = s.account_id AND e.source = s.source
  WHERE (%(all)s OR s.account_id = ANY (%(accounts)s::uuid[]))
    AND e.entry_type <> ALL (%(no_duty)s)
  ORDER BY e.id, s.id),
past AS (
  SELECT DISTINCT ON (f.id, s.line, s.ordinal) f.id, f.load_id AS first_load, s.hts, s.entry_date, s.adcvd_case,
    s.load_id, s.duty
  FROM first f JOIN examinations_earlierentryline s ON s.number = f.number AND s.source = f.source
  ORDER BY f.id, s.line, s.ordinal, s.id),
version AS (
  SELECT id, {program_sql()} AS program, duty AS amount FROM past WHERE load_id = first_load
  UNION ALL
  SELECT f.id, l.program, -l.duty FROM first f JOIN held l ON l.entry_id = f.id
  WHERE l.load_id <> f.load_id),
moved AS (SELECT id, program, sum(amount) AS off FROM version GROUP BY id, program)
"""

#: What a claim saved is told by rows of the same filer alone: a broker reads its own sums, and a rate from another's
#: rows would tell it what that one enters and at which duty.
RECOUNT = f"""
INSERT INTO examinations_dutymonth (account_id, filer_id, source, month, program,
  amount, saved, claimed_value, unknown_value, removed, added)
WITH held AS (
  SELECT l.*, date_trunc('month', entry_date)::date AS month, {program_sql()} AS program, {CLAIMED} AS claimed
  FROM examinations_entryline l
  WHERE (%(all)s OR account_id = ANY (%(accounts)s::uuid[])) AND NOT EXISTS (
    SELECT 1 FROM examinations_entry e WHERE e.id = l.entry_id AND e.entry_type = ANY (%(no_duty)s))),
rates AS (
  SELECT account_id, filer_id, source, hts, sum(duty) / sum(value) AS rate FROM held
  WHERE spi = '' AND program = 'regular' AND stands_for_line AND counts_value
  GROUP BY account_id, filer_id, source, hts HAVING sum(value) > 0),
{_VERSIONS},
counted AS (
  SELECT held.account_id, held.filer_id, held.source, month, program, sum(duty) AS amount,
    round(sum(greatest(value * rate - duty, 0)) FILTER (WHERE claimed), 2) AS saved,
    sum(value) FILTER (WHERE claimed) AS claimed_value,
    sum(value) FILTER (WHERE claimed AND rate IS NULL) AS unknown_value, 0 AS removed, 0 AS added
  FROM held LEFT JOIN rates r ON (r.account_id, r.source, r.hts) = (held.account_id, held.source, held.hts)
    AND r.filer_id IS NOT DISTINCT FROM held.filer_id
  GROUP BY held.account_id, held.filer_id, held.source, month, program
  UNION ALL
  SELECT account_id, filer_id, source, month, fee.program, sum(fee.amount), 0, 0, 0, 0, 0
  FROM held CROSS JOIN LATERAL
    (VALUES ('mpf', mpf), ('hmf', hmf), ('fees', other_fees), ('tax', tax)) AS fee (program, amount)
  WHERE fee.amount <> 0
  GROUP BY account_id, filer_id, source, month, fee.program
  UNION ALL
  SELECT account_id, filer_id, source, month, program, 0, 0, 0, 0, sum(greatest(off, 0)), sum(greatest(-off, 0))
  FROM first JOIN moved USING (id) WHERE off <> 0
  GROUP BY account_id, filer_id, source, month, program)
SELECT account_id, filer_id, source, month, program, sum(amount), coalesce(sum(saved), 0),
  coalesce(sum(claimed_value), 0), coalesce(sum(unknown_value), 0), sum(removed), sum(added)
FROM counted GROUP BY account_id, filer_id, source, month, program
"""


def recount(accounts: Sequence[uuid.UUID] | None) -> None:
    """Count again for these accounts, or for all where None. Two at once queue behind a lock."""
    given = {
        "all": accounts is None,
        "accounts": [str(pk) for pk in accounts or ()],
        "no_duty": list(NO_DUTY_TYPES),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            "DELETE FROM examinations_dutymonth WHERE %(all)s OR account_id = ANY (%(accounts)s::uuid[])", given
        )
        cursor.execute(RECOUNT, given)
