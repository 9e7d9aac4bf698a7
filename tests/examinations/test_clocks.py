"""Working days and legal clocks against slow references written from the statute, not from a library."""

import datetime
import functools
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from examinations import clocks
from examinations.calendar import add_working_days, holiday_name, is_working_day, working_days_between

DAY = datetime.timedelta(days=1)
days = st.dates(datetime.date(1990, 1, 1), datetime.date(2040, 12, 31))


def nth(year: int, month: int, weekday: int, count: int) -> datetime.date:
    """The count-th weekday of a month; the last where count is -1."""
    found = [
        day
        for day in (datetime.date(year, month, 1) + n * DAY for n in range(31))
        if day.month == month and day.weekday() == weekday
    ]
    return found[count - 1 if count > 0 else count]


@functools.cache
def statute(year: int) -> set[datetime.date]:
    """The holidays of 5 USC 6103 of a year, each on the day on which it is observed."""
    fixed = [(1, 1), (7, 4), (11, 11), (12, 25)] + ([(6, 19)] if year >= 2021 else [])
    found = {nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 5, 0, -1), nth(year, 9, 0, 1)}
    found |= {nth(year, 10, 0, 2), nth(year, 11, 3, 4)}
    for month, day in fixed:
        at = datetime.date(year, month, day)
        found.add(at - DAY if at.weekday() == 5 else at + DAY if at.weekday() == 6 else at)
    return found


def works(day: datetime.date) -> bool:
    # New Year on a Saturday is observed the year before.
    return day.weekday() < 5 and day not in statute(day.year) and day not in statute(day.year + 1)


def test_every_day_of_forty_years_works_as_the_statute_says() -> None:
    day, end = datetime.date(2000, 1, 1), datetime.date(2040, 12, 31)
    wrong = []
    while day <= end:
        if works(day) != is_working_day(day):
            wrong.append(day)
        day += DAY
    assert wrong == []


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (datetime.date(2021, 12, 31), "New Year"),
        (datetime.date(2027, 12, 31), "New Year"),
        (datetime.date(2026, 7, 3), "Independence"),
        (datetime.date(2027, 7, 5), "Independence"),
        (datetime.date(2022, 12, 26), "Christmas"),
        (datetime.date(2021, 6, 18), "Juneteenth"),
        (datetime.date(2026, 11, 26), "Thanksgiving"),
    ],
)
def test_an_observed_holiday_is_one_and_has_its_name(day: datetime.date, name: str) -> None:
    assert not is_working_day(day)
    assert name in holiday_name(day)


def test_the_day_after_thanksgiving_and_a_saturdays_new_year_itself_are_as_ever() -> None:
    assert is_working_day(datetime.date(2026, 11, 27))
    assert not is_working_day(datetime.date(2028, 1, 1))
    assert is_working_day(datetime.date(2028, 1, 3))


@given(days, st.integers(0, 40))
def test_the_nth_working_day_is_what_counting_on_fingers_gives(day: datetime.date, count: int) -> None:
    at, left = day, count
    while left:
        at += DAY
        left -= works(at)
    assert add_working_days(day, count) == at
    assert working_days_between(day, at) == count


@given(days, st.integers(0, 400))
def test_working_days_between_add_up(start: datetime.date, span: int) -> None:
    end = start + span * DAY
    assert working_days_between(start, end) == sum(works(start + n * DAY) for n in range(1, (end - start).days + 1))
    assert span == 0 or working_days_between(end, start) == 0


def test_five_business_days_run_from_presentation_over_thanksgiving() -> None:
    assert clocks.release_or_detain_by(datetime.date(2026, 11, 23)) == datetime.date(2026, 12, 1)
    assert clocks.release_or_detain_by(None) is None


def test_five_business_days_run_over_a_year_end_whose_new_year_is_observed_before_it() -> None:
    # Friday, December 31, 2027 is a holiday: January 1 is a Saturday.
    assert clocks.release_or_detain_by(datetime.date(2027, 12, 23)) == datetime.date(2028, 1, 3)


