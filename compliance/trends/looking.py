"""Search all accounts, or those that a load touched: read, learn, test, name, keep; each a few set-based statements."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import Account
from compliance.trends import keeping
from compliance.trends.days import Days
from compliance.trends.examined import HEADING, PORT, Bools, Floats
from compliance.trends.finding import Weighed, name, q_values, weigh
from compliance.trends.fit import Fit, from_bytes
from compliance.trends.lateness import search_filing
from compliance.trends.models import AccountTest, Measure, PeerFit, Trend
from compliance.trends.peers import Peers, learn
from compliance.trends.reading import Read, columns_of, read
from compliance.trends.sharing import share

LOCK = 7_100_007
RECENT_DAYS = 183
SIDES = (Account.Kind.IMPORTER, Account.Kind.BROKER)
#: Fits that are kept of a side: the newest is used, the others tell what was.
KEPT_FITS = 13


@dataclass(frozen=True)
class Side:
    """One side's accounts (`read.units` are their ids) with their examinations, what stands of them, and their tests. peers: what was learned now;
    None where some accounts are held against what was learned before."""

    kind: str
    accounts: QuerySet[Account]
    read: Read
    standing: list[Trend]
    tests: Weighed
    peers: Peers | None = None


def find_trends(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date, *, announces: bool = True) -> int:
    """Search accounts as of a day; returns how many trends were announced.

    None searches all and learns anew what is usual. A list is held against the newest fit, and against the last p-values
    of the others; without a fit all are searched. announces: whether new trends are named, or only those that stand
    counted again. Twice at once or dying half-way harms nothing: one lock, one transaction, one row a cell.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        fits = _fits() if accounts is not None else {}
        if len(fits) < len(SIDES):
            accounts, fits = None, {}
        table, finds = read(accounts, as_of)
        sides = [_side(kind, table, finds, accounts, fits.get(kind), as_of) for kind in SIDES]
        q = q_values([side.tests for side in sides], _others(accounts))
        made = 0
        for side, each in zip(sides, q, strict=True):
            keeping.follow(side.read, side.tests, side.standing, as_of)
            if announces:
                days = Days(as_of)
                made += keeping.announce(side.read, side.tests, name(side.tests, each, days.first, days.last), as_of)
            keeping.keep_tests(side.accounts, side.read.units, side.tests.each, side.tests.looked_at, as_of)
            if side.peers is not None and side.kind == Account.Kind.IMPORTER and announces:
                share(side.read, side.peers, side.tests.own.shape, as_of)
        if accounts is None:
            keeping.mark_shadows(*(side.read for side in sides))
            made += search_filing(as_of, announces=announces)
        keeping.count_stakes(None if accounts is None else [unit for side in sides for unit in side.read.units])
    return made


def _side(
    kind: str,
    table: pl.DataFrame,
    finds: pl.DataFrame,
    accounts: Sequence[uuid.UUID] | None,
    fit: Fit | None,
    as_of: datetime.date,
) -> Side:
    whose = Account.objects.filter(kind=kind).exclude(state=Account.State.WITHDRAWN)
    whose = whose if accounts is None else whose.filter(pk__in=accounts)
    units = list(whose.order_by("pk").values_list(Cast("pk", TextField()), flat=True))
    given = columns_of(table, finds, kind, units, fit)
    standing = list(Trend.objects.standing().filter(account__in=whose, measure=Measure.DISCREPANCY))  # type: ignore[attr-defined]
    taken = keeping.taken_by(given, standing)
    last = Days(as_of).last
    if fit is None:
        tests, made = _learned(given, taken, last)
        _keep_fit(made, kind, as_of, len(given.rows))
        return Side(kind, whose, given, standing, tests, made.peers)
    codes = len(given.strata), len(given.codes[HEADING]), len(given.codes[PORT])
    tests = weigh(given.rows, fit.for_units(given.units, *codes), last, taken, fit.shape)
    return Side(kind, whose, given, standing, tests)


def _learned(given: Read, taken: Bools, last: int) -> tuple[Weighed, Fit]:
    codes = len(given.codes[HEADING]), len(given.codes[PORT])
    peers = learn(given.rows, codes, last - RECENT_DAYS, ~taken)
    tests = weigh(given.rows, peers, last, taken)
    return tests, Fit(peers, tests.own.shape, given.units, given.strata, given.codes[HEADING], given.codes[PORT])


def _fits() -> dict[str, Fit]:
    newest = {}
    for kind in SIDES:
        kept = PeerFit.objects.filter(side=kind, measure=Measure.DISCREPANCY).first()
        if kept is not None:
            newest[str(kind)] = from_bytes(bytes(kept.data))
    return newest


def _keep_fit(fit: Fit, kind: str, as_of: datetime.date, examinations: int) -> None:
    PeerFit.objects.create(
        as_of=as_of, side=kind, measure=Measure.DISCREPANCY, examinations=examinations, data=fit.as_bytes()
    )
    of_side = PeerFit.objects.filter(side=kind, measure=Measure.DISCREPANCY)
    of_side.exclude(pk__in=list(of_side.values_list("pk", flat=True)[:KEPT_FITS])).delete()


def _others(accounts: Sequence[uuid.UUID] | None) -> Floats:
    """The last p-values of accounts that are not searched now."""
    if accounts is None:
        return np.zeros(0)
    kept = AccountTest.objects.filter(measure=Measure.DISCREPANCY).exclude(account__in=accounts)
    return np.array(list(kept.values_list("p_value", flat=True)), dtype=np.float64)
