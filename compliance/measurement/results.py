"""What reviews found of the lines that a plan drew: the rows, as they are on a day.

A review fills a drawn line in where it is of that entry and line, of papers (ESR), drawn at random, begun since the draw
and closed; where no such review is, one of its whole entry does, and counts as the cluster of the entry's lines. Every other
random row is another draw's, and a series of its own. What fills in the lines of a closed plan is kept with them.
"""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from compliance.measurement.major import Finding, Thresholds, is_major

if TYPE_CHECKING:
    from compliance.measurement.models import MeasurementPlan

#: So many lines at the rate expected everywhere are added to what an earlier plan found in a stratum.
EXPECTED_WEIGHS = 20

# Of a plan that is being examined by the rows as they are, of a closed one by what was kept when it was closed. Found once
# and then joined: whatever is thought of how many there are, no line looks for all of them again.
_FILLED = """
live AS MATERIALIZED (
  SELECT DISTINCT ON (d.id) d.*, x.id AS examination_id, x.disposition, x.closed, x.line IS NULL AS whole, NULL::jsonb AS findings
  FROM measurement_drawnline d
  JOIN measurement_measurementplan p ON p.id = d.plan_id AND p.closed_on IS NULL
  JOIN examinations_examination x ON x.entry_number = d.entry_number AND (x.line = d.line OR x.line IS NULL)
    AND x.type = 'ESR' AND x.closed <= %(as_of)s AND x.selected >= p.frozen_on
  JOIN examinations_selection s ON s.examination_id = x.id AND s.reason = 'RANDOM'
  WHERE d.plan_id = ANY(%(plans)s)
  -- The line's own result comes first: a review that was widened because of it would make it look too good.
  ORDER BY d.id, x.line IS NULL, x.closed, x.id),
result AS (
  SELECT * FROM live
  UNION ALL
  SELECT d.*, (kept ->> 'examination')::bigint, kept ->> 'disposition', (kept ->> 'closed')::date,
    coalesce((kept -> 'whole')::boolean, false), kept -> 'findings'
  FROM measurement_drawnline d JOIN measurement_measurementplan p ON p.id = d.plan_id AND p.closed_on IS NOT NULL
  WHERE d.plan_id = ANY(%(plans)s) AND (kept ->> 'closed')::date <= %(as_of)s),
filled AS MATERIALIZED (
  SELECT r.id, r.stratum_id, r.entry_number, r.line, r.hts, coalesce(r.center_id, '') AS center, r.issues,
    CASE WHEN r.whole THEN r.entry_lines ELSE 1 END AS lines,
    CASE WHEN r.whole THEN r.entry_duty ELSE r.duty END AS duty,
    r.examination_id, r.disposition, r.closed, r.whole AND r.entry_lines > 1 AS whole, r.findings
  FROM result r)"""

_FINDINGS = """coalesce(f.findings, (
  SELECT jsonb_agg(jsonb_build_array(c.type, c.declared::text, c.found::text, c.revenue_difference::text) ORDER BY c.ordinal)
  FROM examinations_discrepancy c WHERE c.examination_id = f.examination_id), '[]')"""

REVIEWS = f"""
WITH {_FILLED}
SELECT f.stratum_id, f.center, left(f.hts, 2), f.issues, f.lines, f.duty, f.whole, f.disposition, {_FINDINGS}::text
FROM filled f ORDER BY f.id"""

# What a plan rests on when it is closed: later files correct rows, and its numbers stand.
KEEP = f"""
WITH {_FILLED}
UPDATE measurement_drawnline d SET kept = jsonb_build_object(
  'examination', f.examination_id, 'disposition', f.disposition, 'closed', f.closed, 'whole', f.whole,
  'findings', {_FINDINGS})
FROM filled f WHERE f.id = d.id"""

PROGRESS = f"""
WITH {_FILLED}
SELECT d.stratum_id, count(*), count(*) FILTER (WHERE d.id IN (SELECT id FROM filled)),
  count(*) FILTER (WHERE d.due < %(as_of)s AND d.id NOT IN (SELECT id FROM filled))
FROM measurement_drawnline d WHERE d.plan_id = ANY(%(plans)s) GROUP BY d.stratum_id"""

# Of an earlier plan, by key of the stratum: examined, and the sum of shares that were wrong (Review.wrong_share).
BY_KEY = f"""
WITH {_FILLED}
SELECT s.key, count(*), coalesce(sum(
    least(greatest(jsonb_array_length({_FINDINGS}), 1), f.lines)::float8 / f.lines
  ) FILTER (WHERE f.disposition <> 'NO_DISCREPANCY'), 0)
FROM filled f JOIN measurement_stratum s ON s.id = f.stratum_id GROUP BY s.key"""

LIST = f"""
WITH {_FILLED}
SELECT d.entry_number, d.line, a.name, d.hts, d.origin, d.port, d.value, d.duty, s.label, d.probability, d.reviewer,
  d.due, f.closed, f.disposition, f.lines, (k.asked_at AT TIME ZONE %(zone)s)::date, k.because
FROM measurement_drawnline d
JOIN measurement_stratum s ON s.id = d.stratum_id
LEFT JOIN filled f ON f.id = d.id
LEFT JOIN measurement_cargolook k ON k.drawn_id = d.id AND k.taken_back_at IS NULL
LEFT JOIN examinations_entry e ON e.number = d.entry_number AND e.source = 'cbp'
LEFT JOIN accounts_account a ON a.id = e.account_id
WHERE d.plan_id = ANY(%(plans)s) ORDER BY d.reviewer, d.entry_number, d.line"""

