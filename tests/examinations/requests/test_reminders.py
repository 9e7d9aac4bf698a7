"""Reminders before an answer to CBP is due: each once, to whom, and none that is stale."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Cover, Membership
from accounts.scope import acting_for
from examinations.models import CustomsRequest
from examinations.tasks import remind_of_answers
from examinations.telling.requests import remind, stale_on, step_of
from notifications import sending
from notifications.models import Delivery, Message
from tests.examinations.requests.days import ago, today
from tests.mail_servers import Post
from tests.named_people import World, make_request
from tests.portal.test_every_address import signed_in
from tests.workers import Processes, until


@pytest.mark.parametrize(
    ("left", "step"),
    [(31, None), (11, None), (10, 10), (7, 10), (4, 10), (3, 3), (1, 3), (0, 0), (-1, None), (-400, None)],
)
def test_the_reminder_due_is_the_last_one_whose_day_has_come(left: int, step: int | None) -> None:
    assert step_of(left) == step


@pytest.mark.parametrize(("step", "day"), [(10, 27), (3, 30), (0, 31)])
def test_a_reminder_is_stale_when_the_next_one_is_due(step: int, day: int) -> None:
    assert stale_on(datetime.date(2026, 12, 30), step) == datetime.date(2026, 12, day)


def due_in(world: World, days: int, number: str = "RQ-DUE", of: str = "broker", **fields: object) -> CustomsRequest:
    """A CF-28 whose thirty days end in so many days."""
    return make_request(world.entries[of], number, issued=ago(30 - days), **fields)


def told(one: CustomsRequest) -> dict[str, str]:
    """Who was told of it, and where the mail leads."""
    rows = Delivery.objects.filter(message__topic="answer due", message__about_id=str(one.pk))
    return dict(rows.values_list("person__name", "message__path"))


@pytest.mark.django_db
def test_the_importer_its_broker_and_the_manager_are_reminded_each_at_a_page_of_their_own(world: World) -> None:
    one = due_in(world, 3)
    assert (remind(), remind()) == (3, 0)
    importer, broker = (f"/accounts/{account.pk}/requests/{one.pk}/" for account in (world.quillard, world.lindale))
    assert told(one) == {
        "Robin Castell": importer,
        "Lee Farrow": importer,
        "Billie Lindale": broker,
        "Jordan Ellery": importer,
    }
    of_manager = Message.objects.get(key__endswith="manager")
    assert of_manager.text.startswith("Quillard Electric has to answer CBP by ")
    for message in Message.objects.filter(topic="answer due"):
        assert "RQ-DUE" in message.subject
        assert "9XZ-1234567-1" in message.text
    for name in ("sam", "morgan", "expert"):
        with acting_for(world.people[name]):
            assert not Message.objects.filter(topic="answer due").exists()


@pytest.mark.django_db
def test_on_the_last_day_it_says_today(world: World) -> None:
    due_in(world, 0)
    remind()
    for message in Message.objects.filter(topic="answer due"):
        assert message.subject == "Answer due today: request RQ-DUE"
        assert " today, " in message.text
        assert timezone.localtime(message.stop_after).date() == today() + datetime.timedelta(days=1)


@pytest.mark.django_db
def test_after_an_outage_one_goes_out_and_none_of_those_missed(world: World) -> None:
    one = due_in(world, 2)  # nobody was reminded ten days before
    remind()
    keys = list(Message.objects.filter(topic="answer due").values_list("key", flat=True))
    assert {key.split(":")[3] for key in keys} == {"3"}
    assert len(told(one)) == 4


@pytest.mark.django_db
def test_each_step_is_told_once_and_an_extension_begins_anew(world: World) -> None:
    one = due_in(world, 10)
    assert remind() == 3
    CustomsRequest.objects.filter(pk=one.pk).update(issued=ago(27))
    assert (remind(), remind()) == (3, 0)
    one.refresh_from_db()
    one.extend(today() + datetime.timedelta(days=9), by=world.jordan)
    assert (remind(), remind()) == (3, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["too early", "late", "answered", "decided", "taken", "said"])
def test_nobody_is_reminded_of_what_is_not_due(world: World, why: str) -> None:
    days = {"too early": 11, "late": -1}.get(why, 3)
    fields = {
        "answered": {"answered": today()},
        "decided": {"outcome": "NO_CHANGE"},
        "taken": {"form": "CF29T"},
    }.get(why, {})
    one = due_in(world, days, **fields)
    if why == "said":
        one.say_answered(today(), by=world.robin, account=world.quillard)
    assert remind() == 0


@pytest.mark.django_db
def test_a_reminder_not_sent_yet_is_stopped_when_the_answer_is_there(world: World) -> None:
    one, other = due_in(world, 3), due_in(world, 3, "RQ-OTHER-DUE", of="other")
    remind()
    one.say_answered(today(), by=world.robin, account=world.quillard)
    remind()
    states = {
        (row.message.about_id, row.state)
        for row in Delivery.objects.filter(message__topic="answer due").select_related("message")
    }
    assert states == {(str(one.pk), "stopped"), (str(other.pk), "queued")}


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["extended", "said", "decided", "issued"])
def test_a_reminder_that_was_overtaken_does_not_go_out(world: World, post: Post, why: str) -> None:
    """Queued just before; the round that sends comes before the next one that reminds."""
    one, other = due_in(world, 3), due_in(world, 3, "RQ-OTHER-DUE", of="other")
    remind()
    if why == "extended":
        one.extend(today() + datetime.timedelta(days=20), by=world.jordan)
    elif why == "said":
        one.say_answered(today(), by=world.robin, account=world.quillard)
    elif why == "decided":
        one.decide("NO_CHANGE", by=world.jordan)
    else:
        CustomsRequest.objects.filter(pk=one.pk).update(issued=ago(20))
    Delivery.objects.update(due_at=timezone.now() - datetime.timedelta(hours=1))  # the test's transaction is older
    assert sending.send_all() == len(told(other))
    states = {
        (row.message.about_id, row.state)
        for row in Delivery.objects.filter(message__topic="answer due").select_related("message")
    }
    assert states == {(str(one.pk), "stopped"), (str(other.pk), "sent")}
    assert post.to


@pytest.mark.processes
def test_a_real_worker_reminds_and_sends_nothing_that_an_extension_has_overtaken(
    processes: Processes, living: World, post: Post
) -> None:
    one, other = due_in(living, 3), due_in(living, 3, "RQ-OTHER-DUE", of="other")
    remind()
    address = f"/accounts/{living.quillard.pk}/requests/{one.pk}/"
    later = today() + datetime.timedelta(days=9)
    assert signed_in(living, "jordan").post(address, {"deed": "extend", "day": later.isoformat()}).status_code == 302
    processes.worker()
    waiting = Delivery.objects.filter(message__topic="answer due", state__in=["queued", "claimed"])
    until(lambda: not waiting.exists(), 30)
    remind_of_answers.delay()
    until(lambda: Message.objects.filter(key__startswith=f"answer due:{one.pk}:{later}:").count() == 3, 30)
    until(lambda: not waiting.exists(), 30)
    before = Delivery.objects.filter(message__about_id=str(one.pk)).exclude(message__key__contains=str(later))
    assert set(before.values_list("state", flat=True)) == {"stopped"}
    assert set(Delivery.objects.exclude(pk__in=before).values_list("state", flat=True)) == {"sent"}
    assert len(post.to) == len(told(other)) + 4


@pytest.mark.django_db
def test_who_left_is_not_reminded_and_who_covers_is(world: World) -> None:
    Membership.objects.get(person=world.lee).end(by=world.robin)
    Cover.objects.create(
        absent=world.jordan, covered_by=world.morgan, starts=ago(1), ends=today() + datetime.timedelta(days=9)
    )
    one = due_in(world, 3)
    remind()
    assert set(told(one)) == {"Robin Castell", "Billie Lindale", "Jordan Ellery", "Morgan Other"}


@pytest.mark.django_db
def test_one_that_waits_for_its_entry_reminds_the_broker_alone(world: World) -> None:
    one = make_request(
        None, "RQ-W", entry_number="9XZ00000091", filer=world.lindale, load=world.load, issued=ago(27)
    )  # fmt: skip
    remind()
    assert set(told(one)) == {"Billie Lindale"}


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_requests(world: World, django_assert_max_num_queries) -> None:
    for serial in range(12):
        due_in(world, 3, f"RQ-{serial}")
    with django_assert_max_num_queries(14):
        assert remind() == 36


@pytest.mark.django_db
def test_a_reminder_that_nobody_is_there_for_waits_for_who_comes(world: World) -> None:
    for membership in Membership.objects.filter(account__in=[world.quillard, world.lindale], ended_at=None):
        membership.end(by=world.hq)
    one = due_in(world, 3)
    assert (remind(), set(told(one))) == (1, {"Jordan Ellery"})
    Membership.objects.create(account=world.quillard, person=world.robin)
    assert (remind(), set(told(one))) == (1, {"Jordan Ellery", "Robin Castell"})
