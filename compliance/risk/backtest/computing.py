"""From a past day to what is stored of its backtest: score as known then, read what came later, judge."""

import datetime
from typing import Any

import numpy as np
from django.db import connection

from compliance.risk.backtest.judging import Outcome, judged
from compliance.risk.backtest.past import as_known_on
from compliance.risk.inputs import Inputs
from compliance.risk.model import Model
from compliance.risk.reading import as_rated_then, read_inputs
from compliance.risk.score import expected_loss, parts_of, score_of

# Importers alone: what a broker filed is its importers' too, and would count twice.
LATER = """
SELECT x.account_id::text, count(*), count(*) FILTER (WHERE wrong), coalesce(sum(d.owed) FILTER (WHERE wrong), 0)::float8
FROM examinations_examination x JOIN examinations_selection s ON s.examination_id = x.id
JOIN accounts_account a ON a.id = x.account_id AND a.kind = 'importer'
CROSS JOIN LATERAL (SELECT x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING') AS wrong) w
LEFT JOIN LATERAL (SELECT sum(greatest(revenue_difference, 0)) AS owed FROM examinations_discrepancy d
  WHERE d.examination_id = x.id) d ON true
WHERE x.type = 'ESR' AND x.line IS NOT NULL AND s.reason = 'RANDOM' AND x.closed IS NOT NULL
  AND x.selected > %(day)s AND x.selected <= %(until)s
GROUP BY x.account_id
"""
IMPORTERS = "SELECT id::text FROM accounts_account WHERE kind = 'importer'"


def backtested(model: Model, day: datetime.date, until: datetime.date) -> dict[str, Any]:
    """What the score of that day found of what random reviews selected after it found, until another day, as plain values."""
    with connection.cursor() as cursor:
        cursor.execute(LATER, {"day": day, "until": until})
        later = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(IMPORTERS)
        importers = {pk for (pk,) in cursor.fetchall()}
    with as_known_on(day):
        ids, given = read_inputs(None, day)
        given = as_rated_then(ids, given, day) if ids else given
    # Nobody ranks an account that had not traded yet.
    at = np.array(
        [place for place, pk in enumerate(ids) if pk in importers and (given.value12[place] or given.reviews[place])],
        dtype=np.int64,
    )
    given = Inputs(*(getattr(given, name)[at] for name in Inputs.__dataclass_fields__))
    found = np.array([later.get(ids[place], (0, 0, 0.0)) for place in at], dtype=np.float64).reshape(len(at), 3)
    return judged(given.rate, _rankings(given, model), Outcome(*found.T)) | {
        "outside": sum(pk not in {ids[place] for place in at} for pk in later)
    }


def _rankings(given: Inputs, model: Model) -> dict[str, Any]:
    """The score, with its own rule for ties, beside what one would take without it."""
    score = score_of(parts_of(given, model)).astype(np.float64)
    loss = expected_loss(given, model)
    raw = np.where(given.reviews > 0, given.reviews_wrong / np.maximum(given.reviews, 1), 0.0)
    small = 1e-9 * given.duty12 / max(float(given.duty12.max(initial=0.0)), 1.0)
    return {
        "score": score + 0.5 * loss / max(float(loss.max(initial=0.0)), 1.0),
        "duty": given.duty12,
        "raw": raw + small,
    }
