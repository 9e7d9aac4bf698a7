"""What an account adds to its manager's caseload, and what a pool can carry. Project defaults: no published rule was found."""

import math
from collections.abc import Mapping
from decimal import Decimal

#: By band of the score: a risky account takes twice the work of a quiet one.
WEIGHTS: Mapping[str, Decimal] = {"low": Decimal("1.0"), "moderate": Decimal("1.5"), "high": Decimal("2.0")}
#: An ISA participant's controls are overseen besides (domain 0: its manager does the ISA oversight).
ISA_WEIGHT = Decimal("0.5")
#: Weighted accounts that one manager can look after.
FULL_LOAD = Decimal(50)

BROKERS, NO_CENTER = "brokers", "none"


def weight(band: str | None, isa: bool) -> Decimal:
    """What one account adds; one without a score counts as low."""
    return WEIGHTS.get(band or "low", WEIGHTS["low"]) + (ISA_WEIGHT if isa else 0)


def suggested(present: Decimal, managers: int) -> Decimal:
    """A capacity to begin with: what the managers can carry, and never below what they carry now; whole accounts."""
    return max(Decimal(math.ceil(present)), managers * FULL_LOAD)
