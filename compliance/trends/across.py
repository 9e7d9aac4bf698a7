"""The same problem in many accounts: a supplier, a heading or an origin that goes wrong wherever it is imported. Pure.

A value of one of these dimensions is tested as an account is, over all importers together: its finds of the last months
beside what is expected, with its own past as its own factor. That a heading always errs more than others is no news; that
it does so since some months is. Errors are held down over all values by Benjamini-Hochberg; a value is named once, not its
shadow in the other dimensions.
"""

from dataclasses import dataclass

import numpy as np

from compliance.trends.beginning import Beginning, began
from compliance.trends.examined import ANY, HEADING, MANUFACTURER, NOWHERE, ORIGIN, Bools, Examined, Floats, Ints
from compliance.trends.naming import gains
from compliance.trends.spread import usual_spread
from compliance.trends.tail import adjusted, mid_p

OVER = (MANUFACTURER, HEADING, ORIGIN)
#: Days that count as of late; the rest is the value's own past.
WINDOW = 365
LEVEL = 0.05
#: Accounts that must have it, and the share of finds above which it is one account's own problem.
LEAST_ACCOUNTS, LARGEST_SHARE = 3, 0.6
LEAST_FOUND, LEAST_SHARE = 5, 0.02
MOST = 25


@dataclass(frozen=True)
class Shared:
    """A value that goes wrong in many accounts: its dimension and place, the kind, and since when. rows: places of its
    examinations; expected: of each."""

    dimension: int
    value: int
    kind: int
    q: float
    beginning: Beginning
    rows: Ints
    expected: Floats


def by_account(rows: Examined, expected: Floats, shape: float) -> Floats:
    """What is expected of each examination of an account that errs as often as this one does."""
    found = np.bincount(rows.unit[rows.hit], minlength=rows.units)
    sums = np.bincount(rows.unit, expected, rows.units)
    return np.asarray(np.minimum(expected * ((shape + found) / (shape + sums))[rows.unit], 0.9))


@dataclass(frozen=True)
class _Values:
    """All values of the dimensions in one row of places. at: by dimension the value of each examination, or NOWHERE.
    start: the first place of each dimension."""

    at: Ints
    start: Ints
    count: int

    def of(self, value: int) -> Ints:
        """The places of the examinations that have the value."""
        return np.flatnonzero(self.at[self.dimension(value)] == value)

    def dimension(self, value: int) -> int:
        return int(np.searchsorted(self.start, value, side="right")) - 1


def _values_of(rows: Examined) -> _Values:
    counts = [int(rows.codes[dimension].max(initial=NOWHERE)) + 1 for dimension in OVER]
    start = np.cumsum([0, *counts[:-1]])
    codes = rows.codes[list(OVER)]
    return _Values(np.where(codes == NOWHERE, NOWHERE, codes + start[:, None]), start, sum(counts))


def _tables(rows: Examined, values: _Values, counted: Bools, expected: Floats) -> tuple[Ints, Floats]:
    """Finds by value and kind, and expected finds (of any) by value, of the examinations that count."""
    columns = rows.kinds + 1
    hits, finds = np.flatnonzero(rows.hit & counted), np.flatnonzero(counted[rows.find_row])
    found, sums = np.zeros(values.count * columns, np.int64), np.zeros(values.count)
    for place in values.at:
        known = (place != NOWHERE) & counted
        sums += np.bincount(place[known], expected[known], values.count)
        for row, kind in ((hits, np.full(len(hits), ANY)), (rows.find_row[finds], rows.find_kind[finds])):
            value, present = place[row], place[row] != NOWHERE
            found += np.bincount(value[present] * columns + kind[present], minlength=len(found))
    return found.reshape(values.count, columns), sums


