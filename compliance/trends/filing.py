"""Filing of brokers: summaries after the tenth working day, corrections; where there are more than expected. Pure.

Counts of entries by broker, client and month. Expected: what the other brokers have in the same month, times the broker's
own factor outside the client and the months that are looked at. Late summaries come in heaps (a system stands still, a clerk
is ill), so counts are divided by how much more they vary than chance alone (P. McCullagh and J. Nelder, "Generalized Linear
Models", 1989, chapter 4) before they are asked how unlikely they are; the rest is as for examinations (tail.py).
"""

from dataclasses import dataclass

import numpy as np

from compliance.trends.beginning import Beginning
from compliance.trends.examined import NOWHERE, Bools, Floats, Ints
from compliance.trends.spread import usual_spread
from compliance.trends.tail import adjusted, mid_p, simes

#: Months that are looked at, the longest last; entries and cases without which nothing is tested.
WINDOWS = (4, 8)
LEAST_ENTRIES, LEAST_CASES = 40, 5
LEVEL = 0.05
#: A surplus smaller than this share of what is expected is nobody's trouble, however certain it is.
LEAST_RATIO = 1.5
#: By how much a problem may multiply what is expected.
RATIOS = np.array([1.5, 2.0, 3.0, 5.0, 9.0])
PEER_WEIGHT = 20.0


@dataclass(frozen=True)
class Filed:
    """One element for a broker, client and month. month: number of the month. entries: of which cases could be. cases:
    late summaries, or corrections."""

    broker: Ints
    client: Ints
    month: Ints
    entries: Floats
    cases: Floats
    brokers: int

    def __len__(self) -> int:
        return len(self.broker)


@dataclass(frozen=True)
class Late:
    """A broker, or one client of it (else NOWHERE), with more cases than expected. rows: places; expected: of each.
    beginning: numbers of months."""

    broker: int
    client: int
    p: float
    q: float
    beginning: Beginning
    rows: Ints
    expected: Floats


def expected_cases(filed: Filed) -> Floats:
    """What the other brokers of the same month have, in as many entries."""
    month = filed.month - (filed.month.min() if len(filed) else 0)
    count = int(month.max(initial=0)) + 1
    of_both = filed.broker * count + month
    sums = [np.bincount(month, what, count)[month] for what in (filed.cases, filed.entries)]
    own = [np.bincount(of_both, what)[of_both] for what in (filed.cases, filed.entries)]
    whole = filed.cases.sum() / max(filed.entries.sum(), 1.0)
    rate = (sums[0] - own[0] + PEER_WEIGHT * whole) / (sums[1] - own[1] + PEER_WEIGHT)
    return np.asarray(filed.entries * rate)


def excess_variance(filed: Filed, expected: Floats) -> float:
    """By how much months vary more than chance around each broker's own mean; 1 at least."""
    x, e = (np.bincount(filed.broker, what, filed.brokers) for what in (filed.cases, expected))
    mean = expected * (x / np.maximum(e, 1e-9))[filed.broker]
    enough = mean >= 1
    if enough.sum() < 10:
        return 1.0
    return max(1.0, float(np.mean((filed.cases[enough] - mean[enough]) ** 2 / mean[enough])))


def late_filing(filed: Filed, last: int, free: Bools) -> list[Late]:
    """The brokers with more cases than expected, each once, and whether it is one client's.

    last: number of the last month. free: rows of no trend that stands.
    """
    if not len(filed):
        return []
    expected = expected_cases(filed)
    heap = excess_variance(filed, expected)
    x, e = filed.cases / heap, expected / heap
    totals = [np.bincount(filed.broker[free], what[free], filed.brokers).astype(np.float64) for what in (x, e)]
    shape = usual_spread(totals[0], totals[1])
    broker, client, cases, found, usual = _cells(filed, x, e, free, last)
    tests = np.bincount(broker, minlength=filed.brokers).astype(np.int64)
    form = shape + totals[0][broker] - found
    own = form / (shape + np.maximum(totals[1][broker] - usual, 0.0))
    asked = np.flatnonzero((cases >= LEAST_CASES) & (found >= LEAST_RATIO * usual * own) & (usual > 0))
    if not len(asked):
        return []
    p = mid_p(found[asked].astype(np.int64), (usual * own)[asked], form[asked])
    each = simes(broker[asked], p, tests)
    q = np.ones(filed.brokers)
    q[tests > 0] = adjusted(each[tests > 0])
    result = []
    for unit in np.flatnonzero(q <= LEVEL).tolist():
        mine = np.flatnonzero(broker[asked] == unit)
        least = int(mine[np.argmin(p[mine])])
        at = int(asked[least])
        rows = np.flatnonzero((filed.broker == unit) & ((client[at] == NOWHERE) | (filed.client == client[at])))
        beginning = _began(filed.month[rows], x[rows], e[rows] * own[at], last)
        late = Late(unit, int(client[at]), float(p[least]), float(q[unit]), beginning, rows, expected[rows] * own[at])
        result.append(late)
    return result


def _cells(filed: Filed, x: Floats, e: Floats, free: Bools, last: int) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Each broker whole, and each of its clients, in each window with enough entries: broker, client or NOWHERE, and the
    sums of cases, x and e."""
    parts = []
    for window in WINDOWS:
        kept = np.flatnonzero(free & (filed.month > last - window) & (filed.month <= last))
        for clients in (False, True) if len(kept) else ():
            client = filed.client[kept] if clients else np.full(len(kept), NOWHERE)
            order = np.lexsort((client, filed.broker[kept]))
            rows = kept[order]
            both = np.stack((filed.broker[rows], client[order]))
            starts = np.flatnonzero(np.concatenate(([True], (both[:, 1:] != both[:, :-1]).any(axis=0))))
            enough = np.add.reduceat(filed.entries[rows], starts) >= LEAST_ENTRIES
            sums = [np.add.reduceat(what[rows], starts) for what in (filed.cases, x, e)]
            parts.append([*both[:, starts[enough]], *(one[enough] for one in sums)])
    none = [*np.zeros((2, 0), np.int64), *np.zeros((3, 0))]
    broker, client, cases, found, usual = (np.concatenate(one) for one in zip(none, *parts, strict=True))
    return broker, client, cases, found, usual


def _began(month: Ints, x: Floats, e: Floats, last: int) -> Beginning:
    """The month in which it began: each as likely as another; from then on a multiple of what is expected."""
    months = np.arange(int(month.min()), last + 1)
    found = np.array([x[month == one].sum() for one in months])
    usual = np.maximum([e[month == one].sum() for one in months], 1e-9)
    gain = found[:, None] * np.log(RATIOS) - usual[:, None] * (RATIOS - 1)
    tail = np.cumsum(gain[::-1], axis=0)[::-1]
    likelihood = np.logaddexp.reduce(tail, axis=1)
    weight = np.exp(likelihood - likelihood.max())
    cumulated = np.cumsum(weight) / weight.sum()
    low, middle, high = (int(months[int(np.searchsorted(cumulated, share))]) for share in (0.05, 0.5, 0.95))
    return Beginning(middle, low, high, middle <= int(months[0]) + 1)
