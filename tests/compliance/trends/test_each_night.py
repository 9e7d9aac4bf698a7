"""The first search of a month announces, whichever night that is, and no other."""

import datetime
from collections.abc import Callable

import pytest

from compliance.trends import tasks
from compliance.trends.models import PeerFit, Trend
from tests.compliance.trends.examined_world import bad, examine, examine_all
from tests.named_people import World, world_again

pytestmark = pytest.mark.django_db
TODAY = tasks.timezone.localdate()
#: The first of a month not long after the examinations of the world.
FIRST = (TODAY.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
Night = Callable[[datetime.date], int]


def make_kept() -> World:
    return examine_all(world_again())


@pytest.fixture
def night(kept: World, monkeypatch: pytest.MonkeyPatch) -> Night:
    def follow(day: datetime.date) -> int:
        monkeypatch.setattr(tasks.timezone, "localdate", lambda *args: day)
        return tasks.follow_trends()

    return follow


def a_day_later(days: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=days)


def test_the_first_of_a_month_announces_once(night: Night, kept: World) -> None:
    assert night(FIRST) >= 1
    Trend.objects.all().delete()  # as if new: it would be found again
    assert night(FIRST) == 0
    assert night(a_day_later(1)) == 0
    assert not Trend.objects.exists()


def test_after_a_missed_night_the_next_one_announces_and_no_other(night: Night, kept: World) -> None:
    before = FIRST - datetime.timedelta(days=1)
    assert night(before) >= 1  # the month before had no search either
    Trend.objects.all().delete()
    assert night(a_day_later(1)) >= 1
    Trend.objects.all().delete()
    assert night(a_day_later(2)) == 0


def test_a_search_of_all_behind_the_first_load_announced_already(night: Night, kept: World) -> None:
    tasks.find_in_touched([str(kept.stranger.pk)], FIRST.isoformat())  # nothing was learned yet: all are searched
    assert PeerFit.objects.filter(as_of=FIRST).exists()
    assert Trend.objects.filter(account=kept.quillard).exists()
    Trend.objects.all().delete()
    assert night(FIRST) == 0


def test_a_night_that_died_half_way_leaves_its_month_to_the_next(
    night: Night, kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("compliance.trends.looking.keeping.count_stakes", lambda of: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            night(FIRST)
    assert night(a_day_later(1)) >= 1


def test_what_was_searched_as_of_a_later_day_or_an_earlier_month_does_not_count(night: Night, kept: World) -> None:
    for day in (FIRST - datetime.timedelta(days=1), a_day_later(40)):
        PeerFit.objects.create(as_of=day, side="importer", measure="discrepancy", examinations=1, data=b"")
    assert night(FIRST) >= 1


def test_it_is_said_whether_or_not_the_month_had_one(night: Night, kept: World) -> None:
    examine(kept.stranger, kept.lindale, kept.load, bad(48, kind="VALUE"), 40_000)
    assert tasks.follow_trends(announces=False) == 0
    assert tasks.follow_trends(announces=True) >= 1
