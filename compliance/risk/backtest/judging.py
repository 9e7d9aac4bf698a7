"""A ranking against what came later: what its top had found, and whether the rates were right. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
#: Under so many discrepancies nothing is judged.
LEAST_FINDS = 50
TOPS = (10, 25, 50, 100, 250, 500, 1000)
MOST_GROUPS, LEAST_EXPECTED = 10, 10.0
DRAWS = 1_000
#: Of logistic fits, which take longer.
FITS = 300
SEED = 20_261_124


@dataclass(frozen=True)
class Outcome:
    """An element an account: random reviews after the day, those with a discrepancy, dollars found owed on these."""

    reviews: Floats
    wrong: Floats
    owed: Floats


def judged(rate: Floats, rankings: dict[str, Floats], outcome: Outcome) -> dict[str, Any]:
    """All of it as plain values for a JSON column.

    rate: predicted, between 0 and 1. rankings: by name, the larger the higher. Intervals hold 95 %: accounts are drawn
    again with replacement, the rankings as they were.
    """
    counts = {
        "accounts": len(rate),
        "reviewed": int((outcome.reviews > 0).sum()),
        "reviews": int(outcome.reviews.sum()),
        "wrong": int(outcome.wrong.sum()),
        "owed": float(outcome.owed.sum()),
    }
    if counts["wrong"] < LEAST_FINDS:
        return counts | {"enough": False}
    chance = np.random.default_rng(SEED)
    drawn = chance.multinomial(len(rate), np.full(len(rate), 1 / len(rate)), DRAWS).astype(np.float64)
    return counts | {
        "enough": True,
        "tops": _tops(rankings, outcome, drawn),
        "calibration": _calibration(rate, outcome, drawn[:FITS]),
        "groups": groups(rate, outcome),
    }


# ---- what the top has ----------------------------------------------------------------------------------------------


def _tops(rankings: dict[str, Floats], outcome: Outcome, drawn: Floats) -> list[dict[str, Any]]:
    found = []
    for top in (one for one in TOPS if one < len(outcome.wrong)):
        rows = {}
        for name, by in rankings.items():
            inside = np.zeros(len(by))
            inside[np.argsort(-by, kind="stable")[:top]] = 1
            rows[name] = {
                "owed": _share(outcome.owed, inside, drawn),
                "wrong": _share(outcome.wrong, inside, drawn),
            }
        found.append({"top": top, "by": rows})
    return found


def _share(amounts: Floats, inside: Floats, drawn: Floats) -> list[float] | None:
    """Share of the amounts inside, and its interval; None where nothing was found at all."""
    if not amounts.sum():
        return None
    whole = drawn @ amounts
    shares = (drawn @ (amounts * inside))[whole > 0] / whole[whole > 0]
    low, high = np.quantile(shares, [0.025, 0.975])
    return [float(amounts @ inside / amounts.sum()), float(low), float(high)]


# ---- whether the rates were right ----------------------------------------------------------------------------------


def _calibration(rate: Floats, outcome: Outcome, drawn: Floats) -> dict[str, list[float] | None]:
    """Intercept at a slope of one (0: right on the whole), and slope (1: as far apart as said), with intervals.

    No slope where all rates are alike, as they are before any review was known.
    """
    seen = outcome.reviews > 0
    given = scipy.special.logit(np.clip(rate[seen], 1e-6, 1 - 1e-6))
    n, x = outcome.reviews[seen], outcome.wrong[seen]
    fits = np.array([_fit(given, n * times[seen], x * times[seen]) for times in drawn])
    found: dict[str, list[float] | None] = {}
    for place, (name, value) in enumerate(zip(("intercept", "slope"), _fit(given, n, x), strict=True)):
        known = fits[np.isfinite(fits[:, place]), place]
        if not np.isfinite(value) or len(known) < len(fits) / 2:
            found[name] = None
            continue
        low, high = np.quantile(known, [0.025, 0.975])
        found[name] = [float(value), float(low), float(high)]
    return found


def _fit(given: Floats, n: Floats, x: Floats) -> tuple[float, float]:
    """Intercept with the slope held at one, and slope with a free intercept: Newton's steps of a logistic regression."""
    held = 0.0
    for _ in range(30):
        p = scipy.special.expit(held + given)
        step = (x - n * p).sum() / max((n * p * (1 - p)).sum(), 1e-12)
        held += float(np.clip(step, -2, 2))
        if abs(step) < 1e-9:
            break
    a, b = held, 1.0
    for _ in range(50):
        p = scipy.special.expit(a + b * given)
        w, left = n * p * (1 - p), x - n * p
        matrix = np.array([[w.sum(), (w * given).sum()], [(w * given).sum(), (w * given * given).sum()]])
        if np.linalg.det(matrix) < 1e-12:
            return held, float("nan")
        step = np.linalg.solve(matrix, np.array([left.sum(), (left * given).sum()]))
        a, b = a + float(np.clip(step[0], -2, 2)), b + float(np.clip(step[1], -2, 2))
        if np.abs(step).max() < 1e-9:
            break
    return held, b


def groups(rate: Floats, outcome: Outcome) -> list[dict[str, float]]:
    """Reviewed accounts in the order of their rate, at most ten groups, each of at least ten expected discrepancies."""
    order = np.argsort(rate, kind="stable")
    order = order[outcome.reviews[order] > 0]
    expected = outcome.reviews[order] * rate[order]
    each = max(LEAST_EXPECTED, float(expected.sum()) / MOST_GROUPS)
    ends, sofar = [], 0.0
    for place, one in enumerate(expected):
        sofar += float(one)
        if sofar >= each - 1e-9:
            ends.append(place + 1)
            sofar = 0.0
    if not ends:
        ends = [len(order)]
    elif ends[-1] < len(order):
        ends[-1] = len(order)  # what is left over is too little for a group of its own
    found, start = [], 0
    for end in ends[:MOST_GROUPS]:
        inside = order[start:end]
        n, x = outcome.reviews[inside].sum(), outcome.wrong[inside].sum()
        found.append(
            {
                "accounts": len(inside),
                "reviews": int(n),
                "wrong": int(x),
                "expected": float(expected[start:end].sum()),
                "predicted": float(expected[start:end].sum() / n),
                "low": float(rate[inside].min()),
                "high": float(rate[inside].max()),
            }
        )
        start = end
    return found
