"""What a member of ISA (CTPAT Trade Compliance) owes, by when. Pure: days in, days out.

The first annual notification letter is due 13 months after acceptance, then one each year, to headquarters with a copy to
the account manager; results of periodic testing are kept three years and shown on request (domain.md, ISA / CTPAT Trade
Compliance; the ISA handbook of 2004, 67 FR 41298).
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

FIRST_LETTER_MONTHS = 13
KEPT_YEARS = 3
#: Within so many months a program of periodic testing has tested, and a self-assessment of controls was reviewed; this
#: project's own reading of "periodic".
TESTED_WITHIN_MONTHS, REVIEWED_WITHIN_MONTHS = 12, 24
LETTER_RULE = "ISA handbook: 13 months after acceptance, then yearly"
TESTS_RULE = "ISA handbook: results are kept three years"


def letters_due(accepted: datetime.date, start: datetime.date, end: datetime.date) -> list[datetime.date]:
    """The days between two, both included, on which an annual notification letter is due. Each is counted from acceptance,
    so that a letter due on the 31st does not wander."""
    found, year = [], 0
    while (day := accepted + relativedelta(months=FIRST_LETTER_MONTHS + 12 * year)) <= end:
        if day >= start:
            found.append(day)
        year += 1
    return found


def kept_until(tested: datetime.date) -> datetime.date:
    """The last day on which the results of a test must be at hand."""
    return tested + relativedelta(years=KEPT_YEARS)


@dataclass(frozen=True)
class Letter:
    """An annual letter by the day on which it is due. sent: on which day, None where nobody said so."""

    due: datetime.date
    sent: datetime.date | None = None

    def is_late(self, as_of: datetime.date) -> bool:
        return self.sent is None and self.due < as_of


def letters_of(accepted: datetime.date, sent: dict[datetime.date, datetime.date], as_of: datetime.date) -> list[Letter]:
    """All letters that were due, and the next one; the oldest first. sent: day of sending by due day."""
    until = as_of + relativedelta(months=FIRST_LETTER_MONTHS)
    due = letters_due(accepted, accepted, until)
    past, ahead = [day for day in due if day <= as_of], [day for day in due if day > as_of]
    return [Letter(day, sent.get(day)) for day in (*past, *ahead[:1])]


def next_open(letters: Collection[Letter]) -> Letter | None:
    """The earliest letter that nobody sent."""
    return next((one for one in letters if one.sent is None), None)
