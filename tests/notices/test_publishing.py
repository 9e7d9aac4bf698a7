"""A notice written and published in the admin, as headquarters with the rights of web, reaches exactly whom it is for."""

import datetime
import io
import re
from typing import Any

import pytest
from celery.app.task import Task
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Assignment, Cover, Membership, Person
from examinations.models import Uncounted
from look.formats import long_day
from notices import telling
from notices.models import Notice
from notices.tasks import publish_due
from notifications import sending
from notifications.models import Delivery, Message
from tests.committed import at_once
from tests.mail_servers import Post, text_of
from tests.named_people import World, make_person
from tests.notices.test_attachments import PDF
from tests.notices.writing import draft, published, second_person

STEP = "/admin/notices/notice/{}/{}/"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def write(client: Client, **fields: Any) -> Notice:
    """Write a draft in the admin's own form."""
    asked = {
        "kind": "CSMS",
        "number": "65313729",
        "subject": "tariff",
        "title": "Motors of 8501 from China: 25 percentage points more",
        "body": "The rate changes.",
        "to_do": "Check your bond.",
        "effective_date": (timezone.localdate() + datetime.timedelta(days=52)).isoformat(),
        "source_url": "",
    }
    answer = client.post("/admin/notices/notice/add/", asked | fields)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Notice.objects.get(number=(asked | fields)["number"])


def publish(notice: Notice, verb: str = "publish") -> None:
    """Move it on, as a second person; what is a draft still is sent for review first."""
    if verb == "publish" and Notice.objects.get(pk=notice.pk).can_be_edited:
        Notice.objects.get(pk=notice.pk).submit(by=notice.author)
    read = {"version": Notice.objects.get(pk=notice.pk).version}
    assert signed_in(second_person()).post(STEP.format(notice.pk, verb), read).status_code == 302


def told(notice: Notice) -> list[str]:
    rows = Delivery.objects.filter(message__about_id=str(notice.pk))
    return sorted(rows.values_list("person__email", flat=True))


def addresses(*people: Person) -> list[str]:
    return sorted(person.email for person in people)


@pytest.mark.django_db
def test_a_draft_tells_nobody_and_looking_at_the_step_changes_nothing(world: World, post: Post) -> None:
    client = signed_in(world.hq)
    notice = write(client)
    page = client.get(STEP.format(notice.pk, "publish"))
    assert "6 people" in re.sub("<.*?>", "", page.content.decode())
    assert sending.send_all() == 0
    assert not Message.objects.exists()
    notice.refresh_from_db()
    assert notice.state == Notice.State.DRAFT


@pytest.mark.django_db
def test_it_goes_to_the_active_members_and_todays_managers_and_to_nobody_else(world: World, post: Post) -> None:
    gone, closed, changed = make_person("Gone Member"), make_person("Closed Member"), make_person("Changed Member")
    for person in (gone, closed, changed):
        Membership.objects.create(account=world.quillard, person=person)
    Membership.objects.filter(person=gone).update(ended_at=timezone.now())
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    Person.objects.filter(pk=changed.pk).update(role=Person.Role.EXPERT)
    client = signed_in(world.hq)
    notice = write(client, account_kinds=["importer"], centers=["010"])
    publish(notice)
    assert told(notice) == addresses(world.robin, world.lee, world.jordan)
    assert sending.send_all() == 3
    assert post.to == told(notice)


@pytest.mark.django_db
def test_yesterdays_and_tomorrows_managers_and_covers_are_not_told(world: World) -> None:
    today, day = timezone.localdate(), datetime.timedelta(days=1)
    Assignment.objects.filter(account=world.quillard).update(ends=today)
    Assignment.objects.create(account=world.quillard, manager=world.morgan, starts=today, ends=today + day)
    Assignment.objects.create(account=world.quillard, manager=world.jordan, starts=today + day)
    Cover.objects.create(absent=world.morgan, covered_by=world.jordan, starts=today - day, ends=today + day)
    client = signed_in(world.hq)
    notice = write(client, accounts=[str(world.quillard.pk)])
    publish(notice)
    assert told(notice) == addresses(world.robin, world.lee, world.morgan)


@pytest.mark.django_db
def test_a_person_of_several_accounts_gets_one_row_and_one_mail(world: World, post: Post) -> None:
    for account in (world.stranger, world.lindale):
        Membership.objects.create(account=account, person=world.robin)
    client = signed_in(world.hq)
    notice = write(client)
    publish(notice)
    row = Delivery.objects.get(person=world.robin)
    assert set(row.told_for) == {world.quillard.pk, world.stranger.pk, world.lindale.pk}
    sending.send_all()
    assert len(post.of(world.robin.email)) == 1
    assert post.to == told(notice) == addresses(*(p for n, p in world.people.items() if n not in ("hq", "expert")))
    for manager in (world.jordan, world.morgan):  # the managers of both accounts see that it was told
        assert Delivery.objects.visible_to(manager).filter(person=world.robin).exists()
        page = signed_in(manager).get(f"/notices/{notice.pk}/told/")
        assert world.robin.name in page.content.decode()


