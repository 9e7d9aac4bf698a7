"""The secret address of the dates: who may make it, what it opens, when it stops, and what is in the file."""

import datetime
import io
import logging
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Account, Membership
from accounts.scope import acting_for
from examinations.models import Examination
from notifications.models import Feed
from portal.dates.bound import Bound
from portal.dates.ical import ical_of
from portal.discretion import KeepsSecrets
from tests.named_people import World
from tests.portal.test_dates import bound  # noqa: F401
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def made(world: World, name: str = "robin", account: str = "quillard") -> str:
    """The path of a new secret address."""
    _, secret = Feed.make(getattr(world, account), by=world.people[name])
    return f"/feeds/{secret}.ics"


def read(path: str, **headers: str) -> Calendar:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


# ---- making and revoking -----------------------------------------------------------------------------------


def test_a_member_makes_an_address_sees_it_once_and_the_database_keeps_a_hash(bound: World) -> None:  # noqa: F811
    client = signed_in(bound, "robin")
    page = client.post("/dates/feeds/")
    text = page.content.decode()
    path = "/feeds/" + text.split("/feeds/")[1].split(".ics")[0] + ".ics"
    assert "no-store" in page["Cache-Control"]
    assert read(path).walk("VEVENT")
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    assert len(secret) == 43
    assert secret not in client.get("/dates/").content.decode()
    kept = Feed.objects.values().get()
    assert secret not in str(kept)


@pytest.mark.parametrize("name", ["jordan", "hq", "expert"])
def test_staff_makes_no_address(world: World, name: str) -> None:
    client = signed_in(world, name)
    assert client.post("/dates/feeds/").status_code == 404
    assert client.post(f"/accounts/{world.quillard.pk}/dates/feeds/").status_code == 404
    page = client.get(f"/accounts/{world.quillard.pk}/dates/").content.decode()
    assert "secret address" not in page
    with pytest.raises(ValidationError):
        Feed.make(world.quillard, by=world.people[name])


def test_an_address_is_made_for_ones_own_account_alone(world: World) -> None:
    client = signed_in(world, "sam")
    assert client.post(f"/accounts/{world.quillard.pk}/dates/feeds/").status_code == 404
    with pytest.raises(ValidationError):
        Feed.make(world.quillard, by=world.sam)


def test_five_are_enough(world: World) -> None:
    client = signed_in(world, "robin")
    for _ in range(5):
        made(world)
    answer = client.post("/dates/feeds/", follow=True)
    assert "revoke one first" in answer.content.decode()
    assert Feed.objects.count() == 5


def test_a_revoked_address_opens_nothing(world: World) -> None:
    path, other = made(world), made(world)
    feed = Feed.objects.order_by("pk")[0]
    assert signed_in(world, "robin").post(f"/dates/feeds/{feed.pk}/revoke/").status_code == 302
    assert Client().get(path).status_code == 404
    assert Client().get(other).status_code == 200


@pytest.mark.parametrize("name", ["lee", "sam", "billie", "jordan", "hq"])
def test_nobody_revokes_the_address_of_another(world: World, name: str) -> None:
    path = made(world)
    feed = Feed.objects.get()
    assert signed_in(world, name).post(f"/dates/feeds/{feed.pk}/revoke/").status_code == 404
    assert Client().get(path).status_code == 200


