"""The clock of promises as the slowest reader would do it: look at each minute, and count those that work."""

import datetime
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from inquiries.promises.clock import Hours, Stop


class Minutes:
    """Every minute between two moments, and whether an office works in it. Knows nothing of the clock it is held against."""

    def __init__(self, hours: Hours, first: datetime.datetime, last: datetime.datetime) -> None:
        self.first = int(first.timestamp()) // 60
        self.count = int(last.timestamp()) // 60 - self.first
        zone = ZoneInfo(hours.zone)
        days = holidays.country_holidays("US", years=range(first.year - 1, last.year + 2))
        self.working = np.zeros(self.count, bool)
        for minute in range(self.count):
            local = datetime.datetime.fromtimestamp((self.first + minute) * 60, zone)
            works = hours.opens <= local.time() < hours.closes and local.weekday() < 5
            self.working[minute] = works and local.date() not in days

    def _place(self, moment: datetime.datetime) -> int:
        return int(moment.timestamp()) // 60 - self.first

    def _counted(self, begins: int, ends: int, stops: Sequence[Stop]) -> np.ndarray:
        """Of the minutes from begins until before ends those that work and in which nothing stands still."""
        counted = self.working[begins:ends].copy()
        for stopped, went_on in stops:
            a = max(0, self._place(stopped) - begins)
            b = ends - begins if went_on is None else max(0, self._place(went_on) - begins)
            counted[a:b] = False
        return counted

    def due(self, begins: datetime.datetime, minutes: int, stops: Sequence[Stop]) -> datetime.datetime | None:
        at = self._place(begins)
        for length in (20_000, 100_000, self.count - at):
            counted = np.flatnonzero(self._counted(at, min(self.count, at + length), stops))
            if len(counted) >= minutes:
                last = at + int(counted[minutes - 1]) + 1
                return datetime.datetime.fromtimestamp((self.first + last) * 60, datetime.UTC)
        return None

    def used(self, begins: datetime.datetime, now: datetime.datetime, stops: Sequence[Stop]) -> int:
        return int(self._counted(self._place(begins), self._place(now), stops).sum())
