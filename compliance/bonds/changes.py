"""What changes of duty add in the months to come, from what they would have added a year before. Pure."""

import datetime
from calendar import monthrange
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

ONE_DAY = datetime.timedelta(days=1)


def months_from(first: datetime.date, count: int) -> list[datetime.date]:
    """The first days of so many months, from the month of a day on."""
    start = first.year * 12 + first.month - 1
    return [datetime.date(n // 12, n % 12 + 1, 1) for n in range(start, start + count)]


def share_in_force(month: datetime.date, first: datetime.date, last: datetime.date | None) -> float:
    """The share of a month's days on which entries pay by a change, both ends included."""
    days = monthrange(month.year, month.month)[1]
    start, end = max(month, first), month.replace(day=days)
    end = end if last is None else min(end, last)
    return max((end - start).days + 1, 0) / days


def weights(months: Sequence[datetime.date], first: datetime.date, last: datetime.date | None) -> NDArray[np.float64]:
    """How much of what a change adds comes in each month, over what the same month a year before paid by it already.

    Below zero where the change was in force then and is not any more.
    """
    then = [month.replace(year=month.year - 1) for month in months]
    return np.array(
        [
            share_in_force(month, first, last) - share_in_force(before, first, last)
            for month, before in zip(months, then, strict=True)
        ]
    )


def added_ahead(
    months: Sequence[datetime.date],
    a_year_before: Mapping[datetime.date, float],
    first: datetime.date,
    last: datetime.date | None,
    *,
    supposed: bool = False,
) -> NDArray[np.float64]:
    """Dollars that one change adds in each of the months, laid on the trade of the same months a year before.

    a_year_before: by first day of month, what it would have added then. The months' own trade is taken to be the same.
    supposed: nobody ever paid by it, so that nothing of it is in the year before, whenever it begins.
    """
    then = [float(a_year_before.get(month.replace(year=month.year - 1), 0)) for month in months]
    if supposed:
        return np.array(then) * [share_in_force(month, first, last) for month in months]
    return np.array(then) * weights(months, first, last)
