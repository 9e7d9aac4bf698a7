"""Until when the mail of a notice is worth sending. Pure: values in, a moment out."""

import datetime
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def last_moment(
    published_at: datetime.datetime, effective_date: datetime.date | None, *, least_days: int, most_days: int
) -> datetime.datetime:
    """The moment after which nothing of the notice is sent.

    A mail says what is coming, so it ends when the change begins, at midnight Eastern time; but a notice of
    something near or past is news for `least_days` after its publication, and none is sent after `most_days`.
    """
    least = published_at + datetime.timedelta(days=least_days)
    most = published_at + datetime.timedelta(days=most_days)
    if effective_date is None:
        return most
    begins = datetime.datetime.combine(effective_date, datetime.time.min, EASTERN)
    return min(most, max(least, begins))


def end_of(day: datetime.date) -> datetime.datetime:
    """The end of a day, Eastern time: of the last one on which something is sent."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, EASTERN)
