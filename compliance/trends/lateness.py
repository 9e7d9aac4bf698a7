"""How brokers file: late summaries and corrections, searched with all accounts, counted, kept as trends of the broker.

A client is named to its broker, which filed for it, and to nobody else.
"""

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from compliance.measurement.own_rates.reading import copied
from compliance.trends.examined import NOWHERE, Bools, Floats, Ints
from compliance.trends.filing import WINDOWS, Filed, expected_cases, late_filing
from compliance.trends.models import Measure, Trend, TrendState, TrendStep
from compliance.trends.models.trend import announce
from compliance.trends.states import EASING, OVER

MONTHS_READ = 30
#: Of which entries cases could be, and the cases.
COLUMNS = {Measure.LATE: ("with_summary", "late"), Measure.CORRECTED: ("entries", "corrected")}
#: Sums of both by broker, client and month.
READ = """
SELECT filer_id::text, account_id::text, month, {of}
FROM (
  SELECT d.filer_id, d.account_id, {sums},
    extract(year FROM d.entry_date)::int * 12 + extract(month FROM d.entry_date)::int AS month
  FROM examinations_entryday d
  WHERE d.source = 'cbp' AND d.entry_date >= '{first}' AND d.entry_date < '{last}'
    AND d.filer_id IN (SELECT id FROM accounts_account WHERE kind = 'broker')
  GROUP BY d.filer_id, d.account_id, month) AS counted
"""
SUMS = tuple(dict.fromkeys(name for pair in COLUMNS.values() for name in pair))
READ_COLUMNS: dict[str, type[pl.DataType]] = {
    "broker": pl.String, "client": pl.String, "month": pl.Int64, **dict.fromkeys(SUMS, pl.Int64),
}  # fmt: skip
BACK_TO_USUAL = "The last months have no more than is expected."
CORRECTED = "What it rested on was corrected."
Place = tuple[Filed, list[str], list[str]]


