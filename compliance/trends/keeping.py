"""What a search writes: trends announced, counted again, over or back; and the p-values of the accounts."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pgbulk
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Account
from compliance.trends import states
from compliance.trends.beginning import Beginning
from compliance.trends.counting import Told, expected_in, stake, told_of
from compliance.trends.days import Days, date, number
from compliance.trends.examined import ANY, DIMENSIONS, NOWHERE, Bools, Floats, Ints
from compliance.trends.finding import Trend as Named
from compliance.trends.finding import Weighed, beginning_of
from compliance.trends.following import Named as Cell
from compliance.trends.following import names_now
from compliance.trends.measures import KINDS
from compliance.trends.models import AccountTest, Measure, Trend, TrendState, TrendStep
from compliance.trends.models.trend import announce as send
from compliance.trends.own import own_of
from compliance.trends.reading import Read

FIELDS = ("port", "heading", "origin", "manufacturer_id", "other_side_id")
#: A trend that was over is back where so much of what both name is the same.
SAME = 0.5
WRITTEN = (
    *("port", "heading", "origin", "manufacturer_id", "other_side", "discrepancy_type", "state", "rests_on", "as_of"),
    *("since", "since_low", "since_high", "older", "examinations", "discrepancies", "expected"),
    *(
        "random_examinations",
        "random_discrepancies",
        "random_expected",
        "added_share",
        "revenue_found",
        "cost",
        "limits",
        "p_value",
        "q_value",
    ),
    *("recent_examinations", "recent_discrepancies", "recent_expected", "odds_over", "months"),
    *("resolved_on", "resolved_because"),
)


def values_of(given: Read, trend: Trend) -> tuple[int, ...]:
    """A trend's cell in places of this reading."""
    values = []
    for dimension in DIMENSIONS:
        value = getattr(trend, FIELDS[dimension])
        values.append(given.place(dimension, str(value)) if value else NOWHERE)
    return tuple(values)


def kind_of(trend: Trend) -> int:
    return KINDS.index(trend.discrepancy_type) + 1 if trend.discrepancy_type else ANY


def taken_by(given: Read, standing: Sequence[Trend]) -> Bools:
    """The examinations of the trends that stand."""
    units = {unit: place for place, unit in enumerate(given.units)}
    taken = np.zeros(len(given.rows), bool)
    for trend in standing:
        taken[given.rows.within(units[str(trend.account_id)], values_of(given, trend))] = True
    return taken


def settled_by(given: Read, trends: QuerySet[Trend], as_of: datetime.date) -> Bools:
    """The examinations on which trends that are over were judged: all of their cells that a search had read by that day.

    The verdict weighed them; finds of before a cure are no news after it. Where what a trend rested on was corrected, nothing
    was said of the others. trends: of the side and outcome that are read, in any state.
    """
    units = {unit: place for place, unit in enumerate(given.units)}
    settled = np.zeros(len(given.rows), bool)
    over = trends.filter(state=TrendState.RESOLVED, resolved_on__gt=date(Days(as_of).first))
    for trend in over.exclude(resolved_because=states.CORRECTED):
        assert trend.resolved_on is not None  # one without a day is not among them
        cell = given.rows.within(units[str(trend.account_id)], values_of(given, trend))
        settled[cell[given.rows.day[cell] <= Days(trend.resolved_on).last]] = True
    return settled


def _told(given: Read, tests: Weighed, cell: Ints, kind: int, began: Beginning, last: int) -> Told:
    e = expected_in(given.rows, tests.expected, tests.own, tests.shares, cell, kind)
    return told_of(given.rows, e, cell, kind, began, last)


def follow(given: Read, tests: Weighed, standing: Sequence[Trend], as_of: datetime.date) -> None:
    """Count the trends that stand again, and move them to their next state."""
    units = {unit: place for place, unit in enumerate(given.units)}
    days, entered = Days(as_of), defaultdict(list)
    _rename(given, tests, standing, units, days.last)
    for trend in standing:
        cell, kind = given.rows.within(units[str(trend.account_id)], values_of(given, trend)), kind_of(trend)
        trend.as_of = as_of
        if len(cell):
            began = _beginning(given, tests, trend, cell, kind, days)
            told = _told(given, tests, cell, kind, began, days.last)
            _fill(trend, told.fields, given.limits)
            state, why = states.moved(trend.state, told.standing)
        else:
            state, why = "resolved", states.CORRECTED
        if state != trend.state:
            trend.state = state
            trend.resolved_on, trend.resolved_because = (as_of, why) if why else (None, "")
            entered[state].append(trend)
    pgbulk.update(Trend.objects.all(), standing, WRITTEN)
    for state, trends in entered.items():
        _note(trends, as_of)
        send([trend.pk for trend in trends], state)


