"""The row of chapter 99 that a published notice asks for: from publication to the line that lacks it, and back to the notice."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.checks.finding import look
from examinations.models import AdditionalDuty, CheckFinding, EntryLine
from notices import asking
from notices.models import Notice
from tests.named_people import World, make_entry
from tests.notices.writing import draft, published, second_person
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def day(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def asks(**fields: Any) -> dict[str, Any]:
    """A notice of a duty that began ten days ago."""
    given = {"hts_prefixes": ["8501"], "countries": ["CN"], "rate_change": 25, "chapter_99": "9903.88.03"}
    return given | {"effective_date": day(-10), "late_reason": "The order was short."} | fields


def lacks(world: World, **fields: Any) -> EntryLine:
    """A line of five days ago, of $10,000 of goods of 8501 from China, without a row of chapter 99."""
    made = make_entry(world.load, "9XZ70000017", world.quillard, world.lindale, entry_date=day(-5)).rows.get()
    for name, value in ({"hts": "8501104020", "origin": "CN", "value": Decimal(10000)} | fields).items():
        setattr(made, name, value)
    made.save()
    return made


def found(world: World) -> list[CheckFinding]:
    look([world.quillard.pk], timezone.localdate())
    return list(CheckFinding.objects.filter(kind="chapter-99", entry_number="9XZ70000017"))


def test_from_publication_to_the_line_that_lacks_the_row_and_back_to_the_notice(world: World) -> None:
    lacks(world)
    recount(None)  # of what was traded follows who is told
    notice = draft(world, **asks(exempt_hts_prefixes=["8501.32"], exempt_spi_codes=["S"], last_entry_date=day(90)))
    assert not found(world), "a draft asks for nothing"
    notice.submit(by=world.hq)
    notice.publish(by=second_person())
    duty = AdditionalDuty.objects.coming_from(notice).get()
    assert (duty.notice, duty.chapter_99, duty.points) == (notice.number, "99038803", 25)
    assert (duty.hts_prefixes, duty.excluded_prefixes, duty.origins) == (["8501"], ["850132"], ["CN"])
    assert (duty.exempt_claims, duty.first_entry_date, duty.last_entry_date) == (["S"], day(-10), day(90))
    (one,) = found(world)
    assert one.money == 2500
    assert one.because == f"{notice.number} asks for a row of 99038803 beside this number from CN."
    page = signed_in(world, "robin").get("/checks/chapter-99/").content.decode()
    link = f'<a href="/notices/{notice.pk}/">Notice {notice.number}</a>'
    assert link in page
    assert signed_in(world, "robin").get(f"/notices/{notice.pk}/").status_code == 200


def test_who_was_not_told_of_the_notice_is_led_nowhere(world: World) -> None:
    """Nothing of the kind was traded when it went out: its number is named, and no address that would not open."""
    notice = published(world, **asks())
    lacks(world)
    assert found(world)
    robin = signed_in(world, "robin")
    page = robin.get("/checks/chapter-99/").content.decode()
    assert f"{notice.number} asks for a row of 99038803" in page
    assert str(notice.pk) not in page
    assert robin.get(f"/notices/{notice.pk}/").status_code == 404
    of_account = f"/accounts/{world.quillard.pk}/checks/chapter-99/"
    assert str(notice.pk) in signed_in(world, "hq").get(of_account).content.decode()


def test_said_again_it_is_the_same_row(world: World) -> None:
    notice = published(world, **asks())
    asking.ask(notice)
    asking.ask(notice)
    assert AdditionalDuty.objects.count() == 1
    with pytest.raises(ValidationError, match="published already"):
        notice.publish(by=second_person())


def test_a_notice_without_a_row_asks_for_none(world: World) -> None:
    published(world, **asks(chapter_99=""))
    assert not AdditionalDuty.objects.exists()


def test_a_scheduled_one_asks_when_it_goes_out(world: World) -> None:
    notice = draft(world, **asks(effective_date=day(20)))
    notice.submit(by=world.hq)
    at = timezone.now() + datetime.timedelta(hours=1)
    notice.schedule(at, by=second_person())
    assert not AdditionalDuty.objects.exists()
    notice.publish_scheduled(at + datetime.timedelta(minutes=1))
    assert AdditionalDuty.objects.coming_from(notice).get().first_entry_date == day(20)


@pytest.mark.parametrize(("how", "last"), [("corrects", None), ("supersedes", 29)])
def test_the_notice_that_takes_its_place_asks_in_its_stead(world: World, how: str, last: int | None) -> None:
    """A correction from the first day on; one that supersedes it from its own first day, and the old one until then."""
    old = published(world, **asks())
    new = old.successor(how, "65313740", by=world.hq)
    fields = {"effective_date": day(30)} if how == "supersedes" else {"late_reason": "A wrong rate."}
    Notice.objects.filter(pk=new.pk).update(rate_change=35, **fields)
    new.refresh_from_db()
    new.submit(by=world.hq)
    new.publish(by=second_person())
    kept = {one.about_id: one for one in AdditionalDuty.objects.all()}
    assert kept.pop(str(new.pk)).points == 35
    assert [one.last_entry_date for one in kept.values()] == ([day(last)] if last else [])


def test_taken_back_it_asks_for_nothing(world: World) -> None:
    lacks(world)
    notice = published(world, **asks())
    assert found(world)
    notice.retract(by=world.hq, why="The order was stayed.")
    assert not AdditionalDuty.objects.exists()
    assert not found(world)


@pytest.mark.parametrize(
    "fields",
    [
        {"chapter_99": "8501.10"},
        {"chapter_99": "99"},
        {"chapter_99": "9903.88.03.011"},
        {"rate_change": -10},
        {"rate_change": None, "duty_kind": "unknown"},
        {"rate_change": 5, "duty_kind": "replaces"},
        {"rate_change": None},
        {"ports": ["2704"]},
        {"manufacturers": ["CNSHE"]},
    ],
)
def test_a_row_that_no_check_could_look_for_is_refused(world: World, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        draft(world, **asks(**fields))
    assert "chapter_99" in refused.value.error_dict


def test_a_rate_of_named_accounts_asks_everybody_for_nothing(world: World) -> None:
    notice = draft(world, **asks(), accounts=[world.quillard])
    notice.submit(by=world.hq)
    with pytest.raises(ValidationError, match="named accounts"):
        notice.publish(by=second_person())
    with pytest.raises(ValidationError, match="named accounts"):
        notice.schedule(timezone.now() + datetime.timedelta(hours=1), by=second_person())
    notice.refresh_from_db()
    assert notice.state == Notice.State.REVIEW


def test_headquarters_writes_it_in_the_form_and_the_page_names_it(world: World) -> None:
    notice = published(world, **asks())
    lacks(world)
    client = signed_in(world, "hq")
    assert 'name="chapter_99"' in client.get("/admin/notices/notice/add/").content.decode()
    page = client.get(f"/notices/{notice.pk}/").content.decode()
    assert "9903.88.03 beside these goods" in page
    duty = AdditionalDuty.objects.get()
    of_notice = client.get(f"/admin/examinations/additionalduty/{duty.pk}/change/").content.decode()
    assert 'name="points"' not in of_notice, "it follows the notice"
    by_hand = AdditionalDuty.objects.create(
        notice="OLD", title="T", chapter_99="990380", hts_prefixes=["7208"], points=25, first_entry_date=day(-90)
    )
    assert 'name="points"' in client.get(f"/admin/examinations/additionalduty/{by_hand.pk}/change/").content.decode()