def first_day(month: int) -> datetime.date:
    """First day of a month by its number (twelve a year)."""
    return datetime.date((month - 1) // 12, (month - 1) % 12 + 1, 1)


def _read(as_of: datetime.date) -> pl.DataFrame:
    """Counts of whole months before the last two weeks: later summaries are not due yet."""
    last = (as_of - datetime.timedelta(days=15)).replace(day=1)
    first = first_day(last.year * 12 + last.month - MONTHS_READ)
    sums = ", ".join(f"sum(d.{name}) AS {name}" for name in SUMS)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    rows = copied(READ.format(sums=sums, of=", ".join(SUMS), **days), READ_COLUMNS)
    return rows.sort("broker", "client", "month")


def _filed(table: pl.DataFrame, measure: str) -> Place:
    entries, cases = COLUMNS[Measure(measure)]
    table = table.filter(pl.col(entries) > 0)
    brokers, clients = (table[side].unique().sort() for side in ("broker", "client"))
    places = [
        table[side].cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
        for side, names in (("broker", brokers), ("client", clients))
    ]
    numbers = (table[name].to_numpy().astype(np.float64) for name in (entries, cases))
    filed = Filed(*places, table["month"].to_numpy().astype(np.int64), *numbers, len(brokers))
    return filed, brokers.to_list(), clients.to_list()


def search_filing(as_of: datetime.date, *, announces: bool) -> int:
    """Count again what stands and name what is new; returns how many trends were announced."""
    table = _read(as_of)
    return sum(_search(measure, _filed(table, measure), as_of, announces) for measure in COLUMNS)


def _search(measure: str, given: Place, as_of: datetime.date, announces: bool) -> int:
    filed, brokers, clients = given
    if not len(filed):
        return 0
    kept = {(str(one.account_id), str(one.other_side_id or "")): one for one in Trend.objects.filter(measure=measure)}
    free = np.ones(len(filed), bool)
    last = int(filed.month.max())
    expected = expected_cases(filed)
    for (broker, client), trend in kept.items():
        if trend.stands:
            rows = _rows(filed, brokers, clients, broker, client)
            free[rows] = False
            _follow(trend, filed, rows, expected[rows], last, as_of)
    if not announces:
        return 0
    made: dict[str, list[Trend]] = defaultdict(list)
    for late in late_filing(filed, last, free):
        client = clients[late.client] if late.client != NOWHERE else ""
        key = (brokers[late.broker], client)
        trend = kept.get(key) or Trend(
            account_id=key[0], other_side_id=client or None, measure=measure, found_on=as_of, rests_on=""
        )
        trend.state = TrendState.BACK if trend.pk else TrendState.NEW
        trend.p_value, trend.q_value, trend.as_of = late.p, late.q, as_of
        trend.resolved_on, trend.resolved_because = None, ""
        days = (late.beginning.day, late.beginning.low, late.beginning.high)
        trend.since, trend.since_low, trend.since_high = (first_day(day) for day in days)
        trend.older = late.beginning.whole
        _count(trend, filed, late.rows, late.expected, last)
        trend.save()
        made[trend.state].append(trend)
    for state, trends in made.items():
        _note(trends, state, as_of)
    return sum(len(trends) for trends in made.values())


def _rows(filed: Filed, brokers: list[str], clients: list[str], broker: str, client: str) -> Ints:
    if broker not in brokers or (client and client not in clients):
        return np.zeros(0, np.int64)
    whose: Bools = filed.broker == brokers.index(broker)
    return np.flatnonzero(whose & (filed.client == clients.index(client)) if client else whose)


def _count(trend: Trend, filed: Filed, rows: Ints, expected: Floats, last: int) -> None:
    since = filed.month[rows] >= trend.since.year * 12 + trend.since.month
    recent = filed.month[rows] > last - WINDOWS[0]
    trend.examinations = int(filed.entries[rows][since].sum())
    trend.discrepancies = int(filed.cases[rows][since].sum())
    trend.expected = float(expected[since].sum())
    trend.recent_examinations = int(filed.entries[rows][recent].sum())
    trend.recent_discrepancies = int(filed.cases[rows][recent].sum())
    trend.recent_expected = float(expected[recent].sum())
    trend.lines, trend.revenue_found, trend.revenue_at_stake = 0, Decimal(0), Decimal(0)
    trend.months = [
        [first_day(month).isoformat(), *(round(float(what[filed.month[rows] == month].sum()), 2) for what in of)]
        for of in ((filed.entries[rows], filed.cases[rows], expected),)
        for month in range(int(filed.month[rows].min()), last + 1)
    ]


def _follow(trend: Trend, filed: Filed, rows: Ints, expected: Floats, last: int, as_of: datetime.date) -> None:
    """Count it again; over where the last months say nineteen to one that it is, easing at three to one."""
    before, why = trend.state, ""
    trend.as_of = as_of
    if len(rows):
        _count(trend, filed, rows, expected, last)
        ratio = max(trend.discrepancies / max(trend.expected, 0.1), 1.5)
        x, e = trend.recent_discrepancies, trend.recent_expected
        trend.odds_over = e * (ratio - 1) - x * float(np.log(ratio))
    if not len(rows) or trend.discrepancies <= trend.expected:
        trend.state, why = TrendState.RESOLVED, CORRECTED
    elif trend.state != TrendState.IN_PLAN and trend.odds_over >= OVER:
        trend.state, why = TrendState.RESOLVED, BACK_TO_USUAL
    elif trend.state != TrendState.IN_PLAN and trend.odds_over >= EASING:
        trend.state = TrendState.EASING
    elif trend.state == TrendState.EASING and trend.odds_over < 0:
        trend.state = TrendState.SEEN
    if why:
        trend.resolved_on, trend.resolved_because = as_of, why
    trend.save()
    if trend.state != before:
        _note([trend], trend.state, as_of)


def _note(trends: list[Trend], state: Any, on: datetime.date) -> None:
    TrendStep.objects.bulk_create(
        TrendStep(trend=trend, account_id=trend.account_id, state=state, on=on) for trend in trends
    )
    announce([trend.pk for trend in trends], state)