def _rename(given: Read, tests: Weighed, standing: Sequence[Trend], units: dict[str, int], last: int) -> None:
    """Call each what explains most by what is known now; not where a plan holds it to its cell, or where it eases."""
    named = [
        Cell(units[str(one.account_id)], values_of(given, one), kind_of(one), number(one.since)) for one in standing
    ]
    now = names_now(given.rows, tests.expected, tests.own, tests.shares, named, ~tests.free, last)
    fixed = (TrendState.IN_PLAN, TrendState.EASING)
    moved = [
        (trend, one, values, kind)
        for trend, one, (values, kind) in zip(standing, named, now, strict=True)
        if trend.state not in fixed and (values, kind) != (one.values, one.kind)
    ]
    if not moved:
        return
    kept = {_cell_of(one) for one in Trend.objects.filter(account__in={trend.account_id for trend, *_ in moved})}
    for trend, one, values, kind in moved:
        before = _cell_of(trend)
        _name(given, trend, values, kind)
        if _cell_of(trend) in kept:  # another has that name: it is over, or stands beside this one
            _name(given, trend, one.values, one.kind)
        else:
            kept = kept - {before} | {_cell_of(trend)}


def _cell_of(trend: Trend) -> tuple[Any, ...]:
    return (trend.account_id, trend.measure, *(getattr(trend, name) or "" for name in FIELDS), trend.discrepancy_type)


def _beginning(given: Read, tests: Weighed, trend: Trend, cell: Ints, kind: int, days: Days) -> Beginning:
    """When it began by what is known now; as it was said once it eases, which a change to worse would not fit."""
    if trend.state == TrendState.EASING:
        return Beginning(number(trend.since), number(trend.since_low), number(trend.since_high), trend.older)
    return beginning_of(
        given.rows, tests.expected, tests.own, tests.shares, cell, kind, days.first, days.last, inside=False
    )


def _fill(trend: Trend, fields: dict[str, Any], limits: dict[str, float]) -> None:
    dollars = Decimal(str(fields["revenue_found"]))
    for name, value in fields.items():
        setattr(trend, name, value)
    cost = trend.measure == Measure.COST
    trend.limits = limits
    trend.revenue_found, trend.cost = (Decimal(0), dollars) if cost else (dollars, Decimal(0))
    if trend.measure != Measure.DISCREPANCY:  # why it was examined plays no part
        trend.rests_on = ""


def not_standing(given: Read, found: Sequence[Named], standing: Sequence[Trend]) -> list[Named]:
    """Of what was found, what no trend that stands holds: one may have taken the name of the whole in this very search."""
    taken = taken_by(given, [trend for trend in standing if trend.stands])
    return [one for one in found if not taken[given.rows.within(one.unit, one.values)].all()]


def announce(measure: Measure, given: Read, tests: Weighed, found: Sequence[Named], as_of: datetime.date) -> int:
    """Keep the trends that were found; one that was over and is found again is back. Returns how many."""
    if not found:
        return 0
    over: dict[str, list[Trend]] = defaultdict(list)
    whose = [given.units[one.unit] for one in found]
    for trend in Trend.objects.filter(account__in=whose, measure=measure, state=TrendState.RESOLVED):
        over[str(trend.account_id)].append(trend)
    free = tests.free.copy()
    for one in found:
        free[given.rows.within(one.unit, one.values)] = False
    outside = own_of(given.rows, tests.expected, free, tests.shares, tests.own.shape)
    days, new, back = Days(as_of), [], []
    for one in found:
        cell = given.rows.within(one.unit, one.values)
        e = expected_in(given.rows, tests.expected, outside, tests.shares, cell, one.kind)
        told = told_of(given.rows, e, cell, one.kind, one.beginning, days.last)
        trend = _was(given, one, cell, over[given.units[one.unit]])
        fresh = Trend(account_id=given.units[one.unit], measure=measure, found_on=as_of)
        (back if trend else new).append(trend := trend or fresh)
        trend.as_of, trend.p_value, trend.q_value = as_of, one.p, one.q
        trend.state = TrendState.BACK if trend.pk else TrendState.NEW
        trend.resolved_on, trend.resolved_because = None, ""
        _name(given, trend, one.values, one.kind)
        _fill(trend, told.fields, given.limits)
    pgbulk.update(Trend.objects.all(), back, WRITTEN)  # first: a new one may have the name that one of these gives up
    Trend.objects.bulk_create(new)
    for trends, state in ((new, TrendState.NEW), (back, TrendState.BACK)):
        _note(trends, as_of)
        send([trend.pk for trend in trends], state)
    return len(found)


def _name(given: Read, trend: Trend, values: Sequence[int], kind: int) -> None:
    for dimension in DIMENSIONS:
        value = values[dimension]
        none = None if FIELDS[dimension] == "other_side_id" else ""
        setattr(trend, FIELDS[dimension], none if value == NOWHERE else given.codes[dimension][value])
    trend.discrepancy_type = KINDS[kind - 1] if kind != ANY else ""


