"""Whether a problem is cured: Wald's sequential test of a share. Pure.

Two sayings are weighed with each examination drawn by lot: the problem shows in `limit` of all examinations, or in
`hoped`. The log of their likelihoods' ratio grows with each clean one and falls with each find; where it leaves the
corridor between LOWER and UPPER, the test ends. Source: A. Wald, "Sequential Analysis", 1947, chapter 5; what it reaches
is measured in tests/compliance/plans/test_sequential.py.
"""

import math
from dataclasses import dataclass

#: Wrongly "cured" at the limit, and wrongly "not cured" at the hoped rate, at most.
WRONGLY_CURED, WRONGLY_NOT = 0.05, 0.10
#: ln(.9/.05) = 2.890372 and ln(.1/.95) = -2.251292.
UPPER = math.log((1 - WRONGLY_NOT) / WRONGLY_CURED)
LOWER = math.log(WRONGLY_NOT / (1 - WRONGLY_CURED))
#: No limit may be higher than this share; the default is half the rate at the start.
HIGHEST_LIMIT = 0.15
#: The hoped rate, as a share of the limit: what the default is, and what it may be at most (nearer to the limit, chance
#: could not tell them apart within years).
HOPED_SHARE, HIGHEST_HOPED_SHARE = 0.2, 0.5
LOWEST_LIMIT = 0.01


@dataclass(frozen=True)
class CureTest:
    """A test that was fixed before any data. limit, hoped: shares, hoped below the limit."""

    limit: float
    hoped: float

    def __post_init__(self) -> None:
        if not 0 < self.hoped < self.limit < 1:
            raise ValueError("The hoped rate must be above zero and below the limit.")

    @property
    def clean_step(self) -> float:
        """By how much one clean examination speaks for a cure."""
        return math.log((1 - self.hoped) / (1 - self.limit))

    @property
    def found_step(self) -> float:
        """By how much one that finds it speaks against: negative."""
        return math.log(self.hoped / self.limit)

    def log_ratio(self, examined: int, found: int) -> float:
        """The log of the likelihood ratio, hoped over limit."""
        return found * self.found_step + (examined - found) * self.clean_step

    def verdict(self, examined: int, found: int) -> str:
        """ "cured", "not_cured", or "" while it cannot be told."""
        ratio = self.log_ratio(examined, found)
        if ratio >= UPPER:
            return "cured"
        return "not_cured" if ratio <= LOWER else ""

    def least_needed(self, examined: int, found: int) -> int:
        """How many more prove the cure if none of them finds anything."""
        return max(math.ceil((UPPER - self.log_ratio(examined, found)) / self.clean_step - 1e-9), 0)

    def expected_needed(self, examined: int, found: int) -> int:
        """About how many more prove the cure where the problem shows as seldom as hoped (Wald's equation)."""
        each = self.hoped * self.found_step + (1 - self.hoped) * self.clean_step
        return max(math.ceil((UPPER - self.log_ratio(examined, found)) / each - 1e-9), 0)


def default_limit(rate: float) -> float:
    """Half the rate at the start, between 1 and 15 %, in tenths of a percent."""
    return min(max(round(rate / 2, 3), LOWEST_LIMIT), HIGHEST_LIMIT)
