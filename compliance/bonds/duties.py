"""What a bond answers for: duties, taxes and fees on all numbers that it covers. The database says who may ask."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db import connection

from compliance.bonds.models import Bond
from examinations.announced import as_data
from examinations.models import DutyChange


@dataclass(frozen=True)
class Duties:
    """Dollars as deposited, and on how many entries fees are estimated or the harbor fee unknown."""

    total: Decimal
    unsure_entries: int


@dataclass(frozen=True)
class MonthDuties:
    """One month of a bond, in dollars. duties_taxes_fees leaves out types of entry that no bond of activity 1 counts;
    left_out: of entries on single-transaction bonds, which are in all the others and not in `counted`."""

    month: datetime.date
    entries: int = 0
    duty: Decimal = Decimal(0)
    mpf: Decimal = Decimal(0)
    hmf: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    other_fees: Decimal = Decimal(0)
    duties_taxes_fees: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    estimated_entries: int = 0
    hmf_unknown_entries: int = 0
    left_out: Decimal = Decimal(0)
    left_out_refunded: Decimal = Decimal(0)
    left_out_entries: int = 0

    @property
    def counted(self) -> Decimal:
        return self.duties_taxes_fees - self.left_out

    @property
    def net(self) -> Decimal:
        """Counted, less what came back at liquidation."""
        return self.counted - self.refunded + self.left_out_refunded


SUMMED = tuple(field.name for field in fields(MonthDuties) if field.name != "month")


def together(months: Sequence[MonthDuties], first: datetime.date) -> MonthDuties:
    """The sums of some months, under the name of the first."""
    return MonthDuties(
        first, *(sum((getattr(one, name) for one in months), 0 * getattr(MonthDuties(first), name)) for name in SUMMED)
    )


def duties_on(bond: Bond, first_month: datetime.date, last_month: datetime.date) -> Duties:
    """The sum over whole months, both included, of CBP's entries on every number of the bond, whoever holds it; without
    those on single-transaction bonds.

    Nothing for whoever may not see the bond of its principal: the database answers, not this function.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bond_duties(%s, %s, %s)", [bond.pk, first_month, last_month])
        return Duties(*cursor.fetchone())


def months_of(bond: Bond, months: Sequence[datetime.date]) -> list[MonthDuties]:
    """The same by month, one for each that is asked for, those of nothing too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bond_months(%s, %s, %s)", [bond.pk, months[0], months[-1]])
        found = {row[0]: MonthDuties(*row) for row in cursor.fetchall()}
    return [found.get(month, MonthDuties(month)) for month in months]


def is_followed(bond: Bond, day: datetime.date) -> bool:
    """Whether each number on the bond stands on another one that is in force, whoever is its principal; the database tells whoever
    may see the bond of its principal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bond_followed(%s, %s)", [bond.pk, day])
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class Touched:
    """What a change of duty would have touched of a bond's entries in a month. added: None where value does not tell."""

    value: Decimal
    added: Decimal | None


def added_on(
    bond: Bond, changes: Sequence[DutyChange], first_month: datetime.date, last_month: datetime.date
) -> list[dict[datetime.date, Touched]]:
    """What each change would have added to each month of the bond; one statement, none without changes."""
    found: list[dict[datetime.date, Touched]] = [{} for _ in changes]
    if changes:
        with connection.cursor() as cursor:
            given = [bond.pk, as_data(changes), first_month, last_month]
            cursor.execute("SELECT change, month, value, added FROM bond_duty_added(%s, %s, %s, %s)", given)
            for change, month, value, added in cursor.fetchall():
                found[change][month] = Touched(value, added)
    return found
