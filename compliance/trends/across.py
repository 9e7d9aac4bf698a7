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
    """Examinations by value: each element an examination (`row`) under one of its values (`at`, over all dimensions)."""

    row: Ints
    at: Ints
    start: Ints
    count: int


def _values_of(rows: Examined) -> _Values:
    parts, places, starts, count = [], [], [], 0
    for dimension in OVER:
        code = rows.codes[dimension]
        known = np.flatnonzero(code != NOWHERE)
        parts.append(known)
        places.append(code[known] + count)
        starts.append(count)
        count += int(code.max(initial=NOWHERE)) + 1
    return _Values(np.concatenate(parts), np.concatenate(places), np.array(starts), count)


def _tables(rows: Examined, values: _Values, counted: Bools, expected: Floats) -> tuple[Ints, Floats]:
    """Finds by value and kind, and expected finds (of any) by value, of the examinations that count."""
    kept = counted[values.row]
    row, at = values.row[kept], values.at[kept]
    columns = rows.kinds + 1
    kinds = np.zeros((len(rows), columns), bool)
    kinds[rows.find_row, rows.find_kind] = True
    kinds[:, ANY] = rows.hit
    place, kind = np.nonzero(kinds[row])
    found = np.bincount(at[place] * columns + kind, minlength=values.count * columns)
    sums = np.bincount(at, expected[row], values.count)
    return found.reshape(values.count, columns).astype(np.int64), sums.astype(np.float64)


def shared_by_many(rows: Examined, expected: Floats, shares: Floats, first: int, last: int) -> list[Shared]:
    """The values that go wrong in many accounts, the clearest first.

    expected: discrepancies by examination, as peers and the account's own rate lead one to expect, without a factor of
    its heading. shares: of finds, by kind. first, last: days of selection that are read, and that count.
    """
    values = _values_of(rows)
    late = (rows.day <= last) & (rows.day > last - WINDOW)
    before = rows.day <= last - WINDOW
    free = np.ones(len(rows), bool)
    past, usual = _tables(rows, values, before, expected)
    shape = _shapes(rows, values, expected, shares)
    named: list[Shared] = []
    bar = 0.0
    while len(named) < MOST:
        found, sums = _tables(rows, values, late & free, expected)
        p, gain = _weighed(found, sums, past, usual, shape, shares)
        each = np.minimum(p.min(axis=1) * (shares >= LEAST_SHARE).sum(), 1.0)
        q = adjusted(each)
        if not named:
            bar = float(each[q <= LEVEL].max(initial=0.0))
        best = _best(rows, values, each, bar, gain, late & free)
        if best is None:
            return named
        value, kind = best
        mine = values.row[values.at == value]
        own = (shape[kind] + past[value, kind]) / (shape[kind] + usual[value] * shares[kind])
        e = np.minimum(expected[mine] * shares[kind] * own, 0.9)
        dimension = int(np.searchsorted(values.start, value, side="right")) - 1
        beginning = began(rows.day[mine], _outcomes(rows, mine, kind), e, first, last)
        named.append(
            Shared(OVER[dimension], value - int(values.start[dimension]), kind, float(q[value]), beginning, mine, e)
        )
        free[mine] = False
    return named


def _shapes(rows: Examined, values: _Values, expected: Floats, shares: Floats) -> Floats:
    """By kind how alike values are, over all days."""
    found, sums = _tables(rows, values, np.ones(len(rows), bool), expected)
    return np.array(
        [usual_spread(found[:, kind].astype(np.float64), sums * shares[kind]) for kind in range(found.shape[1])]
    )


def _weighed(
    found: Ints, sums: Floats, past: Ints, usual: Floats, shape: Floats, shares: Floats
) -> tuple[Floats, Floats]:
    """mid-p and gain by value and kind; 1 and 0 where too little was found."""
    own = shape + past
    mean = sums[:, None] * shares * own / (shape + usual[:, None] * shares)
    asked = (found >= LEAST_FOUND) & (found > mean) & (mean > 0) & (shares >= LEAST_SHARE)
    p = np.ones(found.shape)
    p[asked] = mid_p(found[asked], mean[asked], own[asked])
    return p, np.where(asked, gains(found, np.where(mean > 0, mean, 1.0)), 0.0)


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
        mine = values.row[values.at == value]
        mine = mine[counted[mine]]
        wrong = np.bincount(rows.unit[mine[_outcomes(rows, mine, kind)]])
        if (wrong > 0).sum() >= LEAST_ACCOUNTS and wrong.max(initial=0) <= LARGEST_SHARE * wrong.sum():
            return value, kind
    return None
