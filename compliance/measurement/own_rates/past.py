"""What was known of all accounts on a past day: from the rows by their dates and the time of their load.

For a backtest, which must not learn from what came later. The sums hold the present alone, so rows are read; a run over
ten million lines takes seconds, and belongs into a task. A version of an examination counts that stood at that time, one
superseded since too. An entry counts if any version of it was loaded by then; heading, origin and value are those of now.
"""

import datetime
from typing import Any

from django.db import connection

from compliance.measurement.own_rates.fitting import Fit, Rated, fit_to, rates_by
from compliance.measurement.own_rates.known import Known
from compliance.measurement.own_rates.reading import FACT_COLUMNS, MIX_COLUMNS, SIDES, as_known, copied, window_of
from examinations.models.entry import COUNTED_TYPES


def _loaded(load: str) -> str:
    """SQL: that load had ended by then; or no time is asked."""
    return f"({{known_at}}::timestamptz IS NULL OR {load} IN (SELECT id FROM loaded))"


_LOADS = "loaded AS MATERIALIZED (SELECT id FROM examinations_load WHERE coalesce(finished_at, created_at) <= {known_at}::timestamptz)"
_WHO = "who AS MATERIALIZED (SELECT id, kind, coalesce(center_id, '') AS center FROM accounts_account WHERE state <> 'withdrawn')"
_ENTRIES = f"""
known_entry AS MATERIALIZED (
  SELECT id, account_id, filer_id, lines, value FROM examinations_entry e
  WHERE source = 'cbp' AND entry_type = ANY ({{types}}) AND entry_date >= {{trade_from}} AND entry_date < {{this}}
    AND ({_loaded("e.load_id")} OR EXISTS (SELECT 1 FROM examinations_supersededrow s
      WHERE s.about = e.number AND s."table" = 'examinations_entry' AND (s.was ->> 'load_id')::uuid IN (SELECT id FROM loaded))))"""

FACTS = f"""
WITH {_LOADS}, {_WHO}, {_ENTRIES},
version AS (
  SELECT x.account_id, x.filer_id, x.type, x.selected, x.closed, x.disposition, s.reason
  FROM examinations_examination x JOIN examinations_selection s ON s.examination_id = x.id
  WHERE {_loaded("x.load_id")}
  UNION ALL
  SELECT s.account_id, s.filer_id, s.was ->> 'type', (s.was ->> 'selected')::date, (s.was ->> 'closed')::date,
    s.was ->> 'disposition', coalesce(r.was ->> 'reason', 'UNKNOWN')
  FROM examinations_supersededrow s LEFT JOIN examinations_supersededrow r
    ON r.about = s.key AND r."table" = 'examinations_selection' AND r.load_id = s.load_id
  WHERE s."table" = 'examinations_examination' AND s.at > {{known_at}}::timestamptz
    AND (s.was ->> 'load_id')::uuid IN (SELECT id FROM loaded)),
counted AS (
  SELECT account_id, filer_id, type = 'ESR' AND reason = 'RANDOM' AS review,
    reason IN ('TARGETED', 'AGENCY', 'FOLLOWUP') AS other, disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AS wrong
  FROM version WHERE selected >= {{reviews_from}} AND selected <= {{as_of}} AND closed <= {{as_of}}),
examined AS (
  SELECT side.account_id, count(*) FILTER (WHERE review) AS reviews, count(*) FILTER (WHERE review AND wrong) AS wrong,
    count(*) FILTER (WHERE other) AS other, count(*) FILTER (WHERE other AND wrong) AS other_wrong
  FROM counted m {SIDES} WHERE side.account_id IS NOT NULL GROUP BY side.account_id),
traded AS (
  SELECT side.account_id, sum(lines) AS lines, sum(value) AS value FROM known_entry m {SIDES}
  WHERE side.account_id IS NOT NULL GROUP BY side.account_id)
SELECT who.id::text, (who.kind = 'broker')::int, '=' || center, coalesce(reviews, 0), coalesce(wrong, 0),
  coalesce(other, 0), coalesce(other_wrong, 0), coalesce(lines, 0)::float8, coalesce(value, 0)::float8
FROM who LEFT JOIN traded ON traded.account_id = who.id LEFT JOIN examined ON examined.account_id = who.id ORDER BY who.id
"""
MIX = f"""
WITH {_LOADS}, {_WHO}, {_ENTRIES}
SELECT side.account_id::text, dimension, '=' || code, count(*)::float8
FROM known_entry m JOIN examinations_entryline l ON l.entry_id = m.id AND l.stands_for_line {SIDES}
CROSS JOIN LATERAL (VALUES ('chapter', left(l.hts, 2)), ('origin', l.origin)) AS d (dimension, code)
WHERE side.account_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def known_on(as_of: datetime.date, known_at: datetime.datetime | None = None) -> Known:
    """What was known of all accounts on that day: reviews closed and goods entered by then.

    known_at: as loaded by then; None: whenever it was loaded, for worlds of which the past was loaded at once.
    """
    window = window_of(as_of)
    values: dict[str, Any] = {**vars(window), "known_at": known_at, "types": list(COUNTED_TYPES)}
    with connection.cursor() as cursor:
        facts, mix = (
            cursor.mogrify(sql.format(**{name: f"%({name})s" for name in values}), values).decode()
            for sql in (FACTS, MIX)
        )
    return as_known(copied(facts, FACT_COLUMNS), copied(mix, MIX_COLUMNS))


def rates_then(as_of: datetime.date, known_at: datetime.datetime | None = None) -> tuple[Known, Fit, Rated]:
    """What the rates of all accounts would have been on that day, fitted on what was known; nothing is written."""
    known = known_on(as_of, known_at)
    fit = fit_to(known)
    return known, fit, rates_by(fit, known)
