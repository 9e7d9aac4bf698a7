"""What a bond answers for: duties, taxes and fees on all numbers that it covers."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from compliance.bonds.models import Bond


@dataclass(frozen=True)
class Duties:
    """Dollars as deposited, and on how many entries fees are estimated or the harbor fee unknown."""

    total: Decimal
    unsure_entries: int


def duties_on(bond: Bond, first_month: datetime.date, last_month: datetime.date) -> Duties:
    """The sum over whole months, both included, of CBP's entries on every number of the bond, whoever holds it.

    Nothing for whoever may not see the bond of its principal: the database answers, not this function.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bond_duties(%s, %s, %s)", [bond.pk, first_month, last_month])
        return Duties(*cursor.fetchone())
