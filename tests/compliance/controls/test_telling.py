"""Who hears of a self-assessment, and how often."""

import datetime

import pytest
from django.utils import timezone

from compliance.controls.telling import tell_of_controls
from notifications.models import Delivery
from tests.compliance.controls.people import submitted
from tests.named_people import World

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def told() -> list[str]:
    rows = Delivery.objects.filter(message__topic="self-assessment")
    return sorted(one.split()[0].lower() for one in rows.values_list("person__name", flat=True))


def test_its_manager_hears_of_it_and_its_people_of_the_outcome_each_once(world: World) -> None:
    one = submitted(world, on=TODAY)
    assert [tell_of_controls(), tell_of_controls()] == [1, 0]
    assert told() == ["jordan"]
    one.ask_back(by=world.jordan, on=TODAY, words="Send the test.")
    assert [tell_of_controls(), tell_of_controls()] == [1, 0]
    assert told() == ["jordan", "lee", "robin"]


def test_handed_in_again_another_day_the_manager_hears_again(world: World) -> None:
    one = submitted(world, on=TODAY - datetime.timedelta(days=1))
    tell_of_controls()
    one.ask_back(by=world.jordan, on=TODAY, words="Send the test.")
    one.submit(by=world.robin, on=TODAY)
    assert tell_of_controls() == 1
    assert told() == ["jordan", "jordan"]


def test_what_is_long_past_is_no_news(world: World) -> None:
    submitted(world, on=TODAY - datetime.timedelta(days=9))
    assert tell_of_controls() == 0
