"""Are trends found where they are, and nothing where nothing is? Simulated accounts with known truth.

python -m benchmarks.trends_simulated [--worlds 200] [--planted 60] [--seed 1]

Each world has 300 accounts with examinations of three years, and 13 monthly searches over its last year. Nothing is
planted, with headings and ports that differ, with a rise common to all, with targeting that alone rises in some cells; or
ten problems are. The tests assert a smaller run of the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from compliance.trends.cells import SUBSETS
from compliance.trends.days import LAG_DAYS, READ_DAYS
from compliance.trends.examined import ANY, DIMENSIONS, HEADING, NOWHERE, PORT, Bools, Examined, Ints
from compliance.trends.finding import Trend, name, q_values, weigh
from compliance.trends.peers import learn

ACCOUNTS, MONTHS, MONTH_DAYS = 300, 13, 30.44
#: Values of the dimensions in all: ports, headings, origins, manufacturers, filers.
VALUES = (40, 150, 25, 4_000, 30)
#: Of finds, by kind (magnitudes: class, value, quantity, documents and so on).
SHARES = np.array([0.27, 0.14, 0.12, 0.10, 0.06, 0.08, 0.06, 0.08, 0.04, 0.03, 0.015, 0.005])
#: Days of history before the first search.
BEFORE = READ_DAYS
RANDOM, TARGETED = 0, 4


@dataclass(frozen=True)
class Planted:
    """A problem: its account, cell, kind, first day, the chance that it adds, and the examinations that it is of."""

    unit: int
    values: tuple[int, ...]
    kind: int
    day: int
    rate: float
    inside: Ints


@dataclass(frozen=True)
class World:
    """Examinations with the day on which each was closed, and what was planted. first search on `start`."""

    rows: Examined
    closed: Ints
    planted: list[Planted]
    from_problem: Bools
    start: int


def world(
    random: np.random.Generator,
    *,
    planted: int = 0,
    differing: bool = False,
    rise: float = 1.0,
    more_targeting: bool = False,
    rates: tuple[float, float] = (0.03, 0.30),
) -> World:
    """Simulate one.

    differing: peers' headings and ports differ. rise: of everybody's rate in the last year. more_targeting: in some cells
    three times as many are targeted from some day on, which find as often as before. rates: that planted problems add.
    """
    days = BEFORE + int(MONTHS * MONTH_DAYS)
    size = np.minimum(np.exp(random.normal(np.log(70), 1.1, ACCOUNTS)), 3_000).astype(int) + 5
    unit = np.repeat(np.arange(ACCOUNTS), size)
    n = len(unit)
    codes = _codes(random, unit)
    day = random.integers(0, days, n)
    # Two fifths are reviews of lines at random; the others targeted, of four types.
    stratum = np.where(random.random(n) < 0.4, RANDOM, random.integers(1, 1 + TARGETED, n))
    if more_targeting:
        unit, codes, day, stratum = _more_targeted(random, unit, codes, day, stratum, days)
        n = len(unit)
    order = np.lexsort((day, unit))
    unit, codes, day, stratum = unit[order], codes[:, order], day[order], stratum[order]
    base = np.array([0.05, 0.12, 0.10, 0.04, 0.14])[stratum]
    own = random.gamma(4, 1 / 4, ACCOUNTS)[unit]
    factor = np.ones(n)
    if differing:
        factor = random.gamma(3, 1 / 3, VALUES[HEADING])[codes[HEADING]]
        factor = factor * random.gamma(8, 1 / 8, VALUES[PORT])[codes[PORT]]
    late = np.where(day > days - 365, rise, 1.0)
    rate = np.minimum(base * own * factor * late, 0.7)
    hit = random.random(n) < rate
    kind = np.where(hit, 1 + random.choice(len(SHARES), n, p=SHARES / SHARES.sum()), ANY)
    problems, from_problem = [], np.zeros(n, bool)
    for one in _planted(random, unit, codes, day, planted, days, rates):
        struck = one.inside[random.random(len(one.inside)) < np.where(stratum[one.inside] == RANDOM, 1, 1.5) * one.rate]
        hit[struck], kind[struck], from_problem[struck] = True, one.kind, True
        problems.append(one)
    # Days until the result is known: median 12, tenth above 40.
    closed = day + np.minimum(np.exp(random.normal(np.log(12), 0.95, n)), 150).astype(int)
    finds = np.flatnonzero(hit)
    rows = Examined(
        unit, codes, stratum, stratum == RANDOM, np.zeros(n, bool), day, hit, finds, kind[finds], np.zeros(len(finds)),
        ACCOUNTS, 1 + TARGETED, len(SHARES),
    )  # fmt: skip
    return World(rows, closed, problems, from_problem, BEFORE)


def _codes(random: np.random.Generator, unit: Ints) -> Ints:
    """Each account has its suppliers; a supplier has an origin and few headings; ports and filers are the account's."""
    codes = np.empty((len(DIMENSIONS), len(unit)), np.int64)
    next_maker = 0
    for account in range(ACCOUNTS):
        here = unit == account
        n = int(here.sum())
        makers = int(random.integers(3, 13))
        weights = random.dirichlet(np.full(makers, 1.2))
        maker = random.choice(makers, n, p=weights)
        origin = random.integers(0, VALUES[2], max(2, makers // 2))[random.integers(0, max(2, makers // 2), makers)]
        headings = random.integers(0, VALUES[HEADING], (makers, 3))
        ports, filers = random.integers(0, VALUES[PORT], 5), random.integers(0, VALUES[4], 2)
        codes[PORT, here] = ports[random.choice(5, n, p=[0.45, 0.25, 0.15, 0.1, 0.05])]
        codes[HEADING, here] = headings[maker, random.choice(3, n, p=[0.6, 0.25, 0.15])]
        codes[2, here] = origin[maker]
        codes[3, here] = next_maker + maker
        codes[4, here] = filers[random.choice(2, n, p=[0.8, 0.2])]
        next_maker += makers
    return codes


def _more_targeted(
    random: np.random.Generator, unit: Ints, codes: Ints, day: Ints, stratum: Ints, days: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """In a cell of each of thirty accounts, from some day on, each examination has two targeted ones beside it."""
    more = []
    for account in random.choice(ACCOUNTS, 30, replace=False):
        mine = np.flatnonzero(unit == account)
        here = codes[3, random.choice(mine)]
        since = int(random.integers(BEFORE - 100, days - 90))
        more.append(np.repeat(mine[(codes[3, mine] == here) & (day[mine] >= since)], 2))
    extra = np.concatenate(more)
    joined = [np.concatenate((column, column[..., extra]), axis=-1) for column in (unit, codes, day)]
    return joined[0], joined[1], joined[2], np.concatenate((stratum, random.integers(1, 1 + TARGETED, len(extra))))


def _planted(
    random: np.random.Generator, unit: Ints, codes: Ints, day: Ints, count: int, days: int, rates: tuple[float, float]
) -> Iterator[Planted]:
    """Problems in cells of at least forty examinations after their beginning, each of its own account."""
    accounts = np.tile(random.permutation(ACCOUNTS), 6)
    made, taken = 0, set()
    for account in accounts:
        if made == count:
            return
        if account in taken:
            continue
        mine = np.flatnonzero(unit == account)
        since = int(random.integers(BEFORE - 60, BEFORE + 120))
        dimensions = SUBSETS[int(random.choice([1, 3, 3, 3, 2, 0, 6, 9, 12]))]
        like = int(random.choice(mine))
        values = tuple(int(codes[d, like]) if d in dimensions else NOWHERE for d in DIMENSIONS)
        inside = mine[np.all([codes[d, mine] == codes[d, like] for d in dimensions], axis=0)]
        whole, inside = inside, inside[day[inside] >= since]
        if len(inside) < 45 or len(whole) > 0.6 * len(mine):
            continue
        made += 1
        taken.add(account)
        kind = 1 + int(random.choice(len(SHARES), p=SHARES / SHARES.sum()))
        yield Planted(int(account), values, kind, since, float(random.uniform(*rates)), inside)


@dataclass
class Found:
    """What one announcement was. month: of the search. false: at least half of what it names was not planted."""

    month: int
    trend: Trend
    false: bool
    inside: Ints


@dataclass
class Record:
    """What the searches of a world announced, by month."""

    found: list[Found] = field(default_factory=list)


def monthly(given: World) -> Record:
    """Thirteen monthly searches, each knowing what was closed by its day; what was announced stands from then on."""
    record, standing = Record(), np.zeros(len(given.rows), bool)
    for month in range(MONTHS):
        today = given.start + int((month + 1) * MONTH_DAYS)
        last = today - LAG_DAYS
        first = last - READ_DAYS
        known = (given.closed <= today) & (given.rows.day <= last) & (given.rows.day > first)
        places = np.flatnonzero(known)
        rows, taken = given.rows.only(known), standing[known]
        peers = learn(rows, (VALUES[HEADING], VALUES[PORT]), last - 183, ~taken)
        tests = weigh(rows, peers, last, taken)
        (q,) = q_values([tests], np.zeros(0))
        for one in name(tests, q, first, last):
            whole = given.rows.within(one.unit, one.values)
            cell = places[rows.within(one.unit, one.values)]
            since = cell[given.rows.day[cell] >= one.beginning.day]
            named = since[given.rows.outcomes(since, one.kind)]
            share = given.from_problem[named].mean() if len(named) else 0.0
            record.found.append(Found(month, one, bool(share <= 0.5), whole))
            standing[whole] = True
    return record
