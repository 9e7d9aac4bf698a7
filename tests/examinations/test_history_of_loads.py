"""Which files the history of loads shows: of the last ninety days unless asked otherwise, of headquarters and of an account."""

import datetime

import pytest
from django.utils import timezone

from examinations.models import Load
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(params=["hq", "robin"])
def reader(request: pytest.FixtureRequest, world: World) -> tuple[str, str]:
    """Who reads which history: three files, brought in now, 89 days ago and 91 days ago, each with one row rejected."""
    account = world.quillard if request.param == "robin" else None
    Load.objects.filter(account=account).delete() if account else Load.objects.exclude(pk=world.load.pk).delete()
    for age in (0, 89, 91):
        one = Load.objects.create(kind="entries", file_name=f"{age}.csv", state="done", rejected=1, account=account)
        Load.objects.filter(pk=one.pk).update(created_at=timezone.localtime() - age * DAY)
    return request.param, "/uploads/" if account else "/loads/"


def listed(world: World, reader: tuple[str, str], asked: str = "") -> set[str]:
    name, page = reader
    found = signed_in(world, name).get(page + asked)
    assert found.status_code == 200
    return {one.file_name for one in found.context["page"].object_list if one.pk != world.load.pk}


def test_the_last_ninety_days_are_shown_unless_asked_otherwise(world: World, reader: tuple[str, str]) -> None:
    assert listed(world, reader) == {"0.csv", "89.csv"}


def test_a_period_is_shown_with_its_first_and_last_day(world: World, reader: tuple[str, str]) -> None:
    day = timezone.localdate() - 91 * DAY
    assert listed(world, reader, f"?start={day}&end={day}") == {"91.csv"}
    assert listed(world, reader, f"?start={day:%m/%d/%Y}") == {"0.csv", "89.csv", "91.csv"}
    assert listed(world, reader, f"?end={day + DAY}") == {"91.csv"}
    assert listed(world, reader, "?start=01/01/0001&end=12/31/9999") == {"0.csv", "89.csv", "91.csv"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("?start=2026-05-02&end=2026-05-01", "This period ends before it starts."),
        ("?start=02/30/2026", "Write the day as MM/DD/YYYY."),
        ("?end=%00", "Write the day as MM/DD/YYYY."),
    ],
)
def test_a_period_that_is_none_is_told_so_and_shows_nothing(
    world: World, reader: tuple[str, str], asked: str, said: str
) -> None:
    name, page = reader
    assert said in signed_in(world, name).get(page + asked).content.decode()
    assert listed(world, reader, asked) == set()


def test_what_could_not_be_used_is_counted_in_the_period_alone(world: World) -> None:
    Load.objects.filter(pk=world.load.pk).update(rejected=0)
    for age in (0, 91):
        one = Load.objects.create(kind="entries", file_name=f"{age}.csv", state="done", rejected=7)
        Load.objects.filter(pk=one.pk).update(created_at=timezone.localtime() - age * DAY)
    assert signed_in(world, "hq").get("/loads/").context["rejected"] == 7
