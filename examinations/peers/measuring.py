"""The worker's part: groups fixed once a year, their medians and each account's standing counted again each night."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, Sum

from accounts.models import Account
from examinations.figures.period import Period, month_ends, twelve_whole_months
from examinations.figures.table import of_months
from examinations.models import (
    Dimension,
    EntryBreakdown,
    ExaminationBreakdown,
    PeerFigure,
    PeerGroup,
    PeerMeasure,
    PeerMember,
    PeerStanding,
)
from examinations.models.entry import Source
from examinations.peers import grouping

LOCK = 7_044
#: To what a median is rounded: tenths of a percentage point, half days.
STEPS = {PeerMeasure.EXAMINED: 0.001, PeerMeasure.DAYS: 0.5, PeerMeasure.LONG_STAYS: 0.01, PeerMeasure.WRONG: 0.001}
#: What an account needs before it has a value at all.
LEAST_ENTRIES, LEAST_RELEASED, LEAST_REVIEWS = 20, 5, 10

#: Of one account: its value, and how much it weighs in its group.
Values = dict[UUID, tuple[float, float]]


def _whose(kind: str) -> tuple[str, Q]:
    """By which column an account's rows are found: an importer's own, or what a broker filed."""
    return (
        ("filer", Q(filer__kind="broker")) if kind == Account.Kind.BROKER else ("account", Q(account__kind="importer"))
    )


def _entries(kind: str, period: Period) -> dict[UUID, tuple[int, int]]:
    key, whose = _whose(kind)
    rows = EntryBreakdown.objects.filter(whose, of_months(period), dimension=Dimension.ALL, source=Source.CBP)
    found = rows.order_by().values_list(key).annotate(Sum("entries"), Sum("examined"))
    return {pk: (entries, examined) for pk, entries, examined in found}


def _fix(year: int, as_of: datetime.date) -> None:
    """Make the groups of a year, of active accounts by their entries of the twelve months before it."""
    before = twelve_whole_months(datetime.date(year, 1, 1))
    importers, brokers = _entries("importer", before), _entries("broker", before)
    if not importers:
        before = twelve_whole_months(as_of)
        importers, brokers = _entries("importer", before), _entries("broker", before)
    active = dict(Account.objects.filter(state=Account.State.ACTIVE).values_list("pk", "center"))
    by_center: dict[str | None, dict[UUID, float]] = defaultdict(dict)
    for pk, (entries, _) in importers.items():
        if pk in active and entries:
            by_center[active[pk]][pk] = entries
    rest: dict[UUID, float] = {}
    for center, sizes in sorted(by_center.items(), key=lambda one: str(one[0])):
        parts = grouping.partition(sizes) if center else {}
        _keep(year, PeerGroup.Kind.IMPORTERS, parts, center=center)
        if not parts:
            rest |= sizes
    _keep(year, PeerGroup.Kind.IMPORTERS, grouping.partition(rest))
    filed = {pk: float(entries) for pk, (entries, _) in brokers.items() if pk in active and entries}
    _keep(year, PeerGroup.Kind.BROKERS, grouping.partition(filed))
    for port, released in sorted(_released_by_port(before).items()):
        sizes = {pk: float(len(days)) for pk, days in released.items() if pk in active}
        if grouping.acceptable(sizes.values()):
            _keep(year, PeerGroup.Kind.PORT, {"": list(sizes)}, port=port)


def _keep(year: int, kind: str, parts: dict[str, list[UUID]], center: str | None = None, port: str = "") -> None:
    for size, accounts in parts.items():
        group = PeerGroup.objects.create(
            year=year, kind=kind, center_id=center, port=port, size=size, accounts=len(accounts)
        )
        PeerMember.objects.bulk_create(PeerMember(group=group, account_id=pk) for pk in accounts)


def _released_by_port(period: Period) -> dict[str, dict[UUID, list[int]]]:
    rows = ExaminationBreakdown.objects.filter(
        of_months(period), account__kind="importer", dimension=Dimension.PORT
    ).exclude(days=[])
    found: dict[str, dict[UUID, list[int]]] = defaultdict(lambda: defaultdict(list))
    for port, pk, days in rows.values_list("code", "account", "days"):
        found[port][pk] += days
    return found


def _days_held(days: Mapping[UUID, list[int]]) -> Values:
    """The median days of each account with enough releases for one."""
    return {pk: (float(np.median(held)), len(held)) for pk, held in days.items() if len(held) >= LEAST_RELEASED}


def _values(kind: str, period: Period) -> dict[str, Values]:
    """Each account's value of each measure over the period, where it has enough for one."""
    key, whose = _whose(kind)
    found: dict[str, Values] = {measure: {} for measure in PeerMeasure}
    for pk, (entries, examined) in _entries(kind, period).items():
        if entries >= LEAST_ENTRIES:
            found[PeerMeasure.EXAMINED][pk] = examined / entries, entries
    rows = ExaminationBreakdown.objects.filter(whose, of_months(period), dimension=Dimension.ALL)
    days: dict[UUID, list[int]] = defaultdict(list)
    for pk, held in rows.exclude(days=[]).values_list(key, "days"):
        days[pk] += held
    sums = rows.order_by().values_list(key).annotate(Sum("long_stays"), Sum("reviews"), Sum("reviews_wrong"))
    found[PeerMeasure.DAYS] = _days_held(days)
    for pk, long_stays, reviews, wrong in sums:
        if len(days[pk]) >= LEAST_RELEASED:
            found[PeerMeasure.LONG_STAYS][pk] = long_stays / len(days[pk]), len(days[pk])
        if reviews >= LEAST_REVIEWS:
            found[PeerMeasure.WRONG][pk] = wrong / reviews, reviews
    return found


