"""From draft to published, corrected, superseded and retracted: each step by whom, with its history."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.scope import acting_for
from examinations.models import DutyChange
from notices import previewing
from notices.models import LeadTime, Notice
from notices.models.step import Step
from notices.moving import moves_of
from notices.tasks import publish_due
from notifications.models import Delivery
from tests.named_people import World
from tests.notices.test_pages import signed_in
from tests.notices.writing import draft, published, second_person

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2000, 1, 1)


def ahead(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def duty(**fields: Any) -> dict[str, Any]:
    return {"hts_prefixes": ["8501"], "countries": ["CN"], "rate_change": 25, "effective_date": ahead(40)} | fields


def done(notice: Notice) -> list[str]:
    return list(notice.steps.values_list("what", flat=True))


def test_it_goes_from_draft_by_review_to_publication_each_step_written_down(world: World) -> None:
    second = second_person()
    with acting_for(world.hq):
        notice = draft(world)
        notice.submit(by=world.hq)
        assert not notice.can_be_edited
    with acting_for(second):
        notice.send_back(by=second, why="Name the port.")
    with acting_for(world.hq):
        notice.submit(by=world.hq)
    with acting_for(second):
        assert notice.publish(by=second) == 6
    assert done(notice) == ["written", "submitted", "sent_back", "submitted", "published"]
    assert Step.objects.get(what="sent_back").words == "Name the port."
    assert (notice.published_by, notice.author) == (second, world.hq)
    with acting_for(world.robin):
        assert not Step.objects.exists()


def test_its_history_tells_the_day_of_new_york(world: World) -> None:
    notice = draft(world)
    evening = datetime.datetime(2026, 3, 11, 3, 30, tzinfo=datetime.UTC)  # half past eleven of the day before
    Step.objects.filter(notice=notice).update(at=evening)
    page = signed_in(second_person()).get(f"/admin/notices/notice/{notice.pk}/change/").content.decode()
    assert "Written by" in page
    assert "on 03/10/2026" in page


@pytest.mark.parametrize("later", [False, True])
def test_its_author_and_whoever_changed_it_last_do_not_publish_it(world: World, later: bool) -> None:
    notice = draft(world)
    Notice.objects.filter(pk=notice.pk).update(edited_by=second_person())
    notice.submit(by=world.hq)
    for person in (world.hq, second_person()):
        with pytest.raises(ValidationError, match="second person"):
            notice.schedule(timezone.now() + datetime.timedelta(hours=1), by=person) if later else notice.publish(
                by=person
            )
    for person in (world.robin, world.jordan):
        with pytest.raises(PermissionDenied):
            notice.publish(by=person)
    assert not Delivery.objects.exists()


def test_a_draft_goes_nowhere_before_somebody_sends_it_for_review(world: World) -> None:
    notice, moment = draft(world), timezone.now() + datetime.timedelta(hours=1)
    with pytest.raises(ValidationError, match="review"):
        notice.publish(by=second_person())
    with pytest.raises(ValidationError, match="review"):
        notice.schedule(moment, by=second_person())
    with pytest.raises(PermissionDenied):
        notice.submit(by=world.jordan)
    notice.submit(by=world.hq)
    notice.send_back(by=second_person(), why="Name the port.")
    with pytest.raises(ValidationError, match="review"):
        notice.publish(by=second_person())
    notice.refresh_from_db()
    assert (notice.state, done(notice)) == ("draft", ["written", "submitted", "sent_back"])
    assert not Delivery.objects.exists()
    assert not {"publish", "schedule"} & {move.name for move in moves_of(notice)}


def test_what_is_scheduled_goes_out_when_its_moment_has_come_and_once(world: World) -> None:
    notice, now = draft(world), timezone.now()
    notice.submit(by=world.hq)
    with pytest.raises(ValidationError, match="ahead"):
        notice.schedule(now, by=second_person())
    notice.schedule(now + datetime.timedelta(hours=2), by=second_person())
    assert not Notice.objects.due(now).exists()
    with pytest.raises(ValidationError):
        notice.publish_scheduled(now)
    with pytest.raises(ValidationError):
        notice.publish(by=second_person())
    later = now + datetime.timedelta(hours=3)
    assert Notice.objects.due(later).get().publish_scheduled(later) == 6
    assert not Notice.objects.due(later).exists()
    with pytest.raises(ValidationError):
        notice.publish_scheduled(later)
    assert done(notice) == ["written", "submitted", "scheduled", "published"]


def test_what_was_scheduled_can_be_called_off_and_changed(world: World) -> None:
    notice = draft(world)
    notice.submit(by=world.hq)
    notice.schedule(timezone.now() + datetime.timedelta(hours=2), by=second_person())
    notice.call_off(by=world.hq)
    assert notice.can_be_edited
    assert notice.publish_at is None
    assert not Notice.objects.due(timezone.now() + datetime.timedelta(days=1)).exists()


def test_before_its_publication_it_takes_effect_only_with_a_reason(world: World) -> None:
    notice = draft(world, effective_date=ahead(-1))
    notice.submit(by=world.hq)
    with pytest.raises(ValidationError, match="before it is published"):
        notice.publish(by=second_person())
    Notice.objects.filter(pk=notice.pk).update(late_reason="A court decided it yesterday.")
    notice.publish(by=second_person())
    assert notice.days_ahead == -1


@pytest.mark.parametrize("name", ["comments_due", "respond_by", "stop_date"])
def test_nothing_is_due_before_it_is_published(world: World, name: str) -> None:
    notice = draft(world, **{name: ahead(-1)})
    notice.submit(by=world.hq)
    with pytest.raises(ValidationError, match="before it is published"):
        notice.publish(by=second_person())


def test_nothing_of_it_is_sent_after_its_stop_date(world: World) -> None:
    notice = published(world, stop_date=ahead(3))
    stops = Delivery.objects.first().message.stop_after
    assert timezone.localdate(stops) == ahead(4)
    assert timezone.localtime(stops).time() == datetime.time()
    assert notice.stop_date == ahead(3)


def test_a_correction_takes_its_place_and_is_told_to_whoever_was_told_before(world: World) -> None:
    old = published(world, accounts=[world.quillard])
    with pytest.raises(ValidationError):
        old.successor("corrects", old.number, by=world.hq)
    new = old.successor("corrects", "65313730", by=world.hq)
    assert (new.body, new.state, old.state, list(new.accounts.all())) == (
        old.body,
        "draft",
        "published",
        [world.quillard],
    )
    new.accounts.set([world.stranger])
    new.submit(by=world.hq)
    assert new.publish(by=second_person()) == 5  # three who knew the old one, and Stranger's two
    old.refresh_from_db()
    assert (old.state, done(old)[-1]) == ("corrected", "corrected")
    assert old.ended_at is not None
    assert set(Delivery.objects.filter(message__about_id=str(old.pk)).values_list("state", flat=True)) == {"stopped"}


def test_of_two_that_supersede_the_same_only_the_first_is_published(world: World) -> None:
    old = published(world)
    first, second = (old.successor("supersedes", number, by=world.hq) for number in ("65313731", "65313732"))
    for one in (first, second):
        one.submit(by=world.hq)
    first.publish(by=second_person())
    with pytest.raises(ValidationError, match="superseded already"):
        second.publish(by=second_person())
    old.refresh_from_db()
    second.refresh_from_db()
    assert (old.state, second.state) == ("superseded", "review")


def test_what_it_says_of_duty_is_announced_and_taken_back_with_it(world: World) -> None:
    notice = published(world, **duty(exempt_hts_prefixes=["8501.10"], exempt_spi_codes=["S"]))
    change = DutyChange.objects.coming_from(notice).get()
    assert (change.prefixes, change.excluded_prefixes, change.origins) == (["8501"], ["850110"], ["CN"])
    assert (change.points, change.exempt_preferences, change.first) == (25, ["S"], notice.effective_date)
    new = notice.successor("corrects", "65313733", by=world.hq)
    Notice.objects.filter(pk=new.pk).update(rate_change=10)
    new.submit(by=world.hq)
    new.publish(by=second_person())
    assert list(DutyChange.objects.order_by("pk").values_list("points", "state")) == [
        (25, "withdrawn"),
        (10, "announced"),
    ]
    new.retract(by=world.hq, why="The order was stayed.")
    assert set(DutyChange.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_a_change_by_quota_is_announced_without_points(world: World) -> None:
    notice = published(world, **duty(rate_change=None, duty_kind="unknown"))
    assert DutyChange.objects.coming_from(notice).get().points is None


def test_codes_are_kept_in_one_form_however_they_were_written(world: World) -> None:
    notice = draft(world, hts_prefixes=["8501.32.0100", "8501320100"], countries=["cn"], adcvd_cases=["A-570-967-001"])
    assert (notice.hts_prefixes, notice.countries, notice.adcvd_cases) == (["8501320100"], ["CN"], ["A570967001"])


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (duty(rate_change=None, duty_kind="adds"), "rate_change"),
        (duty(rate_change=25, duty_kind="unknown"), "rate_change"),
        (duty(rate_change=-1, duty_kind="replaces"), "rate_change"),
        (duty(hts_prefixes=[], countries=[]), "hts_prefixes"),
        (duty(effective_date=None), "effective_date"),
        (duty(last_entry_date=TODAY), "last_entry_date"),
        (duty(hts_prefixes=["9903.88.03"]), "hts_prefixes"),
        (duty(hts_prefixes=["8501", "9903.88"], rate_change=0, duty_kind="replaces"), "hts_prefixes"),
        ({"number": "no number"}, "number"),
        ({"title": ""}, "title"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_field(world: World, fields: dict[str, Any], wrong: str) -> None:
    given = {"number": "65313729", "title": "A change", "body": "It changes."} | fields
    with pytest.raises(ValidationError) as error:
        Notice.objects.draft(by=world.hq, **given)
    assert wrong in error.value.message_dict


def test_what_is_promised_is_kept_with_what_was_published(world: World) -> None:
    first = published(world, "65313701", subject="ruling")
    LeadTime.objects.create(subject="ruling", days=90)
    LeadTime.objects.create(subject="fee", days=None)
    second = published(world, "65313702", subject="ruling")
    found = [first, second, *(published(world, f"6531371{n}", subject=one) for n, one in enumerate(("fee", "tariff")))]
    assert [one.promised_days for one in found] == [60, 90, None, None]


def test_the_preview_of_what_takes_its_place_counts_whoever_was_told_of_the_first(world: World) -> None:
    old = published(world, accounts=[world.quillard, world.stranger])
    new = old.successor("corrects", "65313732", by=world.hq)
    new.accounts.set([world.quillard])
    before = previewing.of(new)
    assert before.accounts == 1
    new.submit(by=world.hq)
    assert new.publish(by=second_person()) == before.people
    assert before.people > previewing.of(draft(world, "65313733", accounts=[world.quillard])).people


def test_headquarters_first_page_names_what_was_approved_and_did_not_go_out(world: World) -> None:
    notice = draft(world, effective_date=ahead(3))
    notice.submit(by=world.hq)
    notice.schedule(timezone.now() + datetime.timedelta(hours=1), by=second_person())
    assert "did not go out" not in signed_in(world.hq).get("/").content.decode()
    past = timezone.now() - datetime.timedelta(days=5)
    Notice.objects.filter(pk=notice.pk).update(
        publish_at=past, effective_date=timezone.localdate() - datetime.timedelta(days=2)
    )
    assert publish_due() == 0
    page = signed_in(world.hq).get("/").content.decode()
    assert "?state__exact=scheduled" in page
    assert "approved notice did not go out" in page
    assert f"{timezone.localtime(past):%b}" in signed_in(world.hq).get("/admin/notices/notice/").content.decode()
