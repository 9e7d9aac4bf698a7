"""When the next digest of a person goes out: at seven of each day, or of Monday, by the clock that they chose."""

import datetime
from zoneinfo import ZoneInfo

from notifications.models import Delivery

#: When a person's morning begins; and how long a digest may take from then on until it has been gathered and sent.
HOUR, UNTIL_SENT = 7, datetime.timedelta(hours=1)
#: The same in SQL, of a column `choice` (daily, weekly) and one `zone`: when it has been sent at the latest.
SENT_BY = f"""
((date_trunc(CASE choice WHEN 'daily' THEN 'day' ELSE 'week' END, (now() AT TIME ZONE zone) - interval '{HOUR} hours')
  + CASE choice WHEN 'daily' THEN interval '1 day' ELSE interval '7 days' END + interval '{HOUR} hours')
 AT TIME ZONE zone + interval '{UNTIL_SENT.seconds} seconds')"""


def sent_by(channel: str, zone: str, now: datetime.datetime) -> datetime.datetime:
    """When the next digest of this channel has been sent at the latest, for a clock of this time zone."""
    clock = now.astimezone(ZoneInfo(zone)) - datetime.timedelta(hours=HOUR)
    day = clock.date() + datetime.timedelta(days=1)
    if channel == Delivery.Channel.WEEKLY:
        day = clock.date() + datetime.timedelta(days=7 - clock.weekday())
    return datetime.datetime.combine(day, datetime.time(HOUR), ZoneInfo(zone)) + UNTIL_SENT
