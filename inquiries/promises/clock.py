"""The clock of promises: federal working hours, standing still while CBP waits for the account. Pure.

It counts whole minutes of real time. A day has its hours by the wall clock of a time zone; a day on which daylight saving
begins or ends within them is longer or shorter by what is really passed.
"""

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from examinations.calendar import is_working_day

UTC = datetime.UTC
MINUTE = 60
DAY = datetime.timedelta(days=1)
#: A promise that takes longer than this is none: no inquiry waits for so many years.
MOST_YEARS = 20

#: From when until when the clock stood still; without an end it still does.
Stop = tuple[datetime.datetime, datetime.datetime | None]


@dataclass(frozen=True)
class Hours:
    """When an office works: from `opens` until `closes` by the clocks of `zone` (an IANA name), on federal working days."""

    opens: datetime.time
    closes: datetime.time
    zone: str


@lru_cache(maxsize=256)
def _windows(hours: Hours, year: int) -> tuple[tuple[int, int], ...]:
    """The working hours of a year, in minutes since 1970: where each begins, and where it ends."""
    zone, day, found = ZoneInfo(hours.zone), datetime.date(year, 1, 1), []
    while day.year == year:
        if is_working_day(day):
            begins, ends = (datetime.datetime.combine(day, at, zone) for at in (hours.opens, hours.closes))
            found.append((_minute(begins), _minute(ends)))
        day += DAY
    return tuple(found)


@lru_cache(maxsize=256)
def _endings(hours: Hours, year: int) -> list[int]:
    return [ends for _, ends in _windows(hours, year)]


def _minute(moment: datetime.datetime) -> int:
    """The whole minutes since 1970 that have passed."""
    return int(moment.timestamp()) // MINUTE


def _moment(minute: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(minute * MINUTE, UTC)


def _working(begins: int, ends: int | None, hours: Hours) -> Iterator[tuple[int, int]]:
    """The working hours within two minutes, in order, cut at both; without an end for MOST_YEARS."""
    first = _moment(begins).astimezone(ZoneInfo(hours.zone)).year
    for year in range(first, first + MOST_YEARS):
        windows = _windows(hours, year)
        for place in range(bisect_right(_endings(hours, year), begins), len(windows)):
            opens, closes = windows[place]
            if ends is not None and opens >= ends:
                return
            yield max(opens, begins), closes if ends is None else min(closes, ends)


def _running(begins: int, stops: Iterable[Stop]) -> Iterator[tuple[int, int | None]]:
    """The stretches in which the clock runs; the last has no end, unless the clock stands still for good."""
    at = begins
    for stopped, went_on in sorted(stops, key=lambda stop: stop[0]):
        if _minute(stopped) > at:
            yield at, _minute(stopped)
        if went_on is None:
            return
        at = max(at, _minute(went_on))
    yield at, None


def due(begins: datetime.datetime, minutes: int, stops: Iterable[Stop], hours: Hours) -> datetime.datetime | None:
    """When so many working minutes (at least one) are over since `begins`; None where the clock stands still before.

    The first moment at which they are: a promise that ends with a day ends that day when the office closes, not when it
    opens again. begins, stops: aware; counted in whole minutes.
    """
    left = minutes
    for from_minute, until in _running(_minute(begins), stops):
        for opens, closes in _working(from_minute, until, hours):
            if closes - opens >= left:
                return _moment(opens + left)
            left -= closes - opens
    return None


def used(begins: datetime.datetime, now: datetime.datetime, stops: Iterable[Stop], hours: Hours) -> int:
    """How many working minutes are over at `now`, those apart in which the clock stood still."""
    end, passed = _minute(now), 0
    for from_minute, until in _running(_minute(begins), stops):
        last = end if until is None else min(until, end)
        if from_minute >= last:
            break
        passed += sum(closes - opens for opens, closes in _working(from_minute, last, hours))
    return passed
