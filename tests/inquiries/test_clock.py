"""The clock of promises beside a slow one that looks at every minute."""

import datetime
import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inquiries.promises.clock import Hours, Stop, due, used
from tests.inquiries.minute_by_minute import Minutes

EASTERN = Hours(datetime.time(8), datetime.time(17), "America/New_York")
CENTRAL = Hours(datetime.time(8), datetime.time(17), "America/Chicago")
NIGHT = Hours(datetime.time(0, 30), datetime.time(23, 30), "America/New_York")
UTC = datetime.UTC
HOUR = 60


def at(text: str, zone: str = "-05:00") -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{text}{zone}")


@pytest.mark.parametrize(
    ("begins", "hours", "ends"),
    [
        # Thanksgiving 2026 is Thursday, November 26.
        (at("2026-11-25T14:10"), 5, at("2026-11-27T10:10")),
        (at("2026-11-25T08:00"), 9, at("2026-11-25T17:00")),
        (at("2026-11-25T03:00"), 1, at("2026-11-25T09:00")),
        (at("2026-11-26T12:00"), 1, at("2026-11-27T09:00")),
        (at("2026-11-25T17:00"), 1, at("2026-11-27T09:00")),
        # Independence Day 2026 is a Saturday: Friday is the holiday.
        (at("2026-07-02T16:00", "-04:00"), 2, at("2026-07-06T09:00", "-04:00")),
        # Clocks go forward on Sunday, March 8, 2026.
        (at("2026-03-06T16:00"), 2, at("2026-03-09T09:00", "-04:00")),
        # New Year 2028 is a Saturday: the holiday is Friday, the last day of the year before.
        (at("2027-12-30T16:30"), 1, at("2028-01-03T08:30")),
    ],
)
def test_working_hours_end_when_somebody_would_say(
    begins: datetime.datetime, hours: int, ends: datetime.datetime
) -> None:
    assert due(begins, hours * HOUR, (), EASTERN) == ends
    assert used(begins, ends, (), EASTERN) == hours * HOUR


def test_it_is_the_clock_of_the_center() -> None:
    begins = at("2026-11-23T16:30")  # half past three in Chicago
    assert due(begins, 90, (), CENTRAL) == at("2026-11-23T18:00")
    assert due(begins, 90, (), EASTERN) == at("2026-11-24T09:00")


def test_it_stands_still_while_the_account_is_asked() -> None:
    begins = at("2026-11-23T09:05")
    stop = (at("2026-11-23T10:00"), at("2026-11-23T14:25"))
    assert due(begins, 5 * HOUR, [stop], EASTERN) == at("2026-11-24T09:30")
    assert due(begins, 55, [stop], EASTERN) == at("2026-11-23T10:00")
    assert due(begins, 56, [(stop[0], None)], EASTERN) is None
    assert due(begins, 55, [(stop[0], None)], EASTERN) == at("2026-11-23T10:00")


@cache
def reference(hours: Hours) -> Minutes:
    """Fourteen months, minute by minute."""
    return Minutes(hours, datetime.datetime(2026, 1, 1, tzinfo=UTC), datetime.datetime(2027, 3, 1, tzinfo=UTC))


START = int(datetime.datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def moment(minute: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(START + minute * 60, UTC)


@given(
    begins=some.integers(0, 500_000),
    minutes=some.integers(1, 60 * 45),
    stops=some.lists(some.tuples(some.integers(-2_000, 20_000), some.integers(0, 6_000)), max_size=4),
    stands=some.booleans(),
    hours=some.sampled_from([EASTERN, NIGHT]),
)
def test_it_agrees_with_looking_at_every_minute(
    begins: int, minutes: int, stops: list[tuple[int, int]], stands: bool, hours: Hours
) -> None:
    told: list[Stop] = [(moment(max(0, begins + a)), moment(max(0, begins + a) + b)) for a, b in stops]
    if stands and told:
        told[-1] = (told[-1][0], None)
    slow = reference(hours)
    found = due(moment(begins), minutes, told, hours)
    assert found == slow.due(moment(begins), minutes, told)
    now = moment(begins + 3 * minutes)
    assert used(moment(begins), now, told, hours) == slow.used(moment(begins), now, told)


def test_many_cases_by_a_seed_agree_too() -> None:
    seeded = random.Random(7)
    slow = reference(EASTERN)
    for _ in range(1_500):
        begins, minutes = seeded.randrange(480_000), seeded.randrange(1, 60 * 60)
        told = []
        for _ in range(seeded.randrange(4)):
            stopped = begins + seeded.randrange(10_000)
            told.append((moment(stopped), moment(stopped + seeded.randrange(4_000))))
        assert due(moment(begins), minutes, told, EASTERN) == slow.due(moment(begins), minutes, told)
