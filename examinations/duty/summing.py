"""What an account paid, by program and month, from the monthly sums; one statement whatever its size."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from accounts.models import Account, Person
from examinations.duty.programs import Program
from examinations.figures import Period, months_between, of_account
from examinations.models import DutyMonth
from examinations.models.entry import Source

NOTHING = Decimal(0)


@dataclass
class MonthDuty:
    """Dollars of one month by program."""

    month: datetime.date
    amounts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), NOTHING)


@dataclass
class Duty:
    """CBP's rows by month; `saved` is an estimate; `own` is what the account's own files add, apart."""

    months: list[MonthDuty]
    saved: Decimal = NOTHING
    claimed_value: Decimal = NOTHING
    unknown_value: Decimal = NOTHING
    own: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return sum((month.total for month in self.months), NOTHING)

    @property
    def programs(self) -> list[tuple[Program, Decimal]]:
        """Programs with anything in them, in their order, and their sums."""
        sums = {
            program: sum((month.amounts.get(program.value, NOTHING) for month in self.months), NOTHING)
            for program in Program
        }
        return [(program, amount) for program, amount in sums.items() if amount]


def duty_of(account: Account, period: Period, person: Person) -> Duty:
    """Whole months of the period, of the rows that this person may see."""
    months = {month: MonthDuty(month) for month in months_between(period)}
    first, last = min(months), max(months)
    rows = (
        DutyMonth.objects.visible_to(person)
        .filter(of_account(account), month__range=(first, last))
        .values_list("source", "month", "program")
        .annotate(Sum("amount"), Sum("saved"), Sum("claimed_value"), Sum("unknown_value"))
    )
    found = Duty(list(months.values()))
    for source, month, program, amount, saved, claimed, unknown in rows:
        if source == Source.OWN:
            found.own += amount
            continue
        months[month].amounts[program] = amount
        found.saved += saved
        found.claimed_value += claimed
        found.unknown_value += unknown
    return found
