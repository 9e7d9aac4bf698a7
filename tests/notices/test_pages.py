"""The pages of notices: whose they are, what looking and reading do, and how many queries they run."""

import datetime

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from accounts.scope import acting_for
from look.formats import long_day
from notices.models import Notice
from notifications.models import Delivery, Message
from tests.named_people import World
from tests.notices.writing import second_person

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def published(world: World, number: str, **fields: object) -> Notice:
    ahead = timezone.localdate() + datetime.timedelta(days=30)
    fields = {"title": f"Change {number}", "body": "It changes.", "effective_date": ahead} | fields
    notice = Notice.objects.create(number=number, author=world.hq, **fields)
    notice.submit(by=world.hq)
    notice.publish(by=second_person())
    return notice


def test_one_sees_the_notices_that_one_was_told_and_no_draft(world: World) -> None:
    brokers = published(world, "1", account_kinds=["broker"])
    Notice.objects.create(number="2", title="A draft", body="Not yet.", author=world.hq)
    page = signed_in(world.billie).get("/notices/").content.decode()
    assert brokers.title in page
    assert "A draft" not in page
    assert brokers.title not in signed_in(world.robin).get("/notices/").content.decode()
    assert signed_in(world.robin).get(f"/notices/{brokers.pk}/").status_code == 404
    assert signed_in(world.robin).post(f"/notices/{brokers.pk}/read/").status_code == 404


def test_the_search_stands_before_the_list_as_filters_do(world: World) -> None:
    """A field of the type `search` floats in USWDS, and lies on the label beneath it."""
    published(world, "1")
    page = signed_in(world.robin).get("/notices/").content.decode().partition("<main")[2]
    assert 0 < page.index('id="filters"') < page.index('<table class="fin')
    assert 'type="search"' not in page


def test_looking_changes_nothing_and_reading_is_said_with_a_button(world: World) -> None:
    notice = published(world, "1")
    client, row = signed_in(world.robin), Delivery.objects.filter(person=world.robin)
    page = client.get(f"/notices/{notice.pk}/")
    assert "Mark as read" in page.content.decode()
    assert client.get(f"/notices/{notice.pk}/read/").status_code == 405
    assert row.get().read_at is None
    assert client.post(f"/notices/{notice.pk}/read/").status_code == 302
    first = row.get().read_at
    assert first is not None
    client.post(f"/notices/{notice.pk}/read/")
    assert row.get().read_at == first
    assert "Marked as read" in client.get(f"/notices/{notice.pk}/").content.decode()
    assert Delivery.objects.exclude(read_at=None).count() == 1


def test_the_first_page_counts_the_unread_that_the_list_shows(world: World) -> None:
    published(world, "1")
    published(world, "2").retract(by=world.hq)
    client = signed_in(world.robin)
    assert client.get("/").context["unread"] == client.get("/notices/").context["unread"] == 1
    assert [one.number for one in client.get("/").context["ahead"]] == ["1"]


def test_a_retracted_notice_says_so_with_its_day_to_whom_it_was_told_and_to_nobody_else(world: World) -> None:
    notice = published(world, "1", account_kinds=["importer"], to_do="Tell your broker.")
    notice.retract(by=world.hq)
    today = long_day(timezone.localdate())
    for person in (world.robin, world.jordan, world.hq):
        page = signed_in(person).get(f"/notices/{notice.pk}/")
        assert page.status_code == 200, person
        assert f"<b>Retracted</b> on <b>{today}</b>: {notice.title}" in page.content.decode()
        assert "What you must do" not in page.content.decode()
        assert "as read" not in page.content.decode()
        assert f"/notices/{notice.pk}/" not in signed_in(person).get("/notices/").content.decode()
    assert signed_in(world.robin).post(f"/notices/{notice.pk}/read/").status_code == 404
    for person in (world.billie, world.expert):
        assert signed_in(person).get(f"/notices/{notice.pk}/").status_code == 404
    with acting_for(world.robin):
        assert Notice.objects.get().state == "retracted"
    with acting_for(world.billie):
        assert not Notice.objects.exists()


def test_a_draft_is_no_page_not_even_for_headquarters(world: World) -> None:
    draft = Notice.objects.create(number="2", title="A draft", body="Not yet.", author=world.hq)
    assert signed_in(world.hq).get(f"/notices/{draft.pk}/").status_code == 404


def test_nobody_can_tell_themselves_what_was_not_for_them(world: World) -> None:
    brokers = published(world, "1", account_kinds=["broker"])
    message = Message.objects.get()
    own = {"message": message, "person": world.robin, "due_at": timezone.now()}
    with acting_for(world.robin):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Delivery.objects.create(**own)
        assert not Notice.objects.filter(pk=brokers.pk).exists()
    with acting_for(world.hq):
        Delivery.objects.create(**own)


def test_whoever_was_not_told_is_not_said_to_have_read(world: World) -> None:
    notice = published(world, "1")
    page = signed_in(world.hq).get(f"/notices/{notice.pk}/").content.decode()
    assert "as read" not in page


def test_a_managers_page_says_who_was_told_of_its_accounts_alone(world: World) -> None:
    notice = published(world, "1")
    page = signed_in(world.jordan).get(f"/notices/{notice.pk}/told/").content.decode()
    assert world.robin.name in page
    assert world.lee.name in page
    assert world.sam.name not in page
    assert "Who was told" not in signed_in(world.robin).get(f"/notices/{notice.pk}/").content.decode()
    assert signed_in(world.robin).get(f"/notices/{notice.pk}/told/").status_code == 404
    assert world.sam.name in signed_in(world.hq).get(f"/notices/{notice.pk}/told/").content.decode()


@pytest.mark.parametrize("name", ["robin", "jordan", "hq"])
def test_the_list_runs_no_more_queries_with_more_notices(world: World, name: str) -> None:
    client = signed_in(world.people[name])

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get("/notices/").status_code == 200
        return len(caught)

    published(world, "0")
    queries()
    few = queries()
    for number in range(1, 21):
        published(world, str(number))
    assert queries() == few


def test_the_page_of_one_notice_runs_no_more_queries_with_more_people_told(world: World) -> None:
    client = signed_in(world.jordan)
    small = published(world, "1", account_kinds=["broker"])
    Delivery.objects.filter(person=world.billie).update(told_for=[world.quillard.pk], account=world.quillard)
    large = published(world, "2")
    client.get(f"/notices/{small.pk}/")
    with CaptureQueriesContext(connection) as few:
        assert client.get(f"/notices/{small.pk}/").status_code == 200
    with CaptureQueriesContext(connection) as many:
        assert client.get(f"/notices/{large.pk}/").status_code == 200
    assert len(many) <= len(few)


def test_a_notice_of_the_evening_is_of_that_day(world: World) -> None:
    notice = published(world, "1")
    evening = datetime.datetime(2026, 11, 25, 2, 51, tzinfo=datetime.UTC)
    Notice.objects.filter(pk=notice.pk).update(published_at=evening)
    client = signed_in(world.robin)
    assert "November 24, 2026" in client.get(f"/notices/{notice.pk}/").content.decode()
    page = client.get("/notices/").content.decode()
    assert "Nov 24" in page
    assert "Nov 25" not in page
