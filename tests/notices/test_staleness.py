"""Until when a notice's mail is worth sending."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from notices.models import Notice
from notices.staleness import last_moment
from notifications.models import Message
from tests.named_people import World

EASTERN = ZoneInfo("America/New_York")
PUBLISHED = datetime.datetime(2026, 11, 24, 9, 0, tzinfo=EASTERN)


def at(day: int, hour: int = 9, month: int = 11) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("effective", "last"),
    [
        (datetime.date(2026, 12, 1), at(1, 0, 12)),  # until the change begins
        (datetime.date(2026, 11, 25), at(27)),  # something near is news for three days
        (datetime.date(2026, 11, 24), at(27)),
        (datetime.date(2026, 1, 1), at(27)),  # and so is something past
        (datetime.date(2027, 1, 15), at(8, 9, 12)),  # nothing is sent after two weeks
        (None, at(8, 9, 12)),
    ],
)
def test_a_mail_ends_when_its_change_begins(effective: datetime.date | None, last: datetime.datetime) -> None:
    assert last_moment(PUBLISHED, effective, least_days=3, most_days=14) == last


def test_the_day_begins_at_midnight_eastern_time() -> None:
    moment = last_moment(PUBLISHED, datetime.date(2026, 12, 1), least_days=3, most_days=14)
    assert moment.astimezone(datetime.UTC) == datetime.datetime(2026, 12, 1, 5, tzinfo=datetime.UTC)


@pytest.mark.django_db
def test_a_published_notice_carries_its_last_moment(world: World) -> None:
    notice = Notice.objects.create(number="1", title="A change", body="It changes.")
    notice.submit(by=world.hq)
    notice.publish(by=world.hq)
    assert notice.published_at
    assert Message.objects.get().stop_after == notice.published_at + datetime.timedelta(days=14)
