"""Which accounts have a trend, and which: all cells tested, errors held down over accounts, the cell named. Pure.

The procedure in words: docs/trends.md. What it reached in simulated worlds: benchmarks/trends_simulated.py.
"""

from dataclasses import dataclass, replace

import numpy as np

from compliance.trends.beginning import Beginning, began
from compliance.trends.cells import LEAST_FOUND, Cells, cells_of
from compliance.trends.examined import ANY, DIMENSIONS, Bools, Examined, Floats, Ints
from compliance.trends.naming import named_of
from compliance.trends.own import Own, own_of
from compliance.trends.peers import Peers
from compliance.trends.tail import adjusted, mid_p, simes

#: Of accounts that are named, so many in a hundred at most are to be named wrongly. Five in a hundred announcements may be
#: wrong: some are of an account that has a problem, called by another name, so at 5 % it would be more. Of holds fewer:
#: what is told of them is less clear cut, and at 5 % one in fifteen that simulated worlds announced was wrong.
LEVEL, LEVEL_OF_HOLDS = 0.04, 0.03
#: Trends that one account may be told of in one search.
MOST_AT_ONCE = 3
#: Kinds rarer than this share of finds are not tested apart.
LEAST_SHARE = 0.005
#: Of an account's weight, what goes to cells of one value, and what to discrepancies of any kind.
SINGLE_WEIGHT, ANY_WEIGHT = 0.7, 0.2


@dataclass(frozen=True)
class Trend:
    """What was found. values: of the dimensions, NOWHERE for one that plays no part. kind: of discrepancy, or ANY.
    found, expected: since it began, of all its examinations. q: of the search in which it was found."""

    unit: int
    values: tuple[int, ...]
    kind: int
    p: float
    q: float
    beginning: Beginning


@dataclass(frozen=True)
class Weighed:
    """Every cell of one side's accounts, tested; each: one p-value a unit, over its weight; tests: by unit, how many, found
    or not. usual_tests: of an account that has any, in the mean; None where accounts weigh the same."""

    rows: Examined
    expected: Floats
    free: Bools
    shares: Floats
    own: Own
    cells: Cells
    p: Floats
    each: Floats
    tests: Ints
    usual_tests: float | None

    @property
    def looked_at(self) -> Bools:
        """Which units have a cell at all."""
        return self.tests > 0


def p_values(cells: Cells, own: Own, shares: Floats) -> tuple[Floats, Ints]:
    """mid-p by cell and kind, over its weight (1 where too little was found), and the number of tests by unit, found or
    not."""
    mean, shape = own.factor(cells.unit, cells.found, cells.expected, shares)
    expected = cells.expected[:, None] * shares * mean
    common = shares >= LEAST_SHARE
    asked = (cells.found >= LEAST_FOUND) & (cells.found > expected) & common
    p = np.ones(cells.found.shape)
    p[asked] = mid_p(cells.found[asked], expected[asked], shape[asked])
    p[asked] /= weights(cells, np.where(common, shares, 0.0))[asked]
    tests = np.bincount(cells.unit, minlength=len(own.expected)) * int(common.sum())
    return np.minimum(p, 1.0), tests.astype(np.int64)


def weights(cells: Cells, shares: Floats) -> Floats:
    """How much each test counts for, 1 in the mean over an account's; known without outcomes.

    Most problems are of one value and of a common kind, so tests of these get more (C. Genovese, K. Roeder and
    L. Wasserman, "False discovery control with p-value weighting", Biometrika 93, 2006). shares: 0 for a kind that is
    not tested.
    """
    kinds = np.ones(1)
    if len(shares) > 1:
        kinds = shares / max(shares[1:].sum(), 1e-12) * (1 - ANY_WEIGHT)
        kinds[ANY] = ANY_WEIGHT
        kinds = kinds * (shares > 0).sum()
    single = cells.subset < len(DIMENSIONS)
    units = int(cells.unit.max()) + 1 if len(cells) else 0
    singles = np.bincount(cells.unit[single], minlength=units)[cells.unit]
    whole = np.bincount(cells.unit, minlength=units)[cells.unit]
    pairs = whole - singles
    # An account without pairs gives all the weight to its single values.
    part = np.where(pairs > 0, SINGLE_WEIGHT, 1.0)
    each = np.where(single, part * whole / np.maximum(singles, 1), (1 - part) * whole / np.maximum(pairs, 1))
    return np.asarray(each[:, None] * kinds)


