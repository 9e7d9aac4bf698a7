"""What a change of duty would have cost an account, month by month, on what it imported in the last twelve."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Account
from examinations.announced import added
from examinations.figures.period import Period, months_between, twelve_whole_months
from look.charts.stacked import Layer, Stacked
from look.formats import money
from notices import touching
from notices.models import Notice

NOTHING = Decimal(0)


@dataclass
class MonthCost:
    """Dollars of one month: value, duty as it was, and what the change would have added (below zero: taken off)."""

    month: datetime.date
    value: Decimal = NOTHING
    duty: Decimal = NOTHING
    added: Decimal = NOTHING

    @property
    def then(self) -> Decimal:
        return self.duty + self.added


def costs_of(notice: Notice, account: Account, today: datetime.date) -> list[MonthCost]:
    """The twelve whole months before a day; empty where value does not tell what the change costs. One statement."""
    change = touching.change_of(notice)
    if change is None or not notice.can_be_estimated:
        return []
    period: Period = twelve_whole_months(today)
    months = {month: MonthCost(month) for month in months_between(period)}
    for row in added([change], min(months), max(months), accounts=[account.pk]):
        cost = months[row.month]
        cost.value, cost.duty, cost.added = (
            cost.value + row.value,
            cost.duty + row.duty,
            cost.added + (row.added or NOTHING),
        )
    return list(months.values())


def total_of(costs: list[MonthCost]) -> MonthCost:
    """All months together."""
    total = MonthCost(costs[0].month)
    for one in costs:
        total.value, total.duty, total.added = total.value + one.value, total.duty + one.duty, total.added + one.added
    return total


def of_chapter_99(costs: list[MonthCost]) -> bool:
    """Whether more falls away in some month than is shown: a duty of chapter 99, which has rows of its own."""
    return any(one.then < 0 for one in costs)


def chart_of(costs: list[MonthCost]) -> Stacked | None:
    """Duty as it was, and what comes on top or falls away; None where nothing changes."""
    if not costs:
        return None
    total = total_of(costs).added
    if not total:
        return None
    more, alone = total > 0, of_chapter_99(costs)
    finding = f"Duty on these goods would have been {money(abs(total))} {'higher' if more else 'lower'}"
    kept = [
        Layer("duty as it is" if more else "duty at the new rate", [float(min(one.duty, one.then)) for one in costs])
    ]
    layers = [
        *([] if alone else kept),
        Layer("comes on top" if more else "falls away", [float(abs(one.added)) for one in costs]),
    ]
    return Stacked(
        finding, "duty by month of entry, without rows of chapter 99", [f"{one.month:%b}" for one in costs], layers
    )
