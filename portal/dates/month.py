"""A month as a calendar shows it: weeks from Sunday, each day with what binds on it. Pure."""

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from examinations.calendar import SATURDAY, holiday_name
from portal.dates.bound import Bound

SHOWN_IN_A_DAY = 3
SUNDAY_FIRST = calendar.Calendar(firstweekday=calendar.SUNDAY)


@dataclass(frozen=True)
class Cell:
    """One day: what binds on it, how many more than are shown, the holiday's name, and what kind of day it is."""

    day: datetime.date
    dates: list[Bound] = field(default_factory=list)
    more: int = 0
    holiday: str = ""
    state: str = ""  # out: of another month, past, today, off: nobody works


def _state(day: datetime.date, month: datetime.date, as_of: datetime.date, holiday: str) -> str:
    if (day.year, day.month) != (month.year, month.month):
        return "out"
    if day == as_of:
        return "today"
    if day < as_of:
        return "past"
    return "off" if holiday or day.weekday() >= SATURDAY else ""


def weeks_of(month: datetime.date, dates: Iterable[Bound], as_of: datetime.date) -> list[list[Cell]]:
    """The weeks of the month that the day `month` lies in, days of the months around it included and empty."""
    of_day: dict[datetime.date, list[Bound]] = defaultdict(list)
    for one in dates:
        of_day[one.day].append(one)
    weeks = []
    for week in SUNDAY_FIRST.monthdatescalendar(month.year, month.month):
        cells = []
        for day in week:
            holiday = holiday_name(day)
            state = _state(day, month, as_of, holiday)
            found = [] if state == "out" else of_day[day]
            more = max(0, len(found) - SHOWN_IN_A_DAY)
            cells.append(Cell(day, found[:SHOWN_IN_A_DAY], more, "" if state == "out" else holiday, state))
        weeks.append(cells)
    return weeks


def holidays_between(first: datetime.date, last: datetime.date) -> list[tuple[datetime.date, str]]:
    """The federal holidays observed between two days, both included."""
    days = (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, name) for day in days if (name := holiday_name(day))]
