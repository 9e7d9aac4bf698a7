"""Federal working days: neither weekend nor federal holiday, observed days included. Pure."""

import datetime
from functools import cache, lru_cache

import holidays

ONE_DAY = datetime.timedelta(days=1)
SATURDAY = 5


@cache
def _federal_holidays(year: int) -> frozenset[datetime.date]:
    return frozenset(holidays.country_holidays("US", years=year))


def federal_holidays(first_year: int, last_year: int) -> list[datetime.date]:
    """The federal holidays, observed days included, that fall on weekdays of these years, in order."""
    days = {day for year in range(first_year, last_year + 1) for day in _federal_holidays(year)}
    return sorted(day for day in days if day.weekday() < SATURDAY)


def holiday_name(day: datetime.date) -> str:
    """The federal holiday observed on that day, or nothing."""
    return str(holidays.country_holidays("US", years=day.year).get(day, ""))


def is_working_day(day: datetime.date) -> bool:
    """Whether federal offices work that day."""
    return day.weekday() < SATURDAY and day not in _federal_holidays(day.year)


@lru_cache(maxsize=4096)  # goods that wait were presented on few days
def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """The `count`-th working day after `day`, which itself does not count. Raises ValueError below zero."""
    if count < 0:
        raise ValueError("Working days are counted forward.")
    while count:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


def working_days_after(start: datetime.date, end: datetime.date, count: int) -> list[datetime.date]:
    """For each day from `start` to `end`, the `count`-th working day after it; nothing where `end` is earlier.

    As `add_working_days` of each, in one pass. Raises ValueError below one.
    """
    if count < 1:
        raise ValueError("Working days are counted forward, from one on.")
    days = (end - start).days
    # Not one week in a row has fewer than three working days.
    within = [start + n * ONE_DAY for n in range(days + 1 + 7 * (count // 3 + 1))]
    working = [day for day in within if is_working_day(day)]
    after, found = 0, []
    for day in within[: max(0, days + 1)]:
        while working[after] <= day:
            after += 1
        found.append(working[after + count - 1])
    return found


def working_days_between(start: datetime.date, end: datetime.date) -> int:
    """How many working days come after `start`, up to and with `end`; 0 where `end` is not later."""
    return sum(is_working_day(start + n * ONE_DAY) for n in range(1, (end - start).days + 1))
