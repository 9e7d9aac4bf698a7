"""Days that goods wait, and the days that CBP has. Pure: dates in, dates out."""

import datetime

from examinations.calendar import add_working_days

RELEASE_OR_DETAIN_DAYS = 5
RELEASE_OR_DETAIN_RULE = "19 CFR 151.16(b)"
ADMISSIBILITY_DAYS = 30
ADMISSIBILITY_RULE = "19 CFR 151.16(e)"
ENTRY_SUMMARY_DAYS = 10


def release_or_detain_by(presented: datetime.date | None) -> datetime.date | None:
    """The last of the five business days in which CBP releases or detains, counted from presentation.

    19 CFR 151.16(b). None where the day of presentation is unknown: then the clock is not shown.
    """
    return None if presented is None else add_working_days(presented, RELEASE_OR_DETAIN_DAYS)


def admissible_by(presented: datetime.date | None) -> datetime.date | None:
    """The day by which CBP decides on goods it detained: 30 calendar days from presentation, else they count as
    excluded, which may be protested.

    19 CFR 151.16(e). None where the day of presentation is unknown.
    """
    return None if presented is None else presented + datetime.timedelta(days=ADMISSIBILITY_DAYS)


def entry_summary_by(entry: datetime.date) -> datetime.date:
    """The last day for entry summary and duty: ten working days after the entry (19 CFR 142.12(b))."""
    return add_working_days(entry, ENTRY_SUMMARY_DAYS)


def days_held(selected: datetime.date, ended: datetime.date | None, as_of: datetime.date) -> int:
    """Calendar days from selection to release, or to `as_of` while the goods wait; never negative."""
    return max(0, ((ended or as_of) - selected).days)
