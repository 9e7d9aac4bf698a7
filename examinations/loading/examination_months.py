"""An account's examinations by month, counted again for the accounts that a load touched."""

from collections.abc import Sequence

from examinations.loading.session import Session

RECOUNT = """
INSERT INTO examinations_examinationmonth
  (account_id, filer_id, month, cargo, cargo_closed, entries_examined, reviews, reviews_wrong, reviews_major,
   other, other_wrong, owed, overpaid, owed_on_finds)
SELECT x.account_id, x.filer_id, date_trunc('month', x.selected)::date,
  count(*) FILTER (WHERE cargo), count(*) FILTER (WHERE cargo AND closed IS NOT NULL),
  count(DISTINCT x.entry_id) FILTER (WHERE cargo),
  count(*) FILTER (WHERE review), count(*) FILTER (WHERE review AND wrong), count(*) FILTER (WHERE review AND major),
  count(*) FILTER (WHERE other), count(*) FILTER (WHERE other AND wrong),
  coalesce(sum(d.owed) FILTER (WHERE closed IS NOT NULL), 0),
  coalesce(sum(d.overpaid) FILTER (WHERE closed IS NOT NULL), 0),
  coalesce(sum(d.owed) FILTER (WHERE wrong AND (review OR other)), 0)
FROM examinations_examination x
JOIN examinations_selection s ON s.examination_id = x.id
CROSS JOIN LATERAL (SELECT x.type <> 'ESR' AS cargo,
  x.type = 'ESR' AND x.line IS NOT NULL AND s.reason = 'RANDOM' AND x.closed IS NOT NULL AS review,
  x.closed IS NOT NULL AND s.reason IN ('TARGETED', 'AGENCY', 'FOLLOWUP') AS other,
  x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AS wrong,
  x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING', 'DISCREPANCY_LOL') AS major) w
LEFT JOIN LATERAL (SELECT sum(greatest(revenue_difference, 0)) AS owed, -sum(least(revenue_difference, 0)) AS overpaid
  FROM examinations_discrepancy d WHERE d.examination_id = x.id) d ON true
WHERE x.account_id = ANY (%(accounts)s::uuid[])
GROUP BY x.account_id, x.filer_id, date_trunc('month', x.selected)
"""


def recompute(session: Session, accounts: Sequence[object]) -> None:
    """Count again for these accounts (ids). Random reviews of lines, closed, stand apart; UNKNOWN enters no rate.

    A review of a whole entry is a cluster of its lines (decision 42), and no line.
    """
    if not accounts:
        return
    ids = [str(pk) for pk in accounts]
    session.run("DELETE FROM examinations_examinationmonth WHERE account_id = ANY (%(accounts)s::uuid[])", accounts=ids)
    session.run(RECOUNT, accounts=ids)
