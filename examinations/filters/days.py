"""The days that a list is asked for: the usual period, and what is said of a day that is none."""

import datetime

NO_DAY = {"invalid": "Write the day as MM/DD/YYYY.", "required": "Both days are needed."}
#: Of a field that asks for one day alone.
NO_SUCH_DAY = NO_DAY | {"required": "This day is needed."}


def this_year(as_of: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The period that a list shows unless asked otherwise."""
    return as_of.replace(month=1, day=1), as_of


def american(text: str) -> str:
    """A day of an address (ISO) as the field shows it; anything else as it is, for the form to judge."""
    try:
        return f"{datetime.date.fromisoformat(text):%m/%d/%Y}"
    except ValueError:
        return text