@pytest.mark.django_db
def test_publishing_twice_sends_once(world: World, post: Post) -> None:
    client = signed_in(world.hq)
    notice = write(client)
    publish(notice)
    publish(notice)
    with pytest.raises(ValidationError):
        notice.publish(by=world.hq)
    sending.send_all()
    assert len(post.to) == len(set(post.to)) == 6


def test_publishing_at_the_same_time_sends_once(living: World, post: Post) -> None:
    clients = [signed_in(living.hq) for _ in range(3)]
    notice = write(clients[0])
    at_once(*[lambda client=client: publish(notice) for client in clients])
    assert Message.objects.count() == 1
    assert sum(result for result in at_once(sending.send_all, sending.send_all)) == 6
    assert len(post.to) == len(set(post.to)) == 6


def test_whoever_saves_a_draft_cannot_turn_a_published_notice_back(living: World) -> None:
    client, other = signed_in(living.hq), signed_in(living.hq)
    notice = write(client)
    form = {"kind": "CSMS", "number": "65313729", "title": "Changed", "body": "Changed"}
    at_once(
        lambda: publish(notice),
        lambda: other.post(f"/admin/notices/notice/{notice.pk}/change/", form),
    )
    notice.refresh_from_db()
    assert notice.state == Notice.State.PUBLISHED
    assert Message.objects.get().subject == notice.title


@pytest.mark.django_db
def test_retracting_stops_what_has_not_been_sent(world: World, post: Post) -> None:
    client = signed_in(world.hq)
    notice = write(client)
    publish(notice)
    assert sending.send_all(lambda: len(post.mails) == 2) == 2
    had = sorted(post.to)
    publish(notice, "retract")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued"] * 2 + ["sent"] * 2 + ["stopped"] * 4
    assert sending.send_all() == 2
    assert sorted(post.to) == sorted([*had, *had])
    taken_back = Message.objects.get(topic=telling.RETRACTED)
    assert taken_back.subject == f"Taken back: {notice.title}"
    assert "nothing is asked of you" in taken_back.text
    assert set(taken_back.deliveries.values_list("state", flat=True)) == {"sent"}
    assert notice.title not in signed_in(world.robin).get("/notices/").content.decode()


@pytest.mark.django_db
def test_a_membership_that_ended_before_sending_gets_nothing(world: World, post: Post) -> None:
    Membership.objects.create(account=world.stranger, person=world.lee)
    client = signed_in(world.hq)
    publish(write(client))
    ended = {"ended_at": timezone.now()}
    Membership.objects.filter(account=world.quillard, person__in=[world.robin, world.lee]).update(**ended)
    Assignment.objects.filter(manager=world.morgan).update(ends=timezone.localdate())
    sending.send_all()
    # Lee left one account and still belongs to another; Robin belongs to none; Morgan manages none.
    assert post.to == addresses(world.lee, world.sam, world.billie, world.jordan)
    assert sorted(Delivery.objects.filter(state="stopped").values_list("person__email", flat=True)) == addresses(
        world.robin, world.morgan
    )


@pytest.mark.django_db
def test_a_title_can_carry_no_second_header(world: World, post: Post) -> None:
    client = signed_in(world.hq)
    publish(write(client, title="Motors\r\nBcc: victim@else.example\r\n\r\n<b>body</b>"))
    sending.send_all()
    assert {mail["Bcc"] for mail in post.mails} == {None}
    assert "victim@else.example" not in post.tries
    assert "<b>body</b>" not in text_of(post.mails[0], "html")


@pytest.mark.django_db
def test_the_mail_says_first_what_changes_when_and_what_to_do(world: World, post: Post) -> None:
    client = signed_in(world.hq)
    notice = write(client)
    publish(notice)
    sending.send_all()
    mail = post.of(world.robin.email)[0]
    day = notice.effective_date
    assert day
    lead = f"{notice.title}, from {day:%B} {day.day}, {day.year}. What you must do stands below."
    assert text_of(mail).startswith(lead + "\n")
    assert lead in text_of(mail, "html")
    for kind in ("plain", "html"):
        assert f"http://127.0.0.1:8000/notices/{notice.pk}/" in text_of(mail, kind)
        assert "Check your bond." in text_of(mail, kind)


