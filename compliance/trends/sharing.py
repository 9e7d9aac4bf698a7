"""The same problem in many accounts: found in each search of all, counted, kept."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection

from compliance.trends.across import Shared, by_account, shared_by_many
from compliance.trends.days import Days, date
from compliance.trends.examined import ANY, HEADING, MANUFACTURER, ORIGIN, Bools, Floats, Ints
from compliance.trends.measures import KINDS
from compliance.trends.models import SharedTrend
from compliance.trends.peers import Peers
from compliance.trends.reading import Read

FIELDS = {HEADING: "heading", ORIGIN: "origin", MANUFACTURER: "manufacturer_id"}
#: Lines of each part since the month in which the problem began, from the sums by dimension: a look for each, since a join
#: would be planned by statistics that know nothing yet of the parts just written. At stake: as found, and as much again
#: for each line that nobody looked at, by the share that it adds over all accounts; one alone has too few to say.
STAKES = """
WITH standing AS MATERIALIZED (
  SELECT id, date_trunc('month', since)::date AS since, heading || origin || manufacturer_id AS code,
    CASE WHEN heading <> '' THEN 'heading' WHEN origin <> '' THEN 'origin' ELSE 'manufacturer' END AS dimension,
    greatest(added, 0) * revenue_found::float8 / greatest(discrepancies, 1) AS a_line
  FROM trends_sharedtrend WHERE ended_on IS NULL),
counted AS MATERIALIZED (
  SELECT p.id, t.a_line, (
    SELECT coalesce(sum(b.lines), 0) FROM examinations_entrybreakdown b
    WHERE b.account_id = p.account_id AND b.source = 'cbp' AND b.dimension = t.dimension AND b.code = t.code
      AND b.month >= t.since) AS lines
  FROM standing t JOIN trends_sharedpart p ON p.shared_id = t.id)
UPDATE trends_sharedpart p SET lines = c.lines,
  revenue_at_stake = p.revenue_found + round((greatest(c.lines - p.examinations, 0) * c.a_line)::numeric, 2)
FROM counted c WHERE p.id = c.id
"""
SUMMED = """
UPDATE trends_sharedtrend t SET revenue_at_stake = s.stake
FROM (SELECT shared_id, sum(revenue_at_stake) AS stake FROM trends_sharedpart GROUP BY 1) s
WHERE s.shared_id = t.id AND t.ended_on IS NULL
"""
KEEP_PARTS = """
INSERT INTO trends_sharedpart
  (shared_id, account_id, examinations, discrepancies, expected, revenue_found, lines, revenue_at_stake)
SELECT %s, each.*, 0, 0
FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::float8[], %s::numeric[]) AS each (a, n, x, e, found)
"""


def share(given: Read, peers: Peers, shape: Floats, as_of: datetime.date) -> int:
    """Search the importers' examinations for problems that many have, and keep them; returns how many stand."""
    days = Days(as_of)
    e = by_account(given.rows, peers.expected(given.rows, headings=False), float(shape[ANY]))
    found = shared_by_many(given.rows, e, peers.shares, days.first, days.last)
    kept = [_keep(given, one, as_of) for one in found]
    SharedTrend.objects.standing().exclude(pk__in=[one.pk for one in kept]).update(ended_on=as_of, as_of=as_of)  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(STAKES)
        cursor.execute(SUMMED)
    return len(kept)


def _keep(given: Read, one: Shared, as_of: datetime.date) -> SharedTrend:
    rows = given.rows
    since = rows.day[one.rows] >= one.beginning.day
    mine, e = one.rows[since], one.expected[since]
    wrong = np.isin(mine, rows.find_row[rows.find_kind == one.kind]) if one.kind != ANY else rows.hit[mine]
    cell = dict.fromkeys(FIELDS.values(), "") | {FIELDS[one.dimension]: given.codes[one.dimension][one.value]}
    cell["discrepancy_type"] = KINDS[one.kind - 1] if one.kind != ANY else ""
    owed = np.zeros(len(rows))
    finds = (rows.find_kind == one.kind) | (one.kind == ANY)
    np.add.at(owed, rows.find_row[finds], rows.find_owed[finds])
    counted: dict[str, Any] = {
        "as_of": as_of,
        "ended_on": None,
        "since": date(one.beginning.day),
        "since_low": date(min(one.beginning.low, one.beginning.day)),
        "since_high": date(max(one.beginning.high, one.beginning.day)),
        "older": one.beginning.whole,
        "accounts": len(np.unique(rows.unit[mine[wrong]])),
        "examinations": len(mine),
        "discrepancies": int(wrong.sum()),
        "expected": float(e.sum()),
        "added": _added(wrong, e, (rows.random | rows.asked)[mine]),
        "q_value": one.q,
        "revenue_found": _dollars(owed[mine].sum()),
    }
    trend, _ = SharedTrend.objects.update_or_create(
        **cell, defaults=counted, create_defaults=counted | {"found_on": as_of}
    )
    _keep_parts(trend, given, mine, wrong, e, owed[mine])
    return trend


def _keep_parts(trend: SharedTrend, given: Read, mine: Ints, wrong: Bools, expected: Floats, owed: Floats) -> None:
    """What each account has of it, in place of what it had; two statements."""
    present, unit = np.unique(given.rows.unit[mine], return_inverse=True)
    counts = np.bincount(unit), np.bincount(unit[wrong], minlength=len(present)), np.bincount(unit, expected)
    dollars = np.bincount(unit, owed).round(2)
    accounts = [given.units[at] for at in present.tolist()]
    trend.parts.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(KEEP_PARTS, [trend.pk, accounts, *(each.tolist() for each in (*counts, dollars))])


def _added(wrong: Bools, expected: Floats, random: Bools) -> float:
    """The share of lines that it adds; only examinations at random tell it."""
    return max(float((wrong & random).sum() - expected[random].sum()) / max(int(random.sum()), 1), 0.0)


def _dollars(value: float) -> Decimal:
    return Decimal(str(round(float(value), 2)))
