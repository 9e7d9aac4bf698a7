"""Access that nobody uses: warned of, closed on the day that the warning named, and open again without a telephone call."""

import datetime
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.access import reach
from accounts.lapsing import settle_lapses
from accounts.models import ApiToken, Lapse, Membership, Person
from notifications import sending
from notifications.models import Message
from portal.admitting import tell_of_lapses
from tests.mail_servers import Post, text_of
from tests.named_people import PASSWORD, World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def unused(person: Person, days: int) -> None:
    """As if they had been here all along, and last so many days ago."""
    day = timezone.localdate() - datetime.timedelta(days=days)
    then = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    Person.objects.filter(pk=person.pk).update(last_login=then, created_at=then - 300 * DAY)
    Membership.objects.filter(person=person).update(created_at=then - 300 * DAY)


def closed(world: World) -> Lapse:
    today = timezone.localdate()
    unused(world.lee, 50)
    settle_lapses(today - 7 * DAY)
    settle_lapses(today)
    return Lapse.objects.get(person=world.lee)


@pytest.mark.parametrize(("days", "warned"), [(37, 0), (38, 1), (44, 1), (400, 1)])
def test_the_warning_is_due_or_not_yet(world: World, days: int, warned: int) -> None:
    today = timezone.localdate()
    unused(world.lee, days)
    assert settle_lapses(today) == {"used": 0, "closed": 0, "warned": warned}
    assert settle_lapses(today)["warned"] == 0
    if warned:
        one = Lapse.objects.get()
        assert one.closes_on == max(today + 7 * DAY, one.unused_since + 45 * DAY)
        assert settle_lapses(one.closes_on - DAY)["closed"] == 0
        assert reach(world.lee).own
        assert settle_lapses(one.closes_on + 3 * DAY)["closed"] == 1  # the scheduler stood still meanwhile
        assert settle_lapses(one.closes_on + 3 * DAY)["closed"] == 0


def test_nobody_is_closed_without_a_warning_of_seven_days(world: World) -> None:
    """Also on the first day of an installation whose people were away for a year."""
    unused(world.lee, 400)
    settle_lapses(timezone.localdate())
    assert Lapse.objects.get().closed_on is None


def test_signing_in_or_a_program_that_reads_calls_it_off(world: World) -> None:
    today = timezone.localdate()
    for person in (world.lee, world.sam):
        unused(person, 40)
    token, _ = ApiToken.objects.issue(world.sam, "nightly", by=world.sam)
    assert settle_lapses(today)["warned"] == 2
    signed_in(world, "lee")
    ApiToken.objects.filter(pk=token.pk).update(last_used=timezone.now())
    assert settle_lapses(today)["used"] == 2
    assert settle_lapses(today + 10 * DAY) == {"used": 0, "closed": 0, "warned": 0}


def test_staff_and_who_has_left_are_not_warned(world: World) -> None:
    for person in world.people.values():
        unused(person, 100)
    Membership.objects.filter(person=world.lee).update(ended_at=timezone.now())
    Person.objects.filter(pk=world.sam.pk).update(is_active=False)
    settle_lapses(timezone.localdate())
    assert {one.person for one in Lapse.objects.all()} == {world.robin, world.billie}


def test_closed_access_opens_nothing_and_the_sign_in_says_how_to_come_back(world: World) -> None:
    _, text = ApiToken.objects.issue(world.lee, "nightly", by=world.lee)
    client = signed_in(world, "lee")
    closed(world)
    assert reach(world.lee).own == frozenset()
    assert client.get("/entries/").status_code in (302, 404)
    assert Client().get("/api/v1/entry-lines/", headers={"Authorization": f"Token {text}"}).status_code == 401
    answer = Client().post("/sign-in/", {"login": world.lee.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "Your access is closed" in answer.content.decode()
    wrong = Client().post("/sign-in/", {"login": world.lee.email, "password": "not-the-password"})
    assert "closed" not in wrong.content.decode()  # only who knows the password is told


def test_the_mail_leads_back_once_and_both_mails_are_told_once(world: World, post: Post) -> None:
    today = timezone.localdate()
    unused(world.lee, 40)
    settle_lapses(today)
    assert (tell_of_lapses(), tell_of_lapses()) == (1, 0)
    settle_lapses(today + 7 * DAY)
    assert (tell_of_lapses(), tell_of_lapses()) == (1, 0)
    sending.send_all()
    warning, over = post.of(world.lee.email)
    assert "unless you sign in" in warning["Subject"]
    found = re.search(r"http://127\.0\.0\.1:8000(/sign-in/forgotten/[0-9a-f]{32}-\S+/)", text_of(over))
    assert found
    assert found[1].split("-", 2)[2] not in "".join(Message.objects.values_list("text", flat=True))
    client = Client()
    form = client.get(found[1])["Location"]
    assert Lapse.objects.closed().exists()  # a mail scanner opens nothing
    new = "another-long-password-7"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    one = Lapse.objects.get()
    assert (one.ended_by, one.ended_at is not None) == (world.lee, True)
    assert Client().post("/sign-in/", {"login": world.lee.email, "password": new})["Location"] == "/"
    assert reach(world.lee).own
    assert settle_lapses(today + 8 * DAY) == {"used": 0, "closed": 0, "warned": 0}


def test_password_forgotten_is_a_way_back_too(world: World, mailoutbox: Any) -> None:
    closed(world)
    Client().post("/sign-in/forgotten/", {"email": world.lee.email})
    assert [mail.to for mail in mailoutbox] == [[world.lee.email]]


def test_a_colleague_who_manages_people_opens_it_again(world: World) -> None:
    one, address = closed(world), f"/people/{world.lee.memberships.get().pk}/"
    assert "closed since" in signed_in(world, "robin").get("/people/").content.decode()
    assert signed_in(world, "robin").post(address, {"do": "renew"}).status_code == 302
    one.refresh_from_db()
    assert one.ended_by == world.robin
    assert Client().post("/sign-in/", {"login": world.lee.email, "password": PASSWORD}).status_code == 302
    assert signed_in(world, "robin").post(address, {"do": "renew"}).status_code == 404


@pytest.mark.parametrize("name", ["sam", "billie", "jordan", "expert"])
def test_nobody_else_opens_it_again(world: World, name: str) -> None:
    one = closed(world)
    with pytest.raises(PermissionDenied):
        one.renew(by=world.people[name])
    base = f"/accounts/{world.quillard.pk}"
    signed_in(world, name).post(f"{base}/people/{world.lee.memberships.get().pk}/", {"do": "renew"})
    assert Lapse.objects.closed().exists()


def test_a_mailbox_opens_no_sign_in_that_was_closed_for_another_reason(world: World) -> None:
    one = closed(world)
    Person.objects.filter(pk=world.lee.pk).update(is_active=False)
    one.person.refresh_from_db()
    with pytest.raises(PermissionDenied):
        one.renew(by=world.lee)
