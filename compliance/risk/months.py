"""The whole months before a day that scores are made of. Pure."""

import datetime


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The first day of the month that lies so many months before the day's own."""
    index = day.year * 12 + day.month - 1 - months
    return datetime.date(index // 12, index % 12 + 1, 1)


def windows(as_of: datetime.date) -> dict[str, datetime.date]:
    """First days: of this month, which does not count, and of the half, the year, 18 and 24 months before it."""
    starts = {"this": 0, "half": 6, "year": 12, "before": 18, "two_years": 24}
    return {name: months_before(as_of, months) for name, months in starts.items()} | {"as_of": as_of}