# Random, but no line of this plan: of cargo (by examination), and reviews of other draws.
OTHERS = f"""
WITH {_FILLED}
SELECT x.type <> 'ESR', count(*), count(*) FILTER (WHERE x.disposition <> 'NO_DISCREPANCY')
FROM examinations_examination x
JOIN examinations_selection s ON s.examination_id = x.id AND s.reason = 'RANDOM'
JOIN examinations_entry e ON e.id = x.entry_id AND e.entry_date BETWEEN %(starts)s AND %(ends)s
WHERE x.closed <= %(as_of)s AND x.id NOT IN (SELECT examination_id FROM filled)
GROUP BY 1"""


@dataclass(frozen=True)
class Review:
    """A drawn line that was examined, by itself or with its whole entry.

    lines, duty: of the line, 1 and its duty; of the entry, as many as it had when the line was drawn. The file does not say
    on which lines of an entry its findings are: each is taken to be on a line of its own.
    """

    stratum: int
    center: str
    chapter: str
    issues: tuple[str, ...]
    lines: int
    duty: Decimal
    with_entry: bool
    disposition: str
    findings: tuple[Finding, ...]

    @property
    def wrong(self) -> bool:
        return self.disposition != "NO_DISCREPANCY"

    @property
    def wrong_share(self) -> float:
        """The share of the examined lines that were wrong."""
        return min(max(len(self.findings), 1), self.lines) / self.lines if self.wrong else 0.0

    @property
    def called_major(self) -> bool:
        """What CBP's file calls it; the rules may call it otherwise."""
        return self.disposition not in ("NO_DISCREPANCY", "DISCREPANCY_LOL")

    @property
    def revenue_a_line(self) -> Decimal:
        """Dollars, plus: more owed; of an entry the mean of its lines."""
        return sum((one.revenue or Decimal(0) for one in self.findings), Decimal(0)) / self.lines

    def major_share(self, rules: Thresholds) -> float:
        """The share of the examined lines with a major error; of an entry each finding is judged by the mean line's duty."""
        if not self.wrong:
            return 0.0
        if self.lines == 1:
            return float(is_major(self.findings, self.duty, rules))
        mean = self.duty / self.lines
        return min(sum(is_major([one], mean, rules) for one in self.findings), self.lines) / self.lines


def _rows(statement: str, plans: "Sequence[MeasurementPlan]", as_of: datetime.date, **more: Any) -> list[Any]:
    values = {"plans": [plan.pk for plan in plans], "as_of": as_of, **more}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def reviews_of(plans: "Sequence[MeasurementPlan]", as_of: datetime.date) -> list[Review]:
    """Every line that these plans drew and that was examined by that day; one statement."""
    return [
        Review(
            *(stratum, center, chapter, tuple(issues), lines, duty, whole, disposition),
            tuple(map(_finding, json.loads(findings))),
        )
        for stratum, center, chapter, issues, lines, duty, whole, disposition, findings in _rows(REVIEWS, plans, as_of)
    ]


def _finding(row: list[str | None]) -> Finding:
    declared, found, revenue = (None if text is None else Decimal(text) for text in row[1:])
    return Finding(str(row[0]), declared, found, revenue)


def keep(plan: "MeasurementPlan", as_of: datetime.date) -> None:
    """Keep with each drawn line what its review found by that day; before the plan is marked as closed."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"plans": [plan.pk], "as_of": as_of})


def progress_of(plan: "MeasurementPlan", as_of: datetime.date) -> dict[int, tuple[int, int, int]]:
    """By stratum: lines drawn, examined, and still open past their date."""
    return {stratum: tuple(counts) for stratum, *counts in _rows(PROGRESS, [plan], as_of)}  # type: ignore[misc]


def list_of(plan: "MeasurementPlan", as_of: datetime.date) -> list[tuple[Any, ...]]:
    """The drawn lines, as the Centers need them, with what became of each."""
    return _rows(LIST, [plan], as_of, zone=timezone.get_current_timezone_name())


def others_of(plan: "MeasurementPlan", as_of: datetime.date) -> dict[str, tuple[int, int]]:
    """Closed random rows of the period that fill no line of this plan: (closed, wrong) of "cargo" and "reviews"."""
    found = _rows(OTHERS, [plan], as_of, starts=plan.starts, ends=plan.ends)
    return {"cargo" if cargo else "reviews": (closed, wrong) for cargo, closed, wrong in found}


def earlier_rates(plan: "MeasurementPlan") -> dict[str, float]:
    """Rates of the newest plan of an earlier period, by key of this plan's stratum, drawn a little to the one expected.

    Of plans with the same strata alone: the same grouping and bands, and of groups of chapters those with the same chapters.
    """
    before = (
        type(plan)
        .objects.exclude(state=plan.State.DRAFT)
        .filter(ends__lt=plan.starts, group_by=plan.group_by, bands=plan.bands)
        .order_by("-ends", "-pk")
        .first()
    )
    if before is None:
        return {}
    by_center = plan.group_by == plan.GroupBy.CENTER
    places = None if by_center else plan.groups.shared(before.groups)
    found = {}
    for key, examined, wrong in _rows(BY_KEY, [before], timezone.localdate()):
        group, *band = key.split(":")
        if band and places is not None and group not in places:
            continue
        here = ":".join((places[group], *band)) if band and places is not None else key
        found[here] = (wrong + EXPECTED_WEIGHS * plan.expected_rate) / (examined + EXPECTED_WEIGHS)
    return found
