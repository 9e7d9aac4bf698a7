"""What an account paid, by program and month, from the monthly sums; two statements whatever its size."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from accounts.models import Account, Person
from examinations.duty.programs import Program
from examinations.figures import Period, months_between, of_account
from examinations.models import DutyMonth, EntryMonth
from examinations.models.entry import Source

NOTHING = Decimal(0)


@dataclass
class MonthDuty:
    """Dollars of one month, or of all: by program as deposited, and what came of them later.

    saved: an estimate. removed, added: by later versions of entries. refunded: deposited less liquidated.
    """

    month: datetime.date
    amounts: dict[str, Decimal] = field(default_factory=dict)
    saved: Decimal = NOTHING
    claimed_value: Decimal = NOTHING
    unknown_value: Decimal = NOTHING
    removed: Decimal = NOTHING
    added: Decimal = NOTHING
    refunded: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), NOTHING)


#: What is summed up beside the amounts.
BESIDE = ("saved", "claimed_value", "unknown_value", "removed", "added")


@dataclass
class Duty:
    """CBP's rows by month; `removed` by program; `own` is what the account's own files add, apart.

    estimated_entries: with a fee that no file gave; hmf_unknown_entries: whose harbor fee nobody can tell.
    """

    months: list[MonthDuty]
    removed: dict[str, Decimal] = field(default_factory=dict)
    own: Decimal = NOTHING
    estimated_entries: int = 0
    hmf_unknown_entries: int = 0

    def sum_of(self, name: str) -> Decimal:
        """A sum of MonthDuty over all months."""
        return sum((getattr(month, name) for month in self.months), NOTHING)

    @property
    def all(self) -> MonthDuty:
        """All months together."""
        amounts = {program.value: amount for program, amount in self.programs}
        sums = {name: self.sum_of(name) for name in (*BESIDE, "refunded")}
        return MonthDuty(self.months[0].month, amounts, **sums)

    @property
    def total(self) -> Decimal:
        return self.sum_of("total")

    @property
    def programs(self) -> list[tuple[Program, Decimal]]:
        """Programs with anything in them, in their order, and their sums."""
        sums = {
            program: sum((month.amounts.get(program.value, NOTHING) for month in self.months), NOTHING)
            for program in Program
        }
        return [(program, amount) for program, amount in sums.items() if amount]


def duty_of(account: Account, period: Period, person: Person, client: Account | None = None) -> Duty:
    """Whole months of the period, of the rows that this person may see."""
    months = {month: MonthDuty(month) for month in months_between(period)}
    within = of_account(account, client)
    asked = {"month__range": (min(months), max(months))}
    rows = DutyMonth.objects.visible_to(person).filter(within, **asked).order_by()
    found = Duty(list(months.values()))
    sums = {f"sum_{name}": Sum(name) for name in ("amount", *BESIDE)}
    for row in rows.values("source", "month", "program").annotate(**sums):
        if row["source"] == Source.OWN:
            found.own += row["sum_amount"]
            continue
        month, program = months[row["month"]], row["program"]
        month.amounts[program] = row["sum_amount"]
        for name in BESIDE:
            setattr(month, name, getattr(month, name) + row[f"sum_{name}"])
        if row["sum_removed"]:
            found.removed[program] = found.removed.get(program, NOTHING) + row["sum_removed"]
    entries = EntryMonth.objects.visible_to(person).filter(within, source=Source.CBP, **asked).order_by()
    of_month = entries.values_list("month").annotate(
        Sum("refunded"), Sum("estimated_entries"), Sum("hmf_unknown_entries")
    )
    for first, refunded, estimated, unknown in of_month:
        months[first].refunded = refunded
        found.estimated_entries += estimated
        found.hmf_unknown_entries += unknown
    return found
