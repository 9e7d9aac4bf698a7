"""Sums of duty by program and month, counted again for whole accounts, in one set-based statement."""

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from examinations.duty.programs import program_sql
from examinations.models.entry import NO_DUTY_TYPES

LOCK = 7_041
#: Secondary indicators: parts of sets and such, no claim to a preference (domain 2.6).
NO_CLAIM = ("", "F", "G", "H", "M", "V", "X")
_CLAIMED = f"spi NOT IN ({', '.join(repr(spi) for spi in NO_CLAIM)}) AND stands_for_line AND counts_value"

RECOUNT = f"""
INSERT INTO examinations_dutymonth
  (account_id, filer_id, source, month, program, amount, saved, claimed_value, unknown_value)
WITH held AS (
  SELECT l.*, date_trunc('month', entry_date)::date AS month, {program_sql()} AS program, {_CLAIMED} AS claimed
  FROM examinations_entryline l
  WHERE (%(all)s OR account_id = ANY (%(accounts)s::uuid[])) AND NOT EXISTS (
    SELECT 1 FROM examinations_entry e WHERE e.id = l.entry_id AND e.entry_type = ANY (%(no_duty)s))),
rates AS (
  SELECT account_id, source, hts, sum(duty) / sum(value) AS rate FROM held
  WHERE spi = '' AND program = 'regular' AND stands_for_line AND counts_value
  GROUP BY account_id, source, hts HAVING sum(value) > 0)
SELECT account_id, filer_id, source, month, program, sum(duty),
  coalesce(round(sum(greatest(value * rate - duty, 0)) FILTER (WHERE claimed), 2), 0),
  coalesce(sum(value) FILTER (WHERE claimed), 0),
  coalesce(sum(value) FILTER (WHERE claimed AND rate IS NULL), 0)
FROM held LEFT JOIN rates USING (account_id, source, hts)
GROUP BY account_id, filer_id, source, month, program
UNION ALL
SELECT account_id, filer_id, source, month, fee.program, sum(fee.amount), 0, 0, 0
FROM held CROSS JOIN LATERAL
  (VALUES ('mpf', mpf), ('hmf', hmf), ('fees', other_fees), ('tax', tax)) AS fee (program, amount)
WHERE fee.amount <> 0
GROUP BY account_id, filer_id, source, month, fee.program
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
