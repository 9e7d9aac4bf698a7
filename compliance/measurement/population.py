"""The population of a plan: every entry line of its period, each in exactly one stratum. Set-based statements.

A line is all its tariff rows together: chapter 99 rows carry most of its duty (domain 2.7).
"""

from typing import TYPE_CHECKING, Any

from django.db import connection

from compliance.measurement.chapter_groups import places
from compliance.measurement.issues import ISSUES
from examinations.models.entry import COUNTED_TYPES

if TYPE_CHECKING:
    from compliance.measurement.models import MeasurementPlan

WHOLE = "whole"

_OF_PERIOD = "l.entry_date BETWEEN %(starts)s AND %(ends)s AND l.source = 'cbp'"
# One row stands for a line; only what its other rows add is grouped, since most lines have none.
KEYED = f"""
more AS MATERIALIZED (
  SELECT entry_id, line, sum(value) FILTER (WHERE counts_value) AS value, sum(duty) AS duty,
    bool_or(adcvd_case <> '') AS adcvd
  FROM examinations_entryline l WHERE {_OF_PERIOD} AND NOT stands_for_line GROUP BY entry_id, line),
line AS (
  SELECT e.number AS entry_number, greatest(e.lines, 1) AS entry_lines, e.duty AS entry_duty, l.line, l.entry_date,
    l.hts, l.origin, l.port, l.spi, coalesce(a.center_id, '') AS center,
    l.adcvd_case <> '' OR coalesce(m.adcvd, false) AS adcvd, l.duty + coalesce(m.duty, 0) AS duty,
    CASE WHEN l.counts_value THEN l.value ELSE 0 END + coalesce(m.value, 0) AS value
  FROM examinations_entryline l
  JOIN examinations_entry e ON e.id = l.entry_id AND e.entry_type = ANY(%(types)s)
  JOIN accounts_account a ON a.id = l.account_id
  LEFT JOIN more m ON m.entry_id = l.entry_id AND m.line = l.line
  WHERE {_OF_PERIOD} AND l.stands_for_line),
keyed AS (
  SELECT line.*, CASE
      WHEN duty >= %(whole_from)s THEN '{WHOLE}'
      ELSE CASE WHEN %(by_center)s THEN center
             ELSE coalesce((%(places)s::int[])[left(hts, 2)::int], 0)::text END
           || ':' || width_bucket(value, %(bands)s::numeric[])
    END AS key
  FROM line)"""

COUNT = f"WITH {KEYED} SELECT key, count(*), sum(value), sum(duty) FROM keyed GROUP BY key"

# md5 is the same everywhere and for ever: the same seed and population give the same draw.
_ISSUES = ", ".join(f"CASE WHEN {one.of_line_on_its_day} THEN '{one.code}' END" for one in ISSUES)
DRAW = f"""
WITH {KEYED},
placed AS MATERIALIZED (
  SELECT keyed.*, array_remove(ARRAY[{_ISSUES}], NULL) AS issues, s.id AS stratum_id, s.to_draw, s.population,
    row_number() OVER (PARTITION BY s.id
      ORDER BY md5(%(seed)s || ':' || entry_number || ':' || keyed.line)::uuid, entry_number, keyed.line) AS place
  FROM keyed JOIN measurement_stratum s ON s.plan_id = %(plan)s AND s.key = keyed.key),
alike AS (
  SELECT stratum_id, center, left(hts, 2) AS chapter, issues, count(*) AS lines FROM placed GROUP BY 1, 2, 3, 4),
parts AS (
  INSERT INTO measurement_stratumpart (stratum_id, dimension, code, population)
  SELECT stratum_id, dimension, code, sum(lines) FROM alike CROSS JOIN LATERAL (
      SELECT 'center', center UNION ALL SELECT 'chapter', chapter UNION ALL SELECT 'issue', unnest(issues)
    ) AS part (dimension, code)
  GROUP BY stratum_id, dimension, code)
INSERT INTO measurement_drawnline (plan_id, stratum_id, entry_number, line, hts, origin, port, value, duty, entry_lines,
  entry_duty, center_id, issues, probability, reviewer, due)
SELECT %(plan)s, stratum_id, entry_number, line, hts, origin, port, value, duty, entry_lines, entry_duty,
  nullif(center, ''), issues,
  round(to_draw::numeric / population, 9),
  coalesce((SELECT 'Import specialists, ' || c.name FROM accounts_center c WHERE c.code = center), 'Headquarters'),
  %(due)s
FROM placed WHERE place <= to_draw"""


#: A year of a large installation takes longer than a page may: a worker does it, once a year.
PATIENCE = "SET LOCAL statement_timeout = '10min'"


def _values(plan: "MeasurementPlan") -> dict[str, Any]:
    return {
        "plan": plan.pk,
        "starts": plan.starts,
        "ends": plan.ends,
        "types": list(COUNTED_TYPES),
        "whole_from": plan.whole_from,
        "by_center": plan.group_by == plan.GroupBy.CENTER,
        "places": places(plan.groups.named),
        "bands": list(plan.bands),
    }


def count(plan: "MeasurementPlan") -> dict[str, tuple[int, Any, Any]]:
    """Lines, value and duty of each stratum that the period has, by key; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute(COUNT, _values(plan))
        return {key: (lines, value, duty) for key, lines, value, duty in cursor.fetchall()}


def draw(plan: "MeasurementPlan", due: Any) -> int:
    """Draw each stratum's lines by the plan's seed, and keep how many lines each part of a stratum has; one statement.

    Returns how many lines were drawn.
    """
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute(DRAW, _values(plan) | {"seed": plan.seed, "due": due})
        return cursor.rowcount


def in_order(key: str) -> tuple[bool, str, int]:
    """Strata of a group one after the other by value, and last what is examined whole."""
    group, _, band = key.partition(":")
    return key == WHOLE, group.zfill(12), int(band or 0)


def label_of(key: str, plan: "MeasurementPlan", centers: dict[str, str]) -> str:
    """A stratum in words. centers: names by code."""
    if key == WHOLE:
        return f"Every line with duty of ${plan.whole_from:,.0f} or more"
    group, band = key.split(":")
    name = (
        centers.get(group, "No Center") if plan.group_by == plan.GroupBy.CENTER else plan.groups.named[int(group)].name
    )
    return f"{name}, {_band(int(band), plan.bands)}"


def _band(place: int, bands: list[Any]) -> str:
    if not bands:
        return "all values"
    if place == 0:
        return f"below ${bands[0]:,.0f}"
    if place == len(bands):
        return f"${bands[-1]:,.0f} and more"
    return f"${bands[place - 1]:,.0f} to ${bands[place]:,.0f}"