def _was(given: Read, one: Named, cell: Ints, over: list[Trend]) -> Trend | None:
    """The trend that was over and is the same: of the same cell, or of mostly the same examinations."""
    best: tuple[float, int] = (0.0, -1)
    for at, trend in enumerate(over):
        values, kind = values_of(given, trend), kind_of(trend)
        if values == one.values and kind == one.kind:
            best = (2.0, at)
        elif kind in (ANY, one.kind) or one.kind == ANY:
            before = given.rows.within(one.unit, values)
            both = len(np.intersect1d(before, cell))
            share = both / max(len(before) + len(cell) - both, 1)
            best = max(best, (share, at)) if share >= SAME else best
    return over.pop(best[1]) if best[1] >= 0 else None


def _note(trends: Sequence[Trend], on: datetime.date) -> None:
    TrendStep.objects.bulk_create(
        TrendStep(trend=trend, account_id=trend.account_id, state=trend.state, on=on) for trend in trends
    )


def mark_shadows(measure: Measure, importers: Read, brokers: Read) -> None:
    """Mark the brokers' trends of which most finds belong to a trend of the client itself."""
    of_clients = np.isin(brokers.ids, importers.ids[taken_by(importers, _standing(measure, Account.Kind.IMPORTER))])
    units = {unit: place for place, unit in enumerate(brokers.units)}
    moved = []
    for trend in _standing(measure, Account.Kind.BROKER):
        cell = brokers.rows.within(units[str(trend.account_id)], values_of(brokers, trend))
        cell = cell[brokers.rows.day[cell] >= number(trend.since)]
        wrong = cell[brokers.rows.outcomes(cell, kind_of(trend))]
        shadow = bool(len(wrong)) and float(of_clients[wrong].mean()) >= SAME
        if trend.shadow != shadow:
            trend.shadow = shadow
            moved.append(trend)
    pgbulk.update(Trend.objects.all(), moved, ["shadow"])


def _standing(measure: Measure, kind: str) -> list[Trend]:
    standing = Trend.objects.standing()  # type: ignore[attr-defined]
    standing = standing.filter(account__kind=kind, measure=measure)
    return list(standing.exclude(account__state=Account.State.WITHDRAWN))


KEEP = """
INSERT INTO trends_accounttest (account_id, measure, p_value, as_of)
SELECT account, %s, p_value, %s FROM unnest(%s::uuid[], %s::float8[]) AS each (account, p_value)
"""


def keep_tests(
    measure: Measure,
    accounts: QuerySet[Account],
    units: Sequence[str],
    p: Floats,
    looked_at: Bools,
    as_of: datetime.date,
) -> None:
    """Keep the p-values of the accounts that were searched: of `units`, the ids of `accounts`, those looked at."""
    AccountTest.objects.filter(account__in=accounts, measure=measure).delete()
    kept = np.flatnonzero(looked_at)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [measure, as_of, [units[at] for at in kept.tolist()], p[kept].tolist()])


#: Lines of each cell since it began: of an importer's account, or of what a broker filed. A look for each trend: in a join
#: the day would be no condition of the index.
LINES = """
SELECT t.id, (
  SELECT count(*) FROM examinations_entryline l
  WHERE l.{side} = t.account_id AND l.entry_date >= t.since AND l.stands_for_line AND l.source = 'cbp'
    AND (t.other_side_id IS NULL OR l.{other} = t.other_side_id)
    AND (t.port = '' OR l.port = t.port) AND (t.heading = '' OR left(l.hts, 4) = t.heading)
    AND (t.origin = '' OR l.origin = t.origin) AND (t.manufacturer_id = '' OR l.manufacturer_id = t.manufacturer_id))
FROM trends_trend t JOIN accounts_account a ON a.id = t.account_id
WHERE t.state <> 'resolved' AND t.measure = 'discrepancy' AND a.kind = %s AND (%s OR t.account_id = ANY (%s::uuid[]))
"""


def count_stakes(accounts: Sequence[str] | None) -> None:
    """Count the lines of the trends that stand, and what is at stake on them."""
    lines: dict[int, int] = {}
    with connection.cursor() as cursor:
        for kind, side, other in (("importer", "account_id", "filer_id"), ("broker", "filer_id", "account_id")):
            cursor.execute(LINES.format(side=side, other=other), [kind, accounts is None, list(accounts or ())])
            lines |= dict(cursor.fetchall())
    standing = Trend.objects.standing().filter(measure=Measure.DISCREPANCY)  # type: ignore[attr-defined]
    trends = list(standing if accounts is None else standing.filter(account__in=accounts))
    for trend in trends:
        trend.lines = lines.get(trend.pk, 0)
        found = float(trend.revenue_found)
        value = stake(found, trend.discrepancies, trend.lines, trend.examinations, trend.added_share)
        trend.revenue_at_stake = Decimal(str(round(value, 2)))
    pgbulk.update(Trend.objects.all(), trends, ["lines", "revenue_at_stake"])
