"""When is an error major? By thresholds that headquarters numbers and dates (domain 4.2). Pure.

No published thresholds of CBP's were found: the first set is this project's default, and is called that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

VALUE, ORIGIN, MARKING = "VALUE", "ORIGIN", "MARKING"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Thresholds:
    """revenue_amount, value_amount: dollars a line; the shares: of duty owed, of declared value.

    admissibility: kinds of discrepancy that are major whatever they cost.
    """

    revenue_amount: Decimal
    revenue_share: Decimal
    value_amount: Decimal
    value_share: Decimal
    admissibility: frozenset[str]


@dataclass(frozen=True)
class Finding:
    """One discrepancy of a line. Dollars; revenue: plus, more owed; None where the file says nothing."""

    type: str
    declared: Decimal | None = None
    found: Decimal | None = None
    revenue: Decimal | None = None


def is_major(findings: Sequence[Finding], duty_paid: Decimal, rules: Thresholds) -> bool:
    """Whether the errors of one line are major under the rules.

    Admissibility; an origin error that changes duty or marking; revenue from the amount or the share of duty owed on;
    a value misstated by the share and the amount together.
    """
    types = {one.type for one in findings}
    revenue = sum((one.revenue or ZERO for one in findings), ZERO)
    owed = duty_paid + revenue
    return bool(
        types & rules.admissibility
        or (ORIGIN in types and (MARKING in types or any(one.revenue for one in findings if one.type == ORIGIN)))
        or abs(revenue) >= rules.revenue_amount
        or (revenue and owed > 0 and abs(revenue) >= rules.revenue_share * owed)
        or any(_misstated(one, rules) for one in findings if one.type == VALUE)
    )


def _misstated(one: Finding, rules: Thresholds) -> bool:
    if one.declared is None or one.found is None:
        return False
    off = abs(one.found - one.declared)
    return off >= rules.value_amount and off >= rules.value_share * one.declared
