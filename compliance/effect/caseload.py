"""What each Center's managers carry today."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from accounts.models import Person
from compliance.selection import freezing, versions
from compliance.selection.caseload import BROKERS, NO_CENTER
from compliance.selection.freezing import Carried
from compliance.selection.pools import names

NOTHING = Carried(0, Decimal(0), Decimal(0))


@dataclass(frozen=True)
class CenterLoad:
    """A pool of accounts in the program with the managers whose Center it is. weight: of its accounts, by risk and ISA;
    managers: None for pools that are no Center."""

    name: str
    accounts: int
    weight: Decimal
    managers: int | None

    @property
    def each(self) -> Decimal | None:
        """Weighted accounts for each of its managers."""
        return self.weight / self.managers if self.managers else None


def by_center(day: datetime.date) -> list[CenterLoad]:
    """Centers by name, then what belongs to none and has accounts."""
    carried = freezing.present_caseload(day, versions.newest())
    managers = Person.objects.filter(role=Person.Role.MANAGER, is_active=True).exclude(center=None)
    of_center = managers.values_list("center").annotate(many=Count("pk")).order_by()
    counted = dict(of_center)
    found = []
    for pool, name in names().items():
        one = carried.get(pool, NOTHING)
        if one.accounts or pool in counted:
            managers_of = None if pool in (BROKERS, NO_CENTER) else counted.get(pool, 0)
            found.append(CenterLoad(name, one.accounts, one.weight, managers_of))
    return found