@given(days)
def test_presented_on_a_weekend_counts_like_presented_on_the_last_working_day_before(day: datetime.date) -> None:
    before = day
    while not works(before):
        before -= DAY
    assert clocks.release_or_detain_by(day) == clocks.release_or_detain_by(before)


def test_admission_is_decided_within_thirty_calendar_days_of_presentation() -> None:
    assert clocks.admissible_by(datetime.date(2026, 2, 1)) == datetime.date(2026, 3, 3)
    assert clocks.admissible_by(datetime.date(2028, 2, 1)) == datetime.date(2028, 3, 2)
    assert clocks.admissible_by(None) is None


def test_an_entry_summary_is_due_ten_working_days_after_the_entry() -> None:
    assert clocks.entry_summary_by(datetime.date(2026, 11, 16)) == datetime.date(2026, 12, 1)
    assert clocks.entry_summary_by(datetime.date(2026, 12, 18)) == datetime.date(2027, 1, 5)


def test_the_triennial_report_comes_again_every_third_year_and_never_before_the_first() -> None:
    day = datetime.date
    first, second = (day(2026, 12, 15), day(2027, 2, 28)), (day(2029, 12, 15), day(2030, 2, 28))
    assert clocks.status_reports(day(2027, 2, 28), day(2029, 12, 15)) == [first, second]
    assert clocks.status_reports(day(2027, 3, 1), day(2029, 12, 14)) == []
    assert clocks.status_reports(day(2030, 2, 1), day(2030, 2, 1)) == [second]
    assert clocks.status_reports(day(2020, 1, 1), day(2026, 12, 14)) == []


@given(days, st.one_of(st.none(), st.integers(0, 90)), st.integers(-5, 400))
def test_days_held_are_calendar_days_from_selection_and_never_negative(
    selected: datetime.date, ended: int | None, since: int
) -> None:
    end = None if ended is None else selected + ended * DAY
    held = clocks.days_held(selected, end, selected + since * DAY)
    assert held == (max(0, since) if ended is None else ended)


#: Around midnight in New York, on the days the clocks change and on common ones.
MIDNIGHTS = [
    (datetime.datetime(2026, 3, 8, 4, 59, 59, tzinfo=datetime.UTC), datetime.date(2026, 3, 7)),
    (datetime.datetime(2026, 3, 8, 5, 0, 0, tzinfo=datetime.UTC), datetime.date(2026, 3, 8)),
    (datetime.datetime(2026, 3, 9, 3, 59, 59, tzinfo=datetime.UTC), datetime.date(2026, 3, 8)),
    (datetime.datetime(2026, 3, 9, 4, 0, 0, tzinfo=datetime.UTC), datetime.date(2026, 3, 9)),
    (datetime.datetime(2026, 11, 1, 3, 59, 59, tzinfo=datetime.UTC), datetime.date(2026, 10, 31)),
    (datetime.datetime(2026, 11, 1, 4, 0, 0, tzinfo=datetime.UTC), datetime.date(2026, 11, 1)),
    (datetime.datetime(2026, 11, 2, 4, 59, 59, tzinfo=datetime.UTC), datetime.date(2026, 11, 1)),
    (datetime.datetime(2026, 11, 2, 5, 0, 0, tzinfo=datetime.UTC), datetime.date(2026, 11, 2)),
    (datetime.datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZoneInfo("America/New_York")), datetime.date(2026, 12, 31)),
]


@pytest.mark.parametrize(("moment", "day"), MIDNIGHTS)
@pytest.mark.django_db
def test_portal_and_database_agree_on_the_day_in_new_york(moment: datetime.datetime, day: datetime.date) -> None:
    assert timezone.localdate(moment) == day
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::timestamptz AT TIME ZONE 'America/New_York')::date", [moment])
        assert cursor.fetchone() == (day,)