def one_each(cells: Cells, p: Floats, tests: Ints, usual_tests: float | None) -> Floats:
    """One p-value a unit, divided by its weight, which is how many tests it has beside the usual number.

    So every test counts the same, and not every account: where more is examined there is more that can be wrong, and more
    of it can be told from chance. The weights are known without outcomes and 1 in the mean, as `weights` are. Without a
    usual number accounts weigh the same.
    """
    cell, kind = np.nonzero(p < 1)
    each = simes(cells.unit[cell], p[cell, kind], tests)
    return each if usual_tests is None else np.minimum(each * usual_tests / np.maximum(tests, 1), 1.0)


def weigh(
    rows: Examined,
    peers: Peers,
    last: int,
    standing: Bools,
    shape: Floats | None = None,
    usual_tests: float | None = None,
) -> Weighed:
    """Test every cell of every account.

    last: the last day of selection that counts. standing: examinations of trends that stand already; they are neither
    announced again nor tested. shape, usual_tests: as learned over all, where these are some; without a shape both are
    learned from these. Where ports have good and bad months accounts weigh the same: what a port's month adds shows most in
    large accounts.
    """
    tested = _weighed(rows, peers.expected(rows), ~standing, peers.shares, last, shape, usual_tests)
    if shape is not None or peers.by_port or not tested.looked_at.any():
        return tested
    usual_tests = float(tested.tests[tested.looked_at].mean())
    each = one_each(tested.cells, tested.p, tested.tests, usual_tests)
    return replace(tested, each=each, usual_tests=usual_tests)


def _weighed(
    rows: Examined,
    expected: Floats,
    free: Bools,
    shares: Floats,
    last: int,
    shape: Floats | None,
    usual_tests: float | None,
    among: Ints | None = None,
) -> Weighed:
    own = own_of(rows, expected, free, shares, shape)
    cells = cells_of(rows, expected, last, free if among is None else free & np.isin(rows.unit, among))
    p, tests = p_values(cells, own, shares)
    each = one_each(cells, p, tests, usual_tests)
    return Weighed(rows, expected, free, shares, own, cells, p, each, tests, usual_tests)


def q_values(sides: list[Weighed], others: Floats) -> list[Floats]:
    """By side the q-value of each unit: errors are held down over the accounts of all sides, and over `others`,
    p-values of accounts that are not looked at now."""
    joined = adjusted(np.concatenate([*(side.each[side.looked_at] for side in sides), others]))
    result, start = [], 0
    for side in sides:
        q, count = np.ones(side.rows.units), int(side.looked_at.sum())
        q[side.looked_at] = joined[start : start + count]
        result.append(q)
        start += count
    return result


def name(tests: Weighed, q: Floats, first: int, last: int, level: float = LEVEL) -> list[Trend]:
    """Name the trends of the units whose q-value is small enough, and what else they have beside the first one."""
    named = np.flatnonzero(q <= level)
    bar = float(tests.each[named].max()) if len(named) else 0.0
    trends: list[Trend] = []
    for _ in range(MOST_AT_ONCE):
        if not len(named):
            break
        free = tests.free.copy()
        for unit in named.tolist():
            values, kind, p = named_of(tests.cells, tests.own, tests.shares, tests.p, unit)
            cell = tests.rows.within(unit, values)
            beginning = beginning_of(tests.rows, tests.expected, tests.own, tests.shares, cell, kind, first, last)
            trends.append(Trend(unit, values, kind, p, float(q[unit]), beginning))
            free[cell] = False
        usual = tests.own.shape, tests.usual_tests
        tests = _weighed(tests.rows, tests.expected, free, tests.shares, last, *usual, named)
        named = named[tests.each[named] <= bar]
    return trends


def beginning_of(
    rows: Examined,
    expected: Floats,
    own: Own,
    shares: Floats,
    cell: Ints,
    kind: int,
    first: int,
    last: int,
    *,
    inside: bool = True,
) -> Beginning:
    """When it began in a cell, given by the places of its examinations.

    inside: whether the sums of `own` hold the cell's examinations too.
    """
    cell = cell[rows.day[cell] <= last]
    unit = int(rows.unit[cell[0]])
    lately = cell[~rows.asked[cell]] if inside else cell[:0]
    mean, _ = own.factor(unit, rows.counts(lately), np.asarray(expected[lately].sum()), shares)
    e = expected[cell] * shares[kind] * mean[kind]
    return began(rows.day[cell], rows.outcomes(cell, kind), e, first, last)
