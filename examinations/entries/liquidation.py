"""Where the liquidation of an entry stands, in a word and a shape for a list. Pure: values in, words out."""

import datetime
from dataclasses import dataclass

from examinations.entry_dates import EntryDates, Standing, dates_of
from examinations.models import Entry

#: The mark of the design language and the word of a list, for each standing.
WORDS = {
    Standing.LIQUIDATED: ("done", "Liquidated"),
    Standing.SCHEDULED: ("moderate", "Scheduled"),
    Standing.EXPECTED: ("low", "Expected"),
    Standing.OVERDUE: ("low", "None on file"),
    Standing.SUSPENDED: ("moderate", "Suspended"),
    Standing.EXTENDED: ("moderate", "Extended"),
}


@dataclass(frozen=True)
class Liquidation:
    """A mark, its word, and the day: real once liquidated, else as scheduled or expected; None where there is none."""

    mark: str
    word: str
    on: datetime.date | None = None


def liquidation_of(entry: Entry, as_of: datetime.date) -> Liquidation:
    """The standing of an entry as a list shows it; a day that passed without liquidation is not said again."""
    return _said(dates_of(entry, as_of))


def _said(dates: EntryDates) -> Liquidation:
    mark, word = WORDS[dates.standing]
    return Liquidation(mark, word, None if dates.standing == Standing.OVERDUE else dates.liquidation)
