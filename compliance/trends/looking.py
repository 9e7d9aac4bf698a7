"""Search all accounts, or those that a load touched: read, learn, test, name, keep; each a few set-based statements."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import Account
from compliance.trends import keeping
from compliance.trends.days import Days
from compliance.trends.examined import HEADING, PORT, Bools, Floats
from compliance.trends.finding import LEVEL, LEVEL_OF_HOLDS, Weighed, name, q_values, weigh
from compliance.trends.fit import Fit, from_bytes
from compliance.trends.lateness import search_filing
from compliance.trends.measures import Outcomes, outcomes_of
from compliance.trends.models import AccountTest, Measure, PeerFit, Trend
from compliance.trends.peers import PORT_DAYS, PORT_MONTHS, Peers, learn
from compliance.trends.reading import Read, Tables, columns_of, read
from compliance.trends.sharing import share
from examinations.working_days import holidays_until

LOCK = 7_100_007
RECENT_DAYS = 183
SIDES = (Account.Kind.IMPORTER, Account.Kind.BROKER)
#: What is looked for in examinations, and at whom. What an importer pays is no matter of its broker's.
SEARCHED = {Measure.DISCREPANCY: SIDES, Measure.LONG_STAY: SIDES, Measure.COST: (Account.Kind.IMPORTER,)}
#: Holds: ports have good and bad months for them.
BY_PORT = (Measure.LONG_STAY, Measure.COST)
#: Fits that are kept of a side: the newest is used, the others tell what was.
KEPT_FITS = 13
Fits = dict[tuple[str, str], Fit]


@dataclass(frozen=True)
class Asked:
    """A search: of these accounts (all: None) as of a day. ids: of the accounts, by side. announces: whether new trends are
    named, or only those that stand counted again. fits: what holds where some are searched."""

    accounts: Sequence[uuid.UUID] | None
    as_of: datetime.date
    announces: bool
    ids: dict[str, list[str]]
    fits: Fits

    def of(self, kind: str) -> QuerySet[Account]:
        whose = Account.objects.filter(kind=kind).exclude(state=Account.State.WITHDRAWN)
        return whose if self.accounts is None else whose.filter(pk__in=self.accounts)


@dataclass(frozen=True)
class Side:
    """One side's accounts (`read.units` are their ids) with their examinations, what stands of them, and their tests.
    peers: what was learned now; None where some accounts are held against what was learned before."""

    kind: str
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
        if len(fits) < sum(len(sides) for sides in SEARCHED.values()):
            accounts, fits = None, {}
        asked = Asked(accounts, as_of, announces, {}, fits)
        for kind in SIDES:
            asked.ids[kind] = list(asked.of(kind).order_by("pk").values_list(Cast("pk", TextField()), flat=True))
        tables = read(accounts, as_of)
        made = sum(_search(measure, tables, asked) for measure in SEARCHED)
        if accounts is None:
            made += search_filing(as_of, announces=announces)
        keeping.count_stakes(None if accounts is None else [unit for ids in asked.ids.values() for unit in ids])
    return made


def _search(measure: Measure, tables: Tables, asked: Asked) -> int:
    """Search for one outcome. Errors are held down over the accounts of both sides, for each outcome on its own."""
    known = asked.fits.get((measure, SEARCHED[measure][0]))
    outcomes = outcomes_of(measure, tables, holidays_until(asked.as_of), known)
    sides = [_side(measure, kind, outcomes, asked) for kind in SEARCHED[measure]]
    q = q_values([side.tests for side in sides], _others(measure, asked.accounts))
    days, made = Days(asked.as_of), 0
    for side, each in zip(sides, q, strict=True):
        keeping.follow(side.read, side.tests, side.standing, asked.as_of)
        if asked.announces:
            level = LEVEL_OF_HOLDS if measure in BY_PORT else LEVEL
            found = name(side.tests, each, days.first, days.last, level)
            found = keeping.not_standing(side.read, found, side.standing)
            made += keeping.announce(measure, side.read, side.tests, found, asked.as_of)
        of = asked.of(side.kind)
        keeping.keep_tests(measure, of, side.read.units, side.tests.each, side.tests.looked_at, asked.as_of)
        if measure == Measure.DISCREPANCY and side.kind == Account.Kind.IMPORTER and asked.announces and side.peers:
            share(side.read, side.peers, side.tests.own.shape, asked.as_of)
    if asked.accounts is None and len(sides) > 1:
        keeping.mark_shadows(measure, *(side.read for side in sides))
    return made


def _side(measure: Measure, kind: str, outcomes: Outcomes, asked: Asked) -> Side:
    fit = asked.fits.get((measure, kind))
    given = columns_of(outcomes.examinations, outcomes.finds, outcomes.kinds, kind, asked.ids[kind], fit)
    given = replace(given, limits=outcomes.limits)
    of_side = Trend.objects.filter(account__in=asked.of(kind), measure=measure)
    standing = list(of_side.standing())  # type: ignore[attr-defined]
    last = Days(asked.as_of).last
    taken = keeping.taken_by(given, standing) | keeping.settled_by(given, of_side, asked.as_of)
    if fit is None:
        tests, made = _learned(measure, given, outcomes, taken, last)
        _keep_fit(made, measure, kind, asked.as_of, len(given.rows))
        return Side(kind, given, standing, tests, made.peers)
    codes = len(given.strata), len(given.codes[HEADING]), len(given.codes[PORT])
    tests = weigh(given.rows, fit.for_units(given.units, *codes), last, taken, fit.shape, fit.usual_tests)
    return Side(kind, given, standing, tests)


def _learned(measure: Measure, given: Read, outcomes: Outcomes, taken: Bools, last: int) -> tuple[Weighed, Fit]:
    codes, by_port = (len(given.codes[HEADING]), len(given.codes[PORT])), measure in BY_PORT
    recent = PORT_DAYS * PORT_MONTHS if by_port else RECENT_DAYS
    peers = learn(given.rows, codes, last - recent, ~taken, by_port=by_port)
    tests = weigh(given.rows, peers, last, taken)
    lists = given.units, given.strata, given.codes[HEADING], given.codes[PORT]
    return tests, Fit(peers, tests.own.shape, *lists, outcomes.limits, tests.usual_tests)


def _fits() -> Fits:
    """The newest fit of each outcome and side."""
    newest: Fits = {}
    for measure, sides in SEARCHED.items():
        for kind in sides:
            kept = PeerFit.objects.filter(side=kind, measure=measure).first()
            if kept is not None:
                newest[measure, kind] = from_bytes(bytes(kept.data))
    return newest


def _keep_fit(fit: Fit, measure: Measure, kind: str, as_of: datetime.date, examinations: int) -> None:
    PeerFit.objects.create(as_of=as_of, side=kind, measure=measure, examinations=examinations, data=fit.as_bytes())
    of_side = PeerFit.objects.filter(side=kind, measure=measure)
    of_side.exclude(pk__in=list(of_side.values_list("pk", flat=True)[:KEPT_FITS])).delete()


def _others(measure: Measure, accounts: Sequence[uuid.UUID] | None) -> Floats:
    """The last p-values of accounts that are not searched now."""
    if accounts is None:
        return np.zeros(0)
    kept = AccountTest.objects.filter(measure=measure).exclude(account__in=accounts)
    return np.array(list(kept.values_list("p_value", flat=True)), dtype=np.float64)
