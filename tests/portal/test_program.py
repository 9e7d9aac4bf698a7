"""The branch chief's page: what is under management, and who is left alone."""

import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Assignment, Enrollment
from compliance.effect.models import Standing
from inquiries.models import Contact
from portal.views import program
from portal.views.program import without_contact
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = datetime.timedelta(1)


@pytest.fixture
def hq(world: World) -> Client:
    return signed_in(world, "hq")


def text(answer: HttpResponse) -> str:
    return " ".join(strip_tags(answer.content.decode()).replace("\u00a0", " ").replace("&nbsp;", " ").split())


def test_the_program_in_figures(world: World, hq: Client) -> None:
    Enrollment.objects.create(account=world.quillard, program="ISA")
    Enrollment.objects.create(account=world.stranger, program="ISA")
    Assignment.objects.filter(account=world.stranger).update(
        ends=TODAY.replace(year=2020), starts=TODAY.replace(year=2019)
    )
    Standing.objects.create(
        as_of=TODAY, value=400, managed_value=300, duty=0, managed_duty=0, lines=8, managed_lines=2, importers=2,
        managed_importers=1,
    )  # fmt: skip
    page = text(hq.get("/effect/program/"))
    assert "75.0 % of import value" in page
    assert "1 ISA participant has no manager" in page
    assert "Stranger Goods" in page


def _contact(world: World, on: datetime.date) -> None:
    Contact.objects.create(account=world.quillard, kind="call", on=on, whom="Robin", words="Hello", by=world.jordan)


def test_an_account_is_left_alone_after_twelve_months_with_a_manager_and_without_a_contact(world: World) -> None:
    mine = Assignment.objects.on(TODAY).filter(account=world.quillard)
    year = TODAY - 365 * DAY

    def silent() -> list[tuple[str, datetime.date | None]]:
        found = without_contact(world.hq, TODAY).filter(pk=world.quillard.pk)
        return [(one.manager_name, one.last) for one in found]  # type: ignore[attr-defined]

    mine.update(starts=year + DAY)
    assert silent() == []
    mine.update(starts=year)
    assert silent() == [(world.jordan.name, None)]
    _contact(world, year - 30 * DAY)
    _contact(world, year)
    assert silent() == [(world.jordan.name, year)]
    _contact(world, year + DAY)
    assert silent() == []


def test_who_is_left_alone_is_named_with_manager_and_last_contact(world: World, hq: Client) -> None:
    Assignment.objects.on(TODAY).filter(account=world.quillard).update(starts=TODAY - 500 * DAY)
    _contact(world, TODAY - 400 * DAY)
    others = without_contact(world.hq, TODAY).exclude(pk=world.quillard.pk)
    Assignment.objects.filter(account__in=others.values("pk")).update(starts=TODAY)
    answer = hq.get("/effect/program/")
    assert "with 1 account nobody has been in contact for twelve months." in text(answer)
    assert f"/accounts/{world.quillard.pk}/contacts/" in answer.content.decode()
    _contact(world, TODAY)
    page = text(hq.get("/effect/program/"))
    assert "nobody has been in contact" not in page
    assert "None: with every account that has had a manager for so long" in page


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert"])
def test_to_everybody_else_it_does_not_exist(world: World, name: str) -> None:
    assert signed_in(world, name).get("/effect/program/").status_code == 404


def test_of_many_who_are_left_alone_the_first_are_named_and_all_when_asked(
    world: World, hq: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Assignment.objects.on(TODAY).update(starts=TODAY - 500 * DAY)
    everybody = [one.name for one in without_contact(world.hq, TODAY)]
    assert len(everybody) >= 2
    monkeypatch.setattr(program, "NAMED", 1)
    few = text(hq.get("/effect/program/"))
    assert f"The first 1 of {len(everybody)}, the longest left alone first." in few
    whole = text(hq.get("/effect/program/?silent=all"))
    assert all(name in whole for name in everybody)
    assert "The first" not in whole
    assert hq.get("/effect/program/?silent=nonsense").status_code == 200
