"""The review of bonds: how each stands by the formula and by what people entered, set-based, written where it changed.

The pure functions of `sufficiency` and `states` define what one statement says of all; tests hold both to each other.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from compliance.bonds.models import BondTerms
from compliance.bonds.states import Terms
from examinations.figures.period import twelve_whole_months

#: Two reviews at once queue: else one would find a bond moved on that the other has already written down.
LOCK = 7_100_061
WRITTEN = (
    *("account_id", "total", "refunded", "left_out", "unsure_entries", "required", "use", "state"),
    *("letter_on", "remedy_by", "in_force_by", "delinquent_since"),
)

# Bonds of which the formula judges, with the sums of all numbers on them; then the open letter of each, with the days
# that held on its date; then the state, as
# states.state_of says it. `b` is small against the months.
# A statement of its own, by number and before it is asked which bond covers it: one that writes is never worked on by
# several processes at once, and this one reads most of all.
SUMS = """
DROP TABLE IF EXISTS pg_temp.sums_of_numbers;
CREATE TEMPORARY TABLE sums_of_numbers ON COMMIT DROP AS
SELECT m.identifier_id, sum(m.duties_taxes_fees) AS total, sum(m.refunded) AS refunded,
  sum(greatest(m.estimated_entries, m.hmf_unknown_entries)) AS unsure
FROM examinations_entrymonth m
WHERE m.source = 'cbp' AND m.month >= %(year)s AND m.month < %(this)s {only_numbers} GROUP BY 1
"""
_SUMS = """
  SELECT c.bond_id, sum(m.total) AS total, sum(m.refunded) AS refunded, sum(m.unsure) AS unsure
  FROM bonds_coverednumber c JOIN sums_of_numbers m ON m.identifier_id = c.identifier_id {only_covered} GROUP BY 1
"""
_ALONE = """
  SELECT c.bond_id, sum(s.duties_taxes_fees) AS total, sum(s.refunded) AS refunded
  FROM entries_on_single_bonds({only_identifiers}, %(year)s, %(last)s) s
  JOIN bonds_coverednumber c ON c.identifier_id = s.identifier_id GROUP BY 1
"""
# Of the steps that people entered the last letter counts, unless it was settled after; and what was done about it since.
_LETTERS = """
  SELECT s.bond_id, max(s."on") FILTER (WHERE s.id = l.id) AS dated, bool_or(s.id = l.id AND s.kind = 'at_once') AS at_once,
    (array_agg(s."on" ORDER BY s.id DESC) FILTER (WHERE s.kind = 'filed'))[1] AS filed,
    (array_agg(s."on" ORDER BY s.id DESC) FILTER (WHERE s.kind = 'replaced'))[1] AS replaced
  FROM bonds_bondstep s JOIN (
    SELECT bond_id, max(id) FILTER (WHERE kind IN ('letter', 'at_once')) AS id, max(id) FILTER (WHERE kind = 'settled') AS over
    FROM bonds_bondstep WHERE kind <> 'reviewed' GROUP BY 1) l ON l.bond_id = s.bond_id
  WHERE s.id >= l.id AND l.id > coalesce(l.over, 0) GROUP BY 1
"""
# Bills of the principal that are overdue on the day, since when.
_OVERDUE = """
  SELECT account_id, min(since) AS since FROM bonds_delinquency
  WHERE since <= %(day)s AND (until IS NULL OR until > %(day)s) GROUP BY 1
"""
# Whether each number on a bond `b` stands on another one that is in force: function bond_followed says the same of one bond.
_FOLLOWED = """EXISTS (SELECT FROM bonds_coverednumber c WHERE c.bond_id = b.id) AND NOT EXISTS (
      SELECT FROM bonds_coverednumber c WHERE c.bond_id = b.id AND NOT EXISTS (
        SELECT FROM bonds_coverednumber o JOIN bonds_bond n ON n.id = o.bond_id
        WHERE o.identifier_id = c.identifier_id AND n.id <> b.id AND n.bond_type = '8' AND n.activity_code = '1'
          AND n.effective <= %(day)s AND (n.terminates IS NULL OR n.terminates > %(day)s)))"""
REVIEW = f"""
WITH b AS MATERIALIZED (
  SELECT id, account_id, amount, effective, terminates, (terminates IS NOT NULL AND terminates <= %(day)s) AS ended
  FROM bonds_bond b WHERE bond_type = '8' AND activity_code = '1' AND effective <= %(day)s {{only_bonds}}),
sums AS ({_SUMS}),
alone AS ({_ALONE}),
letter AS ({_LETTERS}),
overdue AS ({_OVERDUE}),
known AS (
  SELECT b.*, coalesce(sums.total, 0) - coalesce(alone.total, 0) AS total,
    coalesce(sums.refunded, 0) - coalesce(alone.refunded, 0) AS refunded, coalesce(alone.total, 0) AS left_out,
    coalesce(sums.unsure, 0) AS unsure, letter.at_once, letter.filed, letter.replaced,
    CASE WHEN letter.dated <= %(day)s THEN letter.dated END AS dated,
    overdue.since AS delinquent_since, ended AND {_FOLLOWED} AS followed
  FROM b LEFT JOIN sums ON sums.bond_id = b.id LEFT JOIN alone ON alone.bond_id = b.id
  LEFT JOIN letter ON letter.bond_id = b.id LEFT JOIN overdue ON overdue.account_id = b.account_id),
