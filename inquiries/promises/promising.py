"""What is promised: how many hours, in whose time zone, and when they are over. The hours themselves are a setting."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Account
from inquiries.promises.clock import Hours, Stop, due

MINUTES = 60
#: Where headquarters has set no target (it can remove them all).
LAST_RESORT = 40


def hours_in(zone: str) -> Hours:
    """The working hours of an office in that time zone."""
    opens, closes = settings.SERVICE_HOURS
    return Hours(opens, closes, zone)


def zone_of(account: Account) -> str:
    """The time zone of the account's Center; of one without, a broker, New York's."""
    return account.center.time_zone if account.center else settings.TIME_ZONE


def hours_of(targets: QuerySet[Any], category: Any, urgency: str) -> int:
    """How many working hours are promised: the category's own target, else that of all others."""
    rows = targets.filter(Q(category=category) | Q(category=None), urgency=urgency)
    found = dict(rows.values_list("category", "hours"))
    return int(found.get(category.pk, found.get(None, LAST_RESORT)))


def clock_values(
    begins: datetime.datetime, hours: int, stops: Iterable[Stop], zone: str
) -> dict[str, datetime.datetime | None]:
    """When the promise is over, half over, and a quarter of it is left; None each while the clock stands still."""
    office, stops = hours_in(zone), list(stops)
    return {
        "due_at": due(begins, hours * MINUTES, stops, office),
        "half_at": due(begins, hours * MINUTES // 2, stops, office),
        "quarter_at": due(begins, hours * MINUTES * 3 // 4, stops, office),
    }
