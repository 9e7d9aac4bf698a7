"""Days as numbers, and which of them a search reads. Pure."""

import datetime
from dataclasses import dataclass

EPOCH = datetime.date(1970, 1, 1)
#: Days of selection that are read before the last one that counts, and days before the search that do not count yet:
#: most examinations of so few days are still open.
READ_DAYS, LAG_DAYS = 3 * 365, 15


def number(day: datetime.date) -> int:
    """A day as a number."""
    return (day - EPOCH).days


def date(day: int) -> datetime.date:
    return EPOCH + datetime.timedelta(days=int(day))


@dataclass(frozen=True)
class Days:
    """Days of selection of a search as of a day, as numbers: after `first`, up to `last`."""

    as_of: datetime.date

    @property
    def last(self) -> int:
        return number(self.as_of) - LAG_DAYS

    @property
    def first(self) -> int:
        return self.last - READ_DAYS