needed AS (
  SELECT known.*, dated + coalesce(t.remedy_days, %(remedy)s) AS remedy_by,
    dated + coalesce(t.in_force_days, %(in_force)s) AS in_force_by,
    CASE WHEN total <= 500000 THEN 50000 WHEN total <= 1000000 THEN ceil(total / 100000) * 10000
         ELSE ceil(total / 1000000) * 100000 END AS required
  FROM known LEFT JOIN LATERAL (
    SELECT remedy_days, in_force_days FROM bonds_bondterms WHERE since <= dated ORDER BY since DESC LIMIT 1) t ON true),
found AS (
  SELECT id AS bond_id, account_id, total, refunded, left_out, unsure AS unsure_entries, required,
    round(least(total / 10 / amount, 999999999999), 4) AS use,
    CASE WHEN ended THEN CASE WHEN followed THEN 'replaced' ELSE 'ended' END
      WHEN dated IS NOT NULL AND replaced <= %(day)s THEN 'replaced'
      WHEN dated IS NOT NULL AND at_once THEN 'immediate'
      WHEN dated IS NOT NULL AND filed <= least(%(day)s, remedy_by) AND %(day)s <= in_force_by THEN 'termination_filed'
      WHEN dated IS NOT NULL AND filed <= least(%(day)s, remedy_by) THEN 'insufficient'
      WHEN dated IS NOT NULL AND %(day)s <= remedy_by THEN 'notified'
      WHEN dated IS NOT NULL THEN 'insufficient'
      WHEN amount < required THEN 'deficient' WHEN total / 10 >= %(watch)s * amount THEN 'watch'
      ELSE 'sufficient' END AS state,
    dated AS letter_on, remedy_by, in_force_by, delinquent_since
  FROM needed),
written AS (
  MERGE INTO bonds_bondreview r USING found f ON r.bond_id = f.bond_id
  WHEN MATCHED AND ({", ".join(f"r.{name}" for name in WRITTEN)}) IS DISTINCT FROM ({", ".join(f"f.{name}" for name in WRITTEN)})
    THEN UPDATE SET {", ".join(f"{name} = f.{name}" for name in WRITTEN)},
      since = CASE WHEN r.state = f.state THEN r.since ELSE %(day)s END
  WHEN NOT MATCHED THEN INSERT (bond_id, {", ".join(WRITTEN)}, since)
    VALUES (f.bond_id, {", ".join(f"f.{name}" for name in WRITTEN)}, %(day)s)
  RETURNING new.bond_id, new.account_id, new.state, old.state AS before),
stepped AS (
  INSERT INTO bonds_bondstep (bond_id, account_id, kind, state, "on", by_id, words, at)
  SELECT bond_id, account_id, 'reviewed', state, %(day)s, NULL, '', now() FROM written
  WHERE before IS DISTINCT FROM state AND (before IS NOT NULL OR state <> 'sufficient'))
SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM written)
"""
OF_ACCOUNTS = """ IN (SELECT bond_id FROM bonds_coverednumber
  WHERE account_id = ANY (%(accounts)s::uuid[]) OR principal_account_id = ANY (%(accounts)s::uuid[]))"""
#: Parts of the statement that narrow it: a filter outside does not reach what is summed inside.
ALL = {"only_bonds": "", "only_covered": "", "only_numbers": "", "only_identifiers": "NULL"}
SOME = {
    "only_bonds": f"AND b.id{OF_ACCOUNTS}",
    "only_covered": f"WHERE c.bond_id{OF_ACCOUNTS}",
    "only_numbers": f"AND m.identifier_id IN (SELECT identifier_id FROM bonds_coverednumber WHERE bond_id{OF_ACCOUNTS})",
    "only_identifiers": f"(SELECT array_agg(identifier_id) FROM bonds_coverednumber WHERE bond_id{OF_ACCOUNTS})",
}


def review(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> tuple[int, int]:
    """Review the bonds that cover a number of these accounts, or all (None), as of a day; two statements.

    Returns how many were reviewed, and of how many something changed. Twice it changes nothing the second time.
    """
    terms, year = BondTerms.objects.on(as_of), twelve_whole_months(as_of)
    given: dict[str, Any] = {
        "day": as_of,
        "year": year.start,
        "this": as_of.replace(day=1),
        "last": year.end.replace(day=1),
        "watch": terms.watch_share,
        "remedy": Terms.remedy_days,
        "in_force": Terms.in_force_days,
        "accounts": None if accounts is None else [str(pk) for pk in accounts],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL work_mem = '64MB'")
        parts = ALL if accounts is None else SOME
        cursor.execute(SUMS.format(**parts), given)
        cursor.execute(REVIEW.format(**parts), given)
        reviewed, changed = cursor.fetchone()
    return reviewed, changed
