"""Each person is told the way that they chose; the inbox has everything."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Person
from accounts.scope import acting_for
from notifications import digests, kinds, queue, reports, sending
from notifications.models import Delivery, HowTold, Message
from tests.mail_servers import Post, text_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def tell(world: World, subject: str = "A change", topic: str = "notice", **fields: Any) -> Message:
    """Tell the two members of Quillard and its manager, as a notice does."""
    message = Message.objects.create(
        key=f"test:{subject}", topic=topic, subject=subject, text=f"{subject} comes.\n\nMore.", path="/", **fields
    )
    rows = Membership.objects.filter(account=world.quillard).values_list("person", "account")
    queue.tell(message, [rows])
    return message


def choose(person: Person, how: str, kind: str = "changes", **more: Any) -> HowTold:
    return HowTold.choose(person, {kind: how}, by=person, **more)


def row(message: Message, person: Person) -> Delivery:
    return message.deliveries.get(person=person)


def let_mornings_pass(days: int = 8) -> None:
    """As if everything had been told so many days ago."""
    Delivery.objects.filter(state="queued").update(due_at=timezone.now() - days * DAY)


def test_who_chose_nothing_is_told_at_once(world: World, post: Post) -> None:
    message = tell(world)
    assert row(message, world.robin).channel == "mail"
    assert sending.send_all() == 2


@pytest.mark.parametrize(("how", "channel", "state"), [
    ("daily", "daily", "queued"), ("weekly", "weekly", "queued"), ("portal", "portal", "delivered"),
])  # fmt: skip
def test_the_choice_of_one_changes_nothing_for_another(
    world: World, post: Post, how: str, channel: str, state: str
) -> None:
    choose(world.robin, how)
    message = tell(world)
    mine = row(message, world.robin)
    assert (mine.channel, mine.state) == (channel, state)
    assert sending.send_all() == 1
    assert post.to == [world.lee.email]
    assert Delivery.objects.inbox_of(world.robin).count() == 1


def test_what_asks_for_action_waits_for_no_digest(world: World, post: Post) -> None:
    choose(world.robin, "weekly")
    message = tell(world, asks=True)
    assert row(message, world.robin).channel == "mail"
    with pytest.raises(ValidationError):
        choose(world.robin, "daily", kinds.ASKED)


def test_a_choice_is_about_its_kind_alone_and_new_topics_have_one(world: World) -> None:
    choose(world.robin, "portal")
    assert row(tell(world, "Found", topic="trend"), world.robin).channel == "mail"
    choose(world.robin, "daily", kinds.OTHER)
    assert row(tell(world, "New", topic="a topic of tomorrow"), world.robin).channel == "daily"
    assert row(tell(world, "Join", topic="invitation"), world.robin).channel == "mail"


def test_told_again_in_another_way_is_told_once(world: World) -> None:
    message = tell(world)
    choose(world.robin, "daily")
    rows = Membership.objects.filter(account=world.quillard).values_list("person", "account")
    assert queue.tell(message, [rows]) == 0
    assert message.deliveries.count() == 2


def test_people_told_one_by_one_are_told_their_way_too(world: World) -> None:
    choose(world.robin, "weekly")
    choose(world.lee, "portal")
    message = Message(key="each", topic="notice", subject="A change", text="It comes.")
    assert queue.tell_each([(message, world.quillard.pk, [world.robin.pk, world.lee.pk, world.sam.pk])]) == 1
    found = dict(message.deliveries.values_list("person__name", "channel"))
    assert found == {world.robin.name: "weekly", world.lee.name: "portal", world.sam.name: "mail"}


def test_nobody_chooses_for_another_and_nonsense_is_refused(world: World) -> None:
    for choices in ({"changes": "hourly"}, {"no kind": "now"}):
        with pytest.raises(ValidationError):
            HowTold.choose(world.robin, choices, by=world.robin)
    for actor in (world.hq, world.lee):
        with pytest.raises(ValidationError):
            HowTold.choose(world.robin, {"changes": "portal"}, by=actor)
    with pytest.raises(ValidationError):
        choose(world.robin, "daily", time_zone="Mars/Olympus")
    assert not HowTold.objects.exists()


def test_row_security_shows_each_their_own_choices(world: World) -> None:
    choose(world.robin, "daily")
    for name, count in {"robin": 1, "lee": 0, "jordan": 0, "hq": 1, "expert": 0}.items():
        with acting_for(world.people[name]):
            assert HowTold.objects.count() == count, name
        assert HowTold.objects.visible_to(world.people[name]).count() == count  # type: ignore[attr-defined]


def test_what_waits_follows_a_new_choice(world: World, post: Post) -> None:
    choose(world.robin, "weekly")
    message = tell(world)
    with acting_for(world.robin):
        choose(world.robin, "daily")
    assert row(message, world.robin).channel == "daily"
    with acting_for(world.robin):
        choose(world.robin, "portal")
    assert (row(message, world.robin).channel, row(message, world.robin).state) == ("portal", "delivered")
    assert sending.send_all() == 1


# ---- digests -----------------------------------------------------------------------------------------------


def test_one_digest_carries_what_waited_and_settles_it(world: World, post: Post) -> None:
    choose(world.robin, "daily")
    choose(world.robin, "weekly", "findings")
    first, second = tell(world, "A change"), tell(world, "A trend", topic="trend")
    let_mornings_pass()
    Delivery.objects.filter(person=world.lee).update(state="stopped")
    assert digests.gather() == 1
    assert digests.gather() == 0
    assert sending.send_all() == 1
    (mail,) = post.mails
    assert mail["To"] == world.robin.email
    assert mail["Subject"] == "2 messages: A change and more"
    assert "A change comes." in text_of(mail)
    assert "A trend comes." in text_of(mail, "html")
    assert {row(one, world.robin).state for one in (first, second)} == {"sent"}
    assert Delivery.objects.inbox_of(world.robin).count() == 2  # the digest itself is no news


@pytest.mark.parametrize(
    ("how", "told", "now", "due"),
    [
        # A Wednesday; the clock of New York is five hours behind in winter.
        ("daily", "2026-01-07 10:00", "2026-01-07 11:59", 0),
        ("daily", "2026-01-07 10:00", "2026-01-07 12:01", 1),
        ("daily", "2026-01-07 12:30", "2026-01-07 20:00", 0),
        ("daily", "2026-01-07 12:30", "2026-01-10 03:00", 1),  # an outage: late, and once
        ("weekly", "2026-01-07 10:00", "2026-01-11 23:00", 0),
        ("weekly", "2026-01-07 10:00", "2026-01-12 12:01", 1),  # Monday, seven in the morning
        ("weekly", "2026-01-12 12:30", "2026-01-18 12:30", 0),
    ],
)
def test_a_digest_is_due_in_its_readers_morning(
    world: World, monkeypatch: pytest.MonkeyPatch, how: str, told: str, now: str, due: int
) -> None:
    choose(world.robin, how)
    message = tell(world)
    message.deliveries.filter(person=world.robin).update(due_at=f"{told}+00:00")
    monkeypatch.setattr(digests, "GATHER", digests.GATHER.replace("now() AT", f"'{now}+00:00'::timestamptz AT"))
    assert digests.gather() == due


def test_a_morning_is_that_of_the_readers_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(world.robin, "daily", time_zone="Pacific/Honolulu")
    message = tell(world)
    message.deliveries.filter(person=world.robin).update(due_at="2026-01-07 10:00+00:00")
    at = digests.GATHER
    monkeypatch.setattr(digests, "GATHER", at.replace("now() AT", "'2026-01-07 16:59+00:00'::timestamptz AT"))
    assert digests.gather() == 0
    monkeypatch.setattr(digests, "GATHER", at.replace("now() AT", "'2026-01-07 17:01+00:00'::timestamptz AT"))
    assert digests.gather() == 1


def test_what_is_stopped_after_gathering_is_not_in_the_digest(world: World, post: Post) -> None:
    choose(world.robin, "daily")
    kept, taken_back = tell(world, "Kept"), tell(world, "Taken back")
    let_mornings_pass()
    digests.gather()
    queue.stop(taken_back)
    sending.send_all()
    (mail,) = [one for one in post.mails if one["To"] == world.robin.email]
    assert mail["Subject"] == "Kept"
    assert "Taken back" not in text_of(mail)
    assert (row(kept, world.robin).state, row(taken_back, world.robin).state) == ("sent", "stopped")


def test_a_digest_with_nothing_left_is_not_sent(world: World, post: Post) -> None:
    choose(world.robin, "daily")
    message = tell(world)
    let_mornings_pass()
    digests.gather()
    queue.stop(message)
    assert sending.send_all() == 0
    assert post.mails == []
    assert Delivery.objects.get(message__topic="digest").state == "stopped"


def test_who_left_the_account_reads_nothing_of_it_in_a_digest(world: World, post: Post) -> None:
    choose(world.robin, "daily")
    message = tell(world)
    let_mornings_pass()
    digests.gather()
    Membership.objects.get(person=world.robin).end(by=None)
    Delivery.objects.filter(person=world.lee).update(state="stopped")
    assert sending.send_all() == 0
    assert row(message, world.robin).state == "stopped"


def test_a_refused_digest_says_so_of_what_it_carried(world: World, post: Post) -> None:
    post.answer = lambda address, nth: "550 5.7.1 no"
    choose(world.robin, "daily")
    message = tell(world)
    let_mornings_pass()
    digests.gather()
    sending.send_all()
    assert (row(message, world.robin).state, row(message, world.robin).last_error) == ("failed", "SMTP 550 5.7.1")


@pytest.mark.parametrize(("ends", "state"), [("came back", "suppressed"), ("left", "stopped")])
def test_what_a_digest_carried_that_is_not_sent_waits_for_it_no_more(
    world: World, post: Post, ends: str, state: str
) -> None:
    """An address whose mail came back is known before the digest is claimed; the inbox says so of each message."""
    choose(world.robin, "daily")
    message = tell(world)
    let_mornings_pass()
    digests.gather()
    if ends == "came back":
        reports.suppress(world.robin.email, "bounce", "5.1.1")
    else:
        Person.objects.filter(pk=world.robin.pk).update(is_active=False)
    sending.send_all()
    assert row(message, world.robin).state == state
    assert not post.of(world.robin.email)


# ---- pages -------------------------------------------------------------------------------------------------


def test_the_inbox_has_ones_own_messages_and_looking_reads_none(world: World) -> None:
    message = tell(world)
    client = signed_in(world, "robin")
    page = client.get("/inbox/").content.decode()
    assert "1 message is" in page
    assert "A change" in page
    told = row(message, world.robin)
    assert client.get(f"/inbox/{told.pk}/").status_code == 200
    told.refresh_from_db()
    assert told.read_at is None
    assert client.post(f"/inbox/{told.pk}/read/").status_code == 302
    told.refresh_from_db()
    assert told.read_at
    assert row(message, world.lee).read_at is None
    assert "Everything" in client.get("/inbox/").content.decode()


@pytest.mark.parametrize("name", ["lee", "sam", "jordan", "hq", "expert"])
def test_nobody_opens_or_reads_the_message_of_another(world: World, name: str) -> None:
    told = row(tell(world), world.robin)
    client = signed_in(world, name)
    assert client.get(f"/inbox/{told.pk}/").status_code == 404
    assert client.post(f"/inbox/{told.pk}/read/").status_code == 404
    told.refresh_from_db()
    assert told.read_at is None


def test_marking_everything_marks_ones_own(world: World) -> None:
    message, other = tell(world), tell(world, "Another")
    signed_in(world, "robin").post("/inbox/read/")
    assert set(Delivery.objects.filter(read_at=None).values_list("person", "message")) == {
        (world.lee.pk, message.pk),
        (world.lee.pk, other.pk),
    }


@pytest.mark.parametrize(
    "asked", ["kind=nonsense", "kind=%00", "unread=2", "page=zzz", "page=-4", "all=x", "page=99999"]
)
def test_filters_of_nonsense_filter_nothing(world: World, asked: str) -> None:
    tell(world)
    answer = signed_in(world, "robin").get(f"/inbox/?{asked}")
    assert answer.status_code == 200
    assert "A change" in answer.content.decode()


def test_the_inbox_narrows_by_kind_and_by_what_is_unread(world: World) -> None:
    tell(world, "A change")
    read = tell(world, "A trend", topic="trend")
    read.deliveries.update(read_at=timezone.now())
    client = signed_in(world, "robin")
    assert "A trend" not in client.get("/inbox/?kind=changes").content.decode()
    assert "A trend" not in client.get("/inbox/?unread=1").content.decode()
    assert "A change" not in client.get("/inbox/?kind=findings").content.decode()


def whole_form(**changed: str) -> dict[str, str]:
    return dict.fromkeys(kinds.KINDS, kinds.AT_ONCE) | {"time_zone": "America/Chicago"} | changed


@pytest.mark.parametrize("name", ["robin", "jordan", "expert", "hq"])
def test_everybody_chooses_on_the_page(world: World, name: str) -> None:
    client = signed_in(world, name)
    assert client.get("/inbox/how/").status_code == 200
    assert client.post("/inbox/how/", whole_form(changes="weekly")).status_code == 302
    told = HowTold.objects.get()
    assert (told.person, told.of("changes"), told.time_zone) == (world.people[name], "weekly", "America/Chicago")
    assert "of 1 in a digest" in client.get("/inbox/how/").content.decode()


@pytest.mark.parametrize("wrong", [{"changes": "hourly"}, {"asked": "daily"}, {"changes": ""}, {"time_zone": "Mars"}])
def test_the_page_refuses_what_cannot_be_chosen_and_keeps_nothing(world: World, wrong: dict[str, str]) -> None:
    answer = signed_in(world, "robin").post("/inbox/how/", whole_form(**wrong))
    assert answer.status_code == 200
    assert "usa-error-message" in answer.content.decode()
    assert not HowTold.objects.exists()


# ---- one click ---------------------------------------------------------------------------------------------


def address_in(post: Post, to: str) -> str:
    (mail,) = post.of(to)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    header = str(mail["List-Unsubscribe"])
    assert header.startswith("<http")
    return "/unsubscribe/" + header.rstrip(">").partition("/unsubscribe/")[2]


def test_one_click_turns_the_kind_off_without_signing_in_and_looking_does_not(world: World, post: Post) -> None:
    tell(world)
    sending.send_all()
    address, client = address_in(post, world.robin.email), Client(enforce_csrf_checks=True)
    page = client.get(address)
    assert page.status_code == 200
    assert "Changes ahead" in page.content.decode()
    assert world.robin.name not in page.content.decode()
    assert not HowTold.objects.exists()
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert HowTold.objects.get().choices == {"changes": "portal"}
    assert HowTold.objects.get().person == world.robin
    assert row(tell(world, "The next"), world.robin).channel == "portal"


def test_one_click_in_a_digest_turns_digests_off(world: World, post: Post) -> None:
    choose(world.robin, "daily")
    choose(world.robin, "now", "findings")
    tell(world)
    let_mornings_pass()
    Delivery.objects.filter(person=world.lee).update(state="stopped")
    digests.gather()
    sending.send_all()
    Client().post(address_in(post, world.robin.email))
    assert HowTold.objects.get().choices == {"changes": "portal", "findings": "now"}


@pytest.mark.parametrize("change", ["x", "", ":", "%00", "0" * 3000])
def test_an_address_that_we_did_not_sign_turns_nothing_off(world: World, post: Post, change: str) -> None:
    tell(world)
    sending.send_all()
    address = address_in(post, world.robin.email)
    forged = address[:-3] + change + "/"
    assert Client().post(forged).status_code == 404
    kind = address.replace("changes", "asked")
    assert Client().post(kind).status_code == 404
    assert not HowTold.objects.exists()


def test_an_invitation_can_not_be_turned_off_and_no_mail_looks_after_its_reader(world: World, post: Post) -> None:
    message = tell(world, "Join", topic="invitation")
    message.deliveries.exclude(person=world.robin).delete()
    tell(world).deliveries.exclude(person=world.lee).delete()
    sending.send_all()
    (invitation,) = post.of(world.robin.email)
    assert invitation["List-Unsubscribe"] is None
    (mail,) = post.of(world.lee.email)
    html = text_of(mail, "html")
    assert "<img" not in html
    assert "url(" not in html
    assert "/unsubscribe/" not in html  # a forwarded mail must not let its reader turn off another's