@pytest.mark.django_db
def test_the_mail_says_on_which_terms_by_when_whom_to_ask_and_what_it_takes_the_place_of(
    world: World, post: Post
) -> None:
    ahead = timezone.localdate() + datetime.timedelta(days=40)
    old = published(world, "65313729", title="Motors")
    new = old.successor("supersedes", "65313730", by=world.hq)
    for name, value in {
        "hts_prefixes": ["8501"], "countries": ["CN"], "rate_change": 25, "duty_kind": "adds", "effective_date": ahead,
        "last_entry_date": ahead + datetime.timedelta(days=365), "in_transit": "Loaded before that day: exempt.",
        "comments_due": ahead, "respond_by": ahead, "to_do": "Check your bond.", "whom_to_ask": "The tariff desk",
    }.items():  # fmt: skip
        setattr(new, name, value)
    new.save()
    new.attach(io.BytesIO(PDF), "list.pdf", by=world.hq)
    new.submit(by=world.hq)
    post.mails.clear()
    new.publish(by=second_person())
    Delivery.objects.filter(message__key=f"notice:{old.pk}").update(state="sent")
    sending.send_all()
    (mail,) = post.of(world.robin.email)
    text = " ".join(text_of(mail).split())
    day = long_day(ahead)
    for said in (
        "It supersedes CSMS message 65313729 from that day on.",
        f"Confirm or act by {day}.",
        "Change of duty: 25 percentage points more, on top of today’s duty",
        "Goods: 8501 ",
        "Origin: China",
        f"For entries from: {day}, 12:01 a.m. Eastern",
        f"Through: {long_day(new.last_entry_date)}",
        "Goods on their way: Loaded before that day: exempt.",
        f"Comments are due by {day}.",
        "1 file is attached to it in the portal.",
        "Whom to ask: The tariff desk",
        "Source: CSMS message 65313730",
    ):
        assert said in text


@pytest.mark.django_db
def test_without_a_broker_it_is_published_all_the_same(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(Task, "apply_async", away)
    client = signed_in(world.hq)
    notice = write(client)
    with django_capture_on_commit_callbacks(execute=True):
        publish(notice)
    call_command("send_notices")
    assert len(post.mails) == 6


@pytest.mark.django_db
def test_whoever_is_not_headquarters_publishes_nothing(world: World) -> None:
    notice = write(signed_in(world.hq))
    for name in ("robin", "jordan", "expert"):
        assert signed_in(world.people[name]).post(STEP.format(notice.pk, "publish")).status_code == 404
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_second_person_publishes_the_version_that_their_page_showed(world: World) -> None:
    client, second = signed_in(world.hq), signed_in(second_person())
    notice = write(client)
    notice.submit(by=world.hq)
    page = second.get(STEP.format(notice.pk, "publish")).content.decode()
    (shown,) = re.findall(r'name="version" value="(\d+)"', page)
    notice.send_back(by=world.hq, why="I forgot the port.")
    edit = f"/admin/notices/notice/{notice.pk}/change/"
    form = client.get(edit).context["adminform"].form
    given = {name: form[name].value() for name in form.fields}
    given = {name: value for name, value in given.items() if value not in (None, False, [])}
    assert client.post(edit, given | {"title": "Something else"}).status_code == 302
    notice.submit(by=world.hq)
    notice.refresh_from_db()
    assert notice.version == int(shown) + 1
    for verb, more in (("publish", {}), ("schedule", {"day": "2099-01-01", "time": "08:00"})):
        answer = second.post(STEP.format(notice.pk, verb), {"version": shown} | more, follow=True)
        assert "It was changed since you looked" in answer.content.decode()
        assert second.post(STEP.format(notice.pk, verb), {"version": "x"} | more).status_code == 200
    assert not Message.objects.exists()
    publish(notice)
    assert Message.objects.get().subject.startswith("Something else")


def test_what_asks_of_trade_waits_for_sums_that_are_counted_but_not_for_ever(world: World) -> None:
    Uncounted.objects.create(account=world.quillard)
    now = timezone.now()
    for number, asks in (("65313721", {"hts_prefixes": ["8501"]}), ("65313722", {"account_kinds": ["importer"]})):
        notice = draft(world, number, **asks)
        notice.submit(by=world.hq)
        notice.schedule(now + datetime.timedelta(hours=1), by=second_person())
        Notice.objects.filter(pk=notice.pk).update(publish_at=now)
    page = (
        signed_in(second_person())
        .get(STEP.format(Notice.objects.get(number="65313721").pk, "preview"))
        .content.decode()
    )
    assert "accounts may be missing here" in page
    assert publish_due() == 1
    assert list(Notice.objects.filter(state="scheduled").values_list("number", flat=True)) == ["65313721"]
    Notice.objects.filter(number="65313721").update(publish_at=now - datetime.timedelta(hours=2))
    assert publish_due() == 1


def test_what_asks_of_trade_goes_out_once_all_is_counted(world: World) -> None:
    notice = draft(world, hts_prefixes=["8501"])
    notice.submit(by=world.hq)
    notice.schedule(timezone.now() + datetime.timedelta(hours=1), by=second_person())
    Notice.objects.filter(pk=notice.pk).update(publish_at=timezone.now())
    assert publish_due() == 1