def test_making_and_revoking_ask_for_a_form_of_ours(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.robin, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post("/dates/feeds/").status_code == 403
    assert client.get("/dates/feeds/").status_code == 405
    assert not Feed.objects.exists()


# ---- when it stops -----------------------------------------------------------------------------------------


def test_what_is_wrong_revoked_or_lost_gets_the_same_answer(world: World) -> None:
    wrong = Client().get("/feeds/none.ics")
    revoked, left, inactive = (made(world, name) for name in ("robin", "lee", "robin"))
    Feed.objects.order_by("pk")[0].revoke(by=world.robin)
    Membership.objects.get(person=world.lee).end(by=world.hq)
    world.robin.is_active = False
    world.robin.save()
    for path in (revoked, left, inactive, "/feeds/none", "/feeds/%00.ics", "/feeds/" + "x" * 5000 + ".ics"):
        answer = Client().get(path)
        assert answer.status_code == 404, path
        assert answer.content == wrong.content


def test_somebody_who_left_and_came_back_makes_another(world: World) -> None:
    path = made(world, "lee")
    Membership.objects.get(person=world.lee).end(by=world.hq)
    Membership.objects.create(account=world.quillard, person=world.lee)
    assert Client().get(path).status_code == 404
    assert Client().get(made(world, "lee")).status_code == 200


def test_a_changed_role_ends_it(world: World) -> None:
    path = made(world)
    world.robin.role = "expert"
    world.robin.save()
    assert Client().get(path).status_code == 404


def test_who_asks_is_nobody_whoever_has_signed_in(bound: World) -> None:  # noqa: F811
    path = made(bound)
    client = signed_in(bound, "sam")
    assert b"ZZXU 430817-5" in client.get(path).content.replace(b"\r\n ", b"")
    assert "Quillard" not in client.get("/dates/").content.decode()


def test_asking_more_often_than_each_minute_is_refused_for_a_while(world: World) -> None:
    path, other = made(world), made(world)
    with mock.patch("portal.views.feeds.MOST_AN_HOUR", 2):
        assert [Client().get(path).status_code for _ in range(3)] == [200, 200, 429]
        assert Client().get(path)["Retry-After"] == "3600"
        assert Client().get(other).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_read(world: World, method: str) -> None:
    assert getattr(Client(), method)(made(world)).status_code == 405


# ---- row security ------------------------------------------------------------------------------------------


def test_a_secret_opens_its_own_row_alone_and_a_person_sees_their_own(world: World) -> None:
    path = made(world)
    made(world, "lee")
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    with acting_for(None):
        assert not Feed.objects.exists()
        found = Feed.of_secret(secret)
        assert found is not None
        assert found.person == world.robin
        assert not Feed.objects.exists()
    for name, count in (("robin", 1), ("lee", 1), ("sam", 0), ("jordan", 0), ("expert", 0), ("hq", 2)):
        with acting_for(world.people[name]):
            assert Feed.objects.count() == count, name
            assert Feed.objects.visible_to(world.people[name]).count() == count, name


def test_nobody_changes_the_address_of_another_even_without_a_filter(world: World) -> None:
    made(world)
    with acting_for(world.lee):
        assert Feed.objects.update(revoked_at=timezone.now()) == 0


# ---- the file ----------------------------------------------------------------------------------------------


def test_the_file_has_all_day_events_that_a_program_can_read(bound: World) -> None:  # noqa: F811
    calendar = read(made(bound))
    today = timezone.localdate()
    assert (calendar["VERSION"], str(calendar.calendar_name)) == ("2.0", "Dates of Quillard Electric")
    events = {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}
    event = events["Bond 991234567 ends"]
    assert event["DTSTART"].dt == today + 14 * DAY
    assert event["DTEND"].dt == today + 15 * DAY
    assert not isinstance(event["DTSTART"].dt, datetime.datetime)
    assert event["DTSTAMP"].dt.tzinfo is not None
    assert "files nothing" in event["DESCRIPTION"]
    assert len({str(one["UID"]) for one in calendar.walk("VEVENT")}) == len(calendar.walk("VEVENT"))


def test_a_program_that_asks_again_gets_the_same_ids_and_nothing_new(bound: World) -> None:  # noqa: F811
    path = made(bound)
    first = Client().get(path)
    again = Client().get(path)
    assert again.content == first.content
    assert first["Cache-Control"] == "private, no-cache"
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    Examination.objects.filter(number="EX-HELD").update(container="ZZXU1111111")
    changed = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    ids = [{str(event["UID"]) for event in Calendar.from_ical(one.content).walk("VEVENT")} for one in (first, changed)]
    assert ids[0] == ids[1]


def test_lines_are_folded_end_as_the_rule_says_and_carry_no_second_event() -> None:
    account = Account(name="Ünlimited; Goods, Ltd.\nBEGIN:VEVENT")
    title = "Last day, " + "é" * 200 + "\r\nBEGIN:VEVENT\r\nSUMMARY:forged"
    file = ical_of(account, [Bound(datetime.date(2026, 12, 1), "k-1", title, "/x/")], datetime.date(2026, 11, 25))
    lines = file.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    assert {b"REFRESH-INTERVAL;VALUE=DURATION:PT12H", b"X-PUBLISHED-TTL:PT12H"} < set(lines)
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert str(event["SUMMARY"]).startswith("Last day, é")
    assert str(Calendar.from_ical(file).calendar_name) == "Dates of Ünlimited; Goods, Ltd. BEGIN:VEVENT"


def test_nothing_of_law_enforcement_and_no_amount_is_in_the_file(bound: World) -> None:  # noqa: F811
    Examination.objects.filter(number="EX-REVIEW-OPEN").update(presented=timezone.localdate())
    text = Client().get(made(bound)).content.replace(b"\r\n ", b"").decode()
    review = bound.examinations["review_open"]
    assert f"/examinations/{review.pk}/" not in text
    for word in ("TARGETED", "Targeted", "RANDOM", "random", "score", "1,200", "$"):
        assert word not in text


def test_the_page_says_when_an_address_was_read(world: World) -> None:
    path = made(world)
    assert "not read yet" in signed_in(world, "robin").get("/dates/").content.decode()
    read(path)
    assert "last read" in signed_in(world, "robin").get("/dates/").content.decode()


def test_no_line_of_the_log_has_a_secret(world: World) -> None:
    path = made(world)
    Feed.objects.get().revoke(by=world.robin)
    (console,) = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    assert any(isinstance(part, KeepsSecrets) for part in console.filters)
    written = io.StringIO()
    before = console.setStream(written)
    try:
        Client().get(path)
    finally:
        console.setStream(before)
    assert "Not Found: /feeds/…" in written.getvalue()
    assert path.removeprefix("/feeds/").removesuffix(".ics") not in written.getvalue()
