"""When a digest has been sent at the latest: in Python and in SQL alike, and what that means for a message with an end."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import Membership
from notifications.models import Delivery, HowTold, Message
from notifications.mornings import SENT_BY, sent_by
from notifications.queue import tell, tell_each
from tests.named_people import World

EASTERN = ZoneInfo("America/New_York")


def at(day: int, hour: int, zone: ZoneInfo = EASTERN) -> datetime.datetime:
    """An hour of a day of November 2026, of which the 23rd is a Monday."""
    return datetime.datetime(2026, 11, day, hour, 5, tzinfo=zone)


@pytest.mark.parametrize(
    ("channel", "now", "zone", "by"),
    [
        ("daily", at(25, 6), "America/New_York", (25, 8)),
        ("daily", at(25, 8), "America/New_York", (26, 8)),
        ("weekly", at(22, 22), "America/New_York", (23, 8)),
        ("weekly", at(23, 6), "America/New_York", (23, 8)),
        ("weekly", at(23, 8), "America/New_York", (30, 8)),
        ("weekly", at(23, 8), "America/Los_Angeles", (23, 11)),
    ],
)
@pytest.mark.django_db
def test_the_next_digest_of_a_person(channel: str, now: datetime.datetime, zone: str, by: tuple[int, int]) -> None:
    day, hour = by
    expected = datetime.datetime(2026, 11, day, hour, tzinfo=EASTERN)
    assert sent_by(channel, zone, now) == expected
    sql = SENT_BY.replace("now()", "%s::timestamptz")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} FROM (SELECT %s AS choice, %s AS zone) asked", [now, channel, zone])
        assert cursor.fetchone()[0] == expected


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize(("minutes", "channel"), [(-1, "mail"), (1, "weekly")])
@pytest.mark.django_db
def test_it_goes_at_once_where_the_digest_would_come_when_it_is_stale(
    world: World, each: bool, minutes: int, channel: str
) -> None:
    HowTold.choose(world.robin, {"changes": "weekly"}, by=world.robin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
    ends = sent_by("weekly", "America/New_York", now) + datetime.timedelta(minutes=minutes)
    message = Message(key="one", topic="notice", subject="One", text="One.", stop_after=ends)
    if each:
        tell_each([(message, world.quillard.pk, [world.robin.pk])])
    else:
        message.save()
        tell(message, [Membership.objects.filter(person=world.robin).values_list("person", "account")])
    assert Delivery.objects.get(person=world.robin).channel == channel
