"""A round's candidates near the threshold with their random reviews: one set-based statement."""

import datetime
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Min, Q
from django.utils import timezone

from accounts.models import Account
from compliance.effect.frozen import Frozen, Window, window_of
from compliance.effect.studying import Study, enough_on, study
from compliance.measurement.own_rates.reading import MONTHS_OF_REVIEWS
from compliance.selection import ranking
from compliance.selection.models import Candidate, Round

#: Candidates down to so many times the places of their pool are compared.
TIMES = 3

# Importers that were outside, could be left outside, and had a score: who was in the program before has a past that the
# program made, an ISA participant enters in any case, and the lines of a broker are those of importers. Reviews are
# closed random ones of a line; what an examination is of, and why, is the loader's.
READ = """
WITH outside AS (
  SELECT id, probability,
    row_number() OVER (PARTITION BY pool ORDER BY rank) AS place,
    count(*) FILTER (WHERE mark = %(enters)s AND because <> %(moved_up)s) OVER (PARTITION BY pool) AS places
  FROM selection_candidate
  WHERE round_id = %(round)s AND kind = 'importer' AND state_before <> 'active' AND NOT isa AND score IS NOT NULL),
near AS MATERIALIZED (
  SELECT c.* FROM selection_candidate c
  JOIN outside ON outside.id = c.id AND (place <= %(times)s * places OR outside.probability IS NOT NULL)),
reviewed AS (
  SELECT x.account_id, (x.selected > %(since)s)::int AS after, count(*) AS reviews,
    count(*) FILTER (WHERE x.disposition NOT IN ('NO_DISCREPANCY', 'PENDING')) AS found
  FROM examinations_examination x JOIN examinations_selection s ON s.examination_id = x.id
  WHERE x.account_id IN (SELECT account_id FROM near)
    AND x.type = 'ESR' AND x.line IS NOT NULL AND x.closed IS NOT NULL AND s.reason = 'RANDOM'
    AND (x.selected > %(since)s AND x.selected <= %(until)s
      OR x.selected >= %(earlier_from)s AND x.selected < %(earlier_until)s)
  GROUP BY 1, 2)
SELECT (near.mark = %(enters)s AND near.because <> %(moved_up)s)::int::float8 AS proposed, coalesce(probability, 0)::float8 AS chance,
  coalesce((inputs ->> 'rate')::float8, 0) AS rate, coalesce((inputs ->> 'reviews')::float8, 0) AS reviews,
  coalesce((inputs ->> 'reviews_wrong')::float8, 0) AS found, duty12::float8 AS duty,
  coalesce((parts ->> 'severity')::float8, 0) AS severity,
  score::float8 - coalesce((parts ->> 'duty_at_stake')::float8, 0) - coalesce((parts ->> 'likelihood')::float8, 0)
    - coalesce((parts ->> 'severity')::float8, 0) AS others,
  coalesce(a.reviews, 0)::float8 AS after, coalesce(a.found, 0)::float8 AS found_after,
  coalesce(e.reviews, 0)::float8 AS earlier, coalesce(e.found, 0)::float8 AS found_earlier,
  dense_rank() OVER (ORDER BY near.pool)::float8 AS pool
FROM near LEFT JOIN reviewed a ON a.account_id = near.account_id AND a.after = 1
LEFT JOIN reviewed e ON e.account_id = near.account_id AND e.after = 0
ORDER BY rank
"""
COLUMNS = tuple(field.name for field in fields(Frozen))


@dataclass(frozen=True)
class Studied:
    """A round's study with what it rests on. candidates: compared; against: of them decided otherwise than proposed."""

    study: Study
    window: Window
    candidates: int
    against: int
    enough_on: datetime.date | None


def window(chosen: Round, today: datetime.date) -> Window:
    """The days that count for a closed round."""
    later = Round.objects.filter(state=Round.State.CLOSED, closed_at__gt=chosen.closed_at)
    following = later.aggregate(at=Min("closed_at"))["at"]
    assert chosen.closed_at is not None
    return window_of(
        chosen.as_of,
        timezone.localdate(chosen.closed_at),
        timezone.localdate(following) if following else None,
        today,
        MONTHS_OF_REVIEWS // 12,
    )


def frozen(chosen: Round, days: Window) -> Frozen:
    """What was frozen of the candidates near the threshold, and their reviews in the days that count."""
    parameters: dict[str, Any] = {
        "round": chosen.pk,
        "times": TIMES,
        "enters": ranking.ENTERS,
        "moved_up": ranking.MOVED_UP,
    } | vars(days)
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        rows = cursor.fetchall()
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(COLUMNS))
    return Frozen(*table.T)


def studied(chosen: Round, today: datetime.date) -> Studied:
    """Study a closed round as of a day."""
    days = window(chosen, today)
    given = frozen(chosen, days)
    result = study(given.since_the_round, given.year_before, given.chance)
    proposed = Q(mark=ranking.ENTERS) & ~Q(because=ranking.MOVED_UP)
    against = Candidate.objects.filter(
        proposed & ~Q(outcome=ranking.ENTERED) | ~proposed & Q(outcome=ranking.ENTERED),
        round=chosen,
        kind=Account.Kind.IMPORTER,
    )
    return Studied(result, days, len(given.chance), against.count(), enough_on(result, days.since, days.until))
