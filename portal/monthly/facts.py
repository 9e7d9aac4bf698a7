"""What one person may read of one month of an account."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Account, Person
from compliance.bonds.standing import Standing
from compliance.bonds.words import stands
from examinations import figures
from examinations.duty.summing import duty_of


@dataclass(frozen=True)
class MonthFacts:
    """month: its first day. Money in dollars; days are calendar days; `bond_use` is a share, None without a bond;
    `bond_stands` says in a clause how it stands.

    entries: of the month; examined: of these. selected: cargo examinations selected in it; ended, half_within: how many
    of these ended, and within how many days half of them did. found: closed examinations and reviews of papers with a
    discrepancy.
    """

    month: datetime.date
    entries: int
    examined: int
    selected: int
    held_now: int
    found: int
    ended: int
    half_within: float | None
    owed: Decimal
    overpaid: Decimal
    duty: Decimal
    bond_amount: Decimal | None = None
    bond_use: Decimal | None = None
    bond_stands: str = ""


def last_month(as_of: datetime.date) -> figures.Period:
    """The whole month before the one of `as_of`."""
    last = as_of.replace(day=1) - datetime.timedelta(days=1)
    return figures.Period(last.replace(day=1), last)


def facts_of(
    account: Account, person: Person, period: figures.Period, bond: Standing | None, as_of: datetime.date
) -> MonthFacts:
    """The month's figures as the pages count them. Call it in the scope of the person; bond: on the day of the report, `as_of`."""
    found = figures.total(account, period, person)
    return MonthFacts(
        month=period.start,
        entries=found.entries,
        examined=found.examined.found if found.examined else 0,
        selected=found.cargo,
        held_now=figures.held_now(account, period.end).count(),
        found=found.wrong,
        ended=found.stay.count,
        half_within=found.stay.median,
        owed=found.owed,
        overpaid=found.overpaid,
        duty=duty_of(account, period, person).total,
        bond_amount=bond.bond.amount if bond else None,
        bond_use=bond.use if bond else None,
        bond_stands=stands(bond, as_of) if bond else "",
    )
