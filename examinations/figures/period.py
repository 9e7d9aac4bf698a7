"""The period that figures are about. Pure."""

import datetime
from dataclasses import dataclass

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included."""

    start: datetime.date
    end: datetime.date

    @property
    def whole(self) -> "Period":
        """From the first day of its first month to the last day of its last: what sums by month count."""
        return Period(self.start.replace(day=1), month_ends(self.end))

    @property
    def before(self) -> "Period":
        """As many whole months just before it."""
        months = len(months_between(self))
        return Period(months_earlier(self.start, months), self.start.replace(day=1) - ONE_DAY)

    @property
    def a_year_before(self) -> "Period":
        """The same months of the year before."""
        return Period(months_earlier(self.start, 12), month_ends(months_earlier(self.end, 12)))


def months_earlier(day: datetime.date, count: int) -> datetime.date:
    """The first day of the month so many months before the day's."""
    month = day.year * 12 + day.month - 1 - count
    return datetime.date(month // 12, month % 12 + 1, 1)


def after(month: datetime.date) -> datetime.date:
    """The first day of the month that follows."""
    return (month + datetime.timedelta(days=32)).replace(day=1)


def month_ends(day: datetime.date) -> datetime.date:
    """The last day of the day's month."""
    return after(day.replace(day=1)) - ONE_DAY


def twelve_months(as_of: datetime.date) -> Period:
    """This month so far and the eleven before it: what pages show unless asked otherwise."""
    return Period(months_earlier(as_of, 11), as_of)


def twelve_whole_months(as_of: datetime.date) -> Period:
    """The twelve months that ended before the day's month: window [A] of the domain."""
    return Period(months_earlier(as_of, 12), as_of.replace(day=1) - ONE_DAY)


def months_between(period: Period) -> list[datetime.date]:
    """The first days of the months that a period touches."""
    month, months = period.start.replace(day=1), []
    while month <= period.end:
        months.append(month)
        month = after(month)
    return months
