"""What nobody needs any more of nightly scores, of the fits behind them, and of what was kept of months that are over.

Kept for ever: of each account the last score of each calendar month, its newest, its first, each one that stood in another
band or came from another model than the one before it, and whatever a round of selection froze. Every night's score is kept for
KEPT days. Of fits the last of each month, and those by which a rate that stands was computed.
"""

import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from compliance.measurement.models import AccountYear
from compliance.risk.models import TradeFacts
from compliance.risk.months import months_before

#: Days for which every night's score is kept; longer than the month over which a page tells what moved.
KEPT = 35
SCORES = """
WITH row AS (
  SELECT id, account_id, as_of, band, model_version, lag(band) OVER after AS band_before,
    lag(model_version) OVER after AS model_before, lead(as_of) OVER after AS next
  FROM risk_assessment WINDOW after AS (PARTITION BY account_id ORDER BY as_of))
DELETE FROM risk_assessment r USING row
WHERE row.id = r.id AND r.as_of < %s AND row.band = row.band_before AND row.model_version = row.model_before
  AND date_trunc('month', row.next) = date_trunc('month', row.as_of)
  AND NOT EXISTS (SELECT FROM ({frozen}) AS frozen (account_id, as_of)
                  WHERE frozen.account_id = r.account_id AND frozen.as_of = r.as_of)
"""
FITS = """
WITH fit AS (SELECT id, as_of, lead(as_of) OVER (ORDER BY as_of, id) AS next FROM measurement_ratefit)
DELETE FROM measurement_ratefit f USING fit
WHERE fit.id = f.id AND f.as_of < %s AND date_trunc('month', fit.next) = date_trunc('month', fit.as_of)
  AND NOT EXISTS (SELECT FROM measurement_ownrate o WHERE o.fit_id = f.id)
"""


def forget_scores(today: datetime.date, *, frozen: QuerySet[Any]) -> int:
    """Remove nightly scores that are over; returns how many. frozen: pairs of account id and day that stay."""
    sql, values = frozen.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(SCORES.format(frozen=sql), [today - datetime.timedelta(days=KEPT), *values])
        return int(cursor.rowcount)


def forget_fits(today: datetime.date) -> int:
    """Remove fits that are over and by which no rate stands; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(FITS, [today - datetime.timedelta(days=KEPT)])
        return int(cursor.rowcount)


def forget_months(today: datetime.date) -> int:
    """Remove what was kept of months before the last one; who asks for such a day counts it again. Returns how many."""
    old = {"month__lt": months_before(today, 1)}
    return sum(model.objects.filter(**old).delete()[0] for model in (AccountYear, TradeFacts))
