"""What is told of a trend: counts since it began, by month, of the last half year; and on what it rests. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from compliance.trends.beginning import Beginning
from compliance.trends.days import date
from compliance.trends.examined import Bools, Examined, Floats, Ints
from compliance.trends.own import Own
from compliance.trends.states import Standing, added_share, odds_over

RECENT_DAYS = 183
#: A reason carries a trend where it has more than this share of the surplus.
CARRIES = 0.2


@dataclass(frozen=True)
class Told:
    """Values for the fields of a trend, by name, and what decides on its state."""

    fields: dict[str, Any]
    standing: Standing


def expected_in(rows: Examined, expected: Floats, own: Own, shares: Floats, cell: Ints, kind: int) -> Floats:
    """Discrepancies of the kind that are expected of each examination of the cell: what peers find, times the account's
    own factor. own: sums without the cell, which stands as a trend."""
    unit = int(rows.unit[cell[0]])
    none = np.zeros(rows.kinds + 1, np.int64)
    mean, _ = own.factor(unit, none, np.asarray(0.0), shares)
    return np.asarray(np.minimum(expected[cell] * shares[kind] * mean[kind], 0.95))


def told_of(rows: Examined, expected: Floats, cell: Ints, kind: int, began: Beginning, last: int) -> Told:
    """Count a trend.

    expected: of each examination of the cell, as `expected_in` gives it. last: the last day of selection that counts.
    """
    found, day = rows.outcomes(cell, kind), rows.day[cell]
    since = day >= began.day
    random = since & rows.random[cell]
    n, x, e = int(since.sum()), int((found & since).sum()), float(expected[since].sum())
    recent = (day > last - RECENT_DAYS) & (day > began.high)
    odds = odds_over(found[recent], expected[recent], added_share(x, e, n))
    fields = {
        "since": date(began.day),
        "since_low": date(min(began.low, began.day)),
        "since_high": date(max(began.high, began.day)),
        "older": began.whole,
        "examinations": n,
        "discrepancies": x,
        "expected": e,
        "random_examinations": int(random.sum()),
        "random_discrepancies": int((found & random).sum()),
        "random_expected": float(expected[random].sum()),
        "added_share": _added(found, expected, since & (rows.random | rows.asked)[cell]),
        "revenue_found": round(rows.owed(cell[since], kind), 2),
        "recent_examinations": int(recent.sum()),
        "recent_discrepancies": int(found[recent].sum()),
        "recent_expected": float(expected[recent].sum()),
        "odds_over": odds,
        "months": by_month(day, found, expected),
    }
    fields["rests_on"] = rests_on(fields)
    return Told(fields, Standing(x, e, n, odds, last - int(day.max())))


def _added(found: Bools, expected: Floats, drawn: Bools) -> float:
    """The share of lines that the problem adds: only examinations drawn by lot, in its cell or of all, tell it."""
    if not drawn.any():
        return 0.0
    return max(float(found[drawn].sum() - expected[drawn].sum()) / int(drawn.sum()), 0.0)


def rests_on(counted: dict[str, Any]) -> str:
    """Which examinations carry the surplus: those picked at random, the others, or both."""
    surplus = counted["discrepancies"] - counted["expected"]
    random = counted["random_discrepancies"] - counted["random_expected"]
    if surplus - random <= CARRIES * surplus:
        return "random"
    return "targeted" if random <= CARRIES * surplus else "both"


def by_month(day: Ints, found: Bools, expected: Floats) -> list[list[Any]]:
    """First day of each month with its examinations, discrepancies, and how many were expected."""
    months, place = np.unique(day.astype("datetime64[D]").astype("datetime64[M]"), return_inverse=True)
    sums = np.bincount(place), np.bincount(place[found], minlength=len(months)), np.bincount(place, expected).round(3)
    firsts = np.datetime_as_string(months.astype("datetime64[D]")).tolist()
    return [list(row) for row in zip(firsts, *(each.tolist() for each in sums), strict=True)]


def stake(found: float, discrepancies: int, lines: int, examined: int, added: float) -> float:
    """Dollars at stake: what was found owed, and as much again for each line like these that nobody looked at.

    found: dollars owed on the discrepancies. lines: of the cell since it began. examined: of them. added: share of lines
    that the problem adds, estimated by random examinations; 0 where none were.
    """
    if not discrepancies:
        return found
    return found + max(lines - examined, 0) * max(added, 0.0) * found / discrepancies
