"""The dates that bind an account as an iCalendar file (RFC 5545): all-day events that a calendar program subscribes to.

No amounts and no word of why a shipment was chosen: the file is kept by programs that the portal knows nothing of.
"""

import datetime
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event
from icalendar.enums import TRANSP
from icalendar.prop import vDuration

from accounts.models import Account
from portal.dates.bound import Bound

PRODUCT = "-//Account Management//Dates that bind an account//EN"
REFRESH = datetime.timedelta(hours=12)
FILES_NOTHING = "The portal counts this day; it files nothing."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _event(one: Bound, account: Account, stamp: datetime.datetime, host: str) -> Event:
    says = [f"Rule: {one.rule}."] if one.rule else []
    return Event.new(
        uid=f"{one.key}.{account.pk}@{host}",
        stamp=stamp,
        start=one.day,
        end=one.day + datetime.timedelta(days=1),
        summary=_one_line(one.title),
        description="\n".join([*says, FILES_NOTHING]),
        url=settings.PORTAL_ADDRESS + (one.path if one.path else "/dates/"),
        transparency=TRANSP.TRANSPARENT,
    )


def ical_of(account: Account, dates: Iterable[Bound], as_of: datetime.date) -> bytes:
    """The file for these dates as they stand on a day: the same bytes all day long, so that its hash says what is new."""
    midnight = timezone.make_aware(datetime.datetime.combine(as_of, datetime.time()))
    host = urlsplit(settings.PORTAL_ADDRESS).hostname or "portal"
    name = f"Dates of {_one_line(account.name)}"
    calendar = Calendar.new(prodid=PRODUCT, name=name, uid=f"{account.pk}@{host}", refresh_interval=REFRESH)
    calendar["REFRESH-INTERVAL"].params["VALUE"] = "DURATION"  # RFC 7986 asks for it, and the library leaves it out
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    stamp = midnight.astimezone(datetime.UTC)
    for one in dates:
        calendar.add_component(_event(one, account, stamp, host))
    return bytes(calendar.to_ical())