def _figure(group: PeerGroup, measure: str, month: datetime.date, values: Values, members: Iterable[UUID]) -> list[Any]:
    mine = {pk: values[pk] for pk in members if pk in values}
    shown = grouping.median(
        [value for value, _ in mine.values()], [weight for _, weight in mine.values()], STEPS[PeerMeasure(measure)]
    )
    if shown is None:
        return []
    made: list[Any] = [PeerFigure(group=group, measure=measure, month=month, median=shown)]
    for pk, (value, _) in mine.items():
        low, high = grouping.standing(value, [other for one, (other, _) in mine.items() if one != pk])
        made.append(PeerStanding(group=group, account_id=pk, measure=measure, month=month, low=low, high=high))
    return made


@transaction.atomic
def measure_peers(as_of: datetime.date) -> int:
    """Figures of the twelve months that ended before `as_of`'s month; returns how many medians there are.

    Run again, it counts the same month again; the groups of a year stay as its first run made them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if not PeerGroup.objects.filter(year=as_of.year).exists():
        _fix(as_of.year, as_of)
    period = twelve_whole_months(as_of)
    month = period.end.replace(day=1)
    assert month_ends(month) == period.end
    values = {kind: _values(kind, period) for kind in (Account.Kind.IMPORTER, Account.Kind.BROKER)}
    ports = _released_by_port(period)
    members: dict[int, list[UUID]] = defaultdict(list)
    for group_id, pk in PeerMember.objects.filter(group__year=as_of.year).values_list("group", "account"):
        members[group_id].append(pk)
    made: list[Any] = []
    for group in PeerGroup.objects.filter(year=as_of.year):
        if group.kind == PeerGroup.Kind.PORT:
            made += _figure(group, PeerMeasure.DAYS, month, _days_held(ports[group.port]), members[group.pk])
            continue
        kind = Account.Kind.BROKER if group.kind == PeerGroup.Kind.BROKERS else Account.Kind.IMPORTER
        for measure in PeerMeasure:
            made += _figure(group, measure, month, values[kind][measure], members[group.pk])
    figures = [one for one in made if isinstance(one, PeerFigure)]
    for model in (PeerFigure, PeerStanding):
        model.objects.filter(month=month, group__year=as_of.year).delete()
        model.objects.bulk_create([one for one in made if isinstance(one, model)], batch_size=5000)
    return len(figures)