def shared_by_many(rows: Examined, expected: Floats, shares: Floats, first: int, last: int) -> list[Shared]:
    """The values that go wrong in many accounts, the clearest first.

    expected: discrepancies by examination, as peers and the account's own rate lead one to expect, without a factor of
    its heading. shares: of finds, by kind. first, last: days of selection that are read, and that count.
    """
    values = _values_of(rows)
    late = (rows.day <= last) & (rows.day > last - WINDOW)
    past, usual = _tables(rows, values, rows.day <= last - WINDOW, expected)
    found, sums = _tables(rows, values, late, expected)
    later = _tables(rows, values, rows.day > last, expected)
    shape = _shapes(past + found + later[0], usual + sums + later[1], shares)
    own = _Past(past, usual, shape, shares)
    p, gain = own.weigh(np.arange(values.count), found, sums)
    named: list[Shared] = []
    bar = 0.0
    while len(named) < MOST:
        each = np.minimum(p.min(axis=1) * (shares >= LEAST_SHARE).sum(), 1.0)
        q = adjusted(each)
        if not named:
            bar = float(each[q <= LEVEL].max(initial=0.0))
        best = _best(rows, values, each, bar, gain, late)
        if best is None:
            return named
        value, kind = best
        mine = values.of(value)
        e = np.minimum(expected[mine] * shares[kind] * own.factor(value, kind), 0.9)
        dimension = values.dimension(value)
        beginning = began(rows.day[mine], _outcomes(rows, mine, kind), e, first, last)
        named.append(
            Shared(OVER[dimension], value - int(values.start[dimension]), kind, float(q[value]), beginning, mine, e)
        )
        # What it explains leaves all values that share examinations with it; the others stay as they were.
        gone = np.zeros(len(rows), bool)
        gone[mine] = late[mine]
        less = _tables(rows, values, gone, expected)
        found, sums = found - less[0], sums - less[1]
        late[mine] = False
        touched = np.unique(values.at[:, gone])
        touched = touched[touched != NOWHERE]
        p[touched], gain[touched] = own.weigh(touched, found[touched], sums[touched])
    return named


@dataclass(frozen=True)
class _Past:
    """Each value's own past: finds by kind, expected finds; and by kind how alike values are, and the share of finds."""

    found: Ints
    expected: Floats
    shape: Floats
    shares: Floats

    def factor(self, value: int, kind: int) -> float:
        own = self.shape[kind] + self.found[value, kind]
        return float(own / (self.shape[kind] + self.expected[value] * self.shares[kind]))

    def weigh(self, values: Ints, found: Ints, sums: Floats) -> tuple[Floats, Floats]:
        """mid-p and gain by value and kind of what was found of late; 1 and 0 where too little was."""
        p, gain = np.ones(found.shape), np.zeros(found.shape)
        place, kind = np.nonzero((found >= LEAST_FOUND) & (self.shares >= LEAST_SHARE))
        own = self.shape[kind] + self.found[values[place], kind]
        usual = self.shape[kind] + self.expected[values[place]] * self.shares[kind]
        mean, x = sums[place] * self.shares[kind] * own / usual, found[place, kind]
        more = (x > mean) & (mean > 0)
        place, kind, mean, x = place[more], kind[more], mean[more], x[more]
        p[place, kind], gain[place, kind] = mid_p(x, mean, own[more]), gains(x, mean)
        return p, gain


def _shapes(found: Ints, expected: Floats, shares: Floats) -> Floats:
    """By kind how alike values are, over all days."""
    return np.array(
        [usual_spread(found[:, kind].astype(np.float64), expected * shares[kind]) for kind in range(found.shape[1])]
    )


def _outcomes(rows: Examined, places: Ints, kind: int) -> Bools:
    if kind == ANY:
        return rows.hit[places]
    return np.isin(places, rows.find_row[rows.find_kind == kind])


def _best(
    rows: Examined, values: _Values, each: Floats, bar: float, gain: Floats, counted: Bools
) -> tuple[int, int] | None:
    """The value below the bar that explains most, and is found in enough accounts; with its kind."""
    below = np.flatnonzero((each <= bar) & (bar > 0))
    for value in below[np.argsort(-gain[below].max(axis=1), kind="stable")].tolist():
        kind = int(np.argmax(gain[value]))
        mine = values.of(value)
        mine = mine[counted[mine]]
        wrong = np.bincount(rows.unit[mine[_outcomes(rows, mine, kind)]])
        if (wrong > 0).sum() >= LEAST_ACCOUNTS and wrong.max(initial=0) <= LARGEST_SHARE * wrong.sum():
            return value, kind
    return None
