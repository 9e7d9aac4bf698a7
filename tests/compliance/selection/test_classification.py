"""To which Center a chapter belongs: project defaults, changed by headquarters from a day on."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Center
from accounts.scope import acting_for
from compliance.selection import freezing
from compliance.selection.classification import CENTER_OF
from compliance.selection.models import ChapterCenter
from examinations.models import EntryBreakdown
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def today() -> datetime.date:
    return timezone.localdate()


def centers_on(day: datetime.date) -> dict[str, str]:
    rows = ChapterCenter.objects.filter(starts__lte=day).order_by("chapter", "-starts").distinct("chapter")
    return dict(rows.values_list("chapter", "center_id"))


def begin(world: World, chapter: str, center: str, starts: datetime.date) -> ChapterCenter:
    return ChapterCenter.begin(chapter, Center.objects.get(pk=center), starts=starts, by=world.hq, today=today())


def test_a_new_database_has_the_defaults(world: World) -> None:
    assert centers_on(today()) == CENTER_OF
    assert centers_on(datetime.date(1980, 1, 1)) == {}


def test_what_begins_counts_from_its_day_on_and_a_round_of_before_goes_by_what_was(world: World) -> None:
    begin(world, "85", "003", today() + DAY)
    assert centers_on(today())["85"] == CENTER_OF["85"]
    assert centers_on(today() + DAY)["85"] == "003"
    account = make_account("Without a Center", "importer", "96-600000100", state="prospective")
    EntryBreakdown.objects.create(
        account=account, month=today().replace(day=1), dimension="chapter", code="85", value=100
    )
    for day, center in ((today(), CENTER_OF["85"]), (today() + DAY, "003")):
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT center_id FROM ({freezing.CANDIDATES.format(who='true')}) f WHERE account_id = %(one)s",
                freezing.parameters(day, None) | {"one": account.pk},
            )
            assert cursor.fetchone() == (center,)


@pytest.mark.parametrize(
    ("chapter", "days", "sentence"),
    [("85", -1, "The day is past"), ("98", 0, "no such chapter"), ("77", 0, "no such chapter"), ("8", 0, "two digits")],
)
def test_what_makes_no_sense_is_refused(world: World, chapter: str, days: int, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        begin(world, chapter, "003", today() + days * DAY)
    begin(world, "84", "003", today())
    with pytest.raises(ValidationError, match="already exists"):
        begin(world, "84", "004", today())


def test_headquarters_adds_in_the_administration_and_nobody_else_sees_it(world: World) -> None:
    page, given = "/admin/selection/chaptercenter/", {"chapter": "85", "center": "003", "starts": f"{today():%Y-%m-%d}"}
    hq = signed_in(world, "hq")
    assert hq.get(page).status_code == 200
    past = hq.post(f"{page}add/", given | {"starts": "2020-01-01"}).content.decode()
    assert "The day is past" in past
    assert hq.post(f"{page}add/", given).status_code == 302
    made = ChapterCenter.objects.get(by=world.hq)
    assert (made.chapter, made.center_id, made.starts) == ("85", "003", today())
    assert hq.post(f"{page}{made.pk}/change/", given | {"chapter": "84"}).status_code == 403
    for name in ("robin", "billie", "jordan", "expert"):
        assert signed_in(world, name).get(page).status_code == 404
        with acting_for(world.people[name]):
            assert not ChapterCenter.objects.exists()
