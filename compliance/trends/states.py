"""How a trend goes on from run to run: eases, is over, or goes on. Pure.

The last half year's examinations are held against two sayings: that the problem goes on as it was, and that what is
expected is all there is. Their log odds decide; its limits are those of a sequential test with errors of 5 % (A. Wald,
"Sequential Analysis", 1947): 3 to 1 says easing, 19 to 1 over.
"""

import math
from dataclasses import dataclass

import numpy as np

from compliance.trends.examined import Bools, Floats

EASING, OVER = math.log(3), math.log(19)
#: Share of examinations that the problem adds, at least: fewer could not be told from nothing.
LEAST_ADDED = 0.03


def added_share(found: int, expected: float, examinations: int) -> float:
    """The chance that the problem adds to each examination of its cell since it began."""
    if not examinations:
        return LEAST_ADDED
    return max((found - expected) / max(examinations - expected, 1.0), LEAST_ADDED)


def odds_over(found: Bools, expected: Floats, added: float) -> float:
    """Log odds for "over" against "goes on", by recent examinations. expected: of each; added: as `added_share` says."""
    e = np.clip(expected, 1e-6, 0.95)
    on = 1 - (1 - e) * (1 - added)
    return float(np.where(found, np.log(e / on), np.log((1 - e) / (1 - on))).sum())


@dataclass(frozen=True)
class Standing:
    """What is known of a trend on a day. found, expected, examinations: since it began. odds: as above. idle: days since
    the selection of its last closed examination."""

    found: int
    expected: float
    examinations: int
    odds: float
    idle: int


#: Days without a closed examination after which nothing is known any more.
IDLE_DAYS = 365
CORRECTED = "What it rested on was corrected: too few of its discrepancies are left."
BACK_TO_USUAL = "The last half year's examinations found no more than is expected."
NOT_EXAMINED = "Nothing of it was examined for a year."


def moved(state: str, now: Standing) -> tuple[str, str]:
    """The state that it enters, and why it is over where it is.

    state: new, seen, in_plan, easing or back. A plan ends by its own verification: until then it stays in it.
    """
    if now.found < 3 or now.found <= now.expected:
        return "resolved", CORRECTED
    if state == "in_plan":
        return state, ""
    if now.idle > IDLE_DAYS:
        return "resolved", NOT_EXAMINED
    if now.odds >= OVER:
        return "resolved", BACK_TO_USUAL
    if now.odds >= EASING:
        return "easing", ""
    return ("seen" if state == "easing" and now.odds < 0 else state), ""
