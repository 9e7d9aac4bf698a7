"""Days counted by the database: calendar days, and federal working days as examinations.calendar counts them one by one.

The number of working days up to a day is five a whole week and up to five of the last, less the holidays so far; the
days between two are the difference. `width_bucket` finds the holidays so far by halving; the holidays go along as a
parameter, since PostgreSQL knows none.
"""

import datetime
from typing import Any

from django.db.models import DateField, F, Func, IntegerField
from django.utils import timezone

from examinations.calendar import federal_holidays, working_days_after
from examinations.clocks import ENTRY_SUMMARY_DAYS

#: A Monday before all data.
_MONDAY = "date '1900-01-01'"
FIRST_YEAR = 1990


class DaysAfter(Func):
    """The date so many days after another: PostgreSQL adds an integer to a date."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()


def holidays_until(as_of: datetime.date) -> list[datetime.date]:
    """The federal holidays on weekdays, in order, from 1990 to the end of the year after `as_of`."""
    return federal_holidays(FIRST_YEAR, as_of.year + 1)


def _up_to(day: str) -> str:
    since = f"({day} - {_MONDAY})"
    return f"(5 * ({since} / 7) + least({since} % 7, 4) - width_bucket({day}, %(holidays)s::date[]))"


def working_days_sql(start: str, end: str) -> str:
    """SQL: working days after `start` up to and with `end`; the statement's parameter `holidays` holds the holidays.

    start, end: SQL expressions of type date; both may stand several times. `%` is doubled for the driver.
    """
    return f"greatest({_up_to(end)} - {_up_to(start)}, 0)".replace(" % ", " %% ")


class WorkingDays(Func):
    """Working days after the first date up to and with the second; both are columns."""

    output_field = IntegerField()
    arity = 2

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        (start, _), (end, _) = (compiler.compile(part) for part in self.get_source_expressions())
        sql = working_days_sql(start, end)
        holidays = holidays_until(timezone.localdate())
        return sql.replace("%(holidays)s", "%s"), [holidays] * sql.count("%(holidays)s")


class SummaryDeadline(Func):
    """The last day for the summary of an entry: the tenth working day after entry (19 CFR 142.12(b)).

    A day and no count of days: a summary of the Saturday after it is late by one day and by no working day. Such a day
    is found by stepping, which SQL does badly, so that the deadlines of all days of a period go along as an array, and
    each row reads its own; empty for an entry of another day.
    """

    output_field = DateField()

    def __init__(self, start: datetime.date, end: datetime.date) -> None:
        super().__init__(F("entry_date"))
        self.start, self.deadlines = start, working_days_after(start, end, ENTRY_SUMMARY_DAYS)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        day, parameters = compiler.compile(self.source_expressions[0])
        return f"(%s::date[])[{day} - %s::date + 1]", [self.deadlines, *parameters, self.start]
