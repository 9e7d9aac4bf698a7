"""What a mail provider reports, checked by anymail's own views: signed by Mailgun, with a password by Postmark."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client

from accounts.scope import acting_for
from notifications import gone, reports, sending
from notifications.letters import message_id
from notifications.models import Delivery, HowTold, MailReport, Suppression
from portal import environment
from tests.mail_servers import Post
from tests.named_people import World
from tests.notifications.messages import states
from tests.notifications.test_how_told import row, tell
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
KEY = "a-signing-key-of-mailgun"
PASSWORD = "postmark:a-long-enough-password"


@pytest.fixture
def mailgun(settings: Any) -> None:
    settings.MAIL_PROVIDER, settings.ANYMAIL = "mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def signed(token: str = "") -> dict[str, str]:
    """The block that Mailgun signs: its time and token, by HMAC-SHA256 under the key."""
    stamp, token = str(int(time.time())), token or hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:50]
    text = hmac.new(KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": text}


def report(delivery: Delivery, event: str, **more: Any) -> dict[str, Any]:
    """A report as Mailgun sends it (its documentation, "Event structure"), of one delivery."""
    data = {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1_790_000_000.25,
        "log-level": "error",
        "event": event,
        "recipient": delivery.person.email,
        "message": {"headers": {"message-id": message_id(delivery).strip("<>")}},
        "user-variables": {},
        "tags": [],
    }
    return {"signature": signed(), "event-data": data | more}


def bounce(delivery: Delivery, severity: str = "permanent") -> dict[str, Any]:
    status = {"code": 550, "message": "5.1.1 The email account does not exist", "description": ""}
    return report(delivery, "failed", severity=severity, reason="bounce", **{"delivery-status": status})


def send(payload: dict[str, Any], provider: str = "mailgun", **headers: str) -> HttpResponse:
    address = f"/mail-reports/{provider}/"
    answer: Any = Client(enforce_csrf_checks=True).post(
        address, json.dumps(payload), content_type="application/json", headers=headers
    )
    return answer  # type: ignore[no-any-return]


@pytest.fixture
def sent(world: World, post: Post, mailgun: None) -> Delivery:
    message = tell(world)
    sending.send_all()
    return row(message, world.robin)


def test_what_arrived_is_called_delivered(sent: Delivery) -> None:
    assert send(report(sent, "delivered")).status_code == 200
    assert sent.message.deliveries.get(pk=sent.pk).state == "sent"  # the request keeps it; a worker takes it in
    assert reports.take_in() == 1
    assert reports.take_in() == 0
    assert states(sent.message) == {"delivered": 1, "sent": 1}


def test_a_mail_that_came_back_for_good_silences_its_address(sent: Delivery, world: World, post: Post) -> None:
    send(bounce(sent))
    reports.take_in()
    sent.refresh_from_db()
    assert (sent.state, sent.last_error) == ("bounced", "5.1.1 The email account does not exist")
    held = Suppression.objects.get()
    assert (held.address, held.reason) == (world.robin.email, "bounce")
    following = tell(world, "The next")
    assert sending.send_all() == 1
    assert states(following) == {"suppressed": 1, "sent": 1}
    assert len(post.of(world.robin.email)) == 1
    assert Delivery.objects.inbox_of(world.robin).count() == 2


def test_a_report_overtakes_the_sender_that_only_marked_the_mail_as_gone(sent: Delivery) -> None:
    Delivery.objects.filter(pk=sent.pk).update(state="claimed", sent_at=None)
    gone.mark(sent.pk)
    send(bounce(sent))
    reports.take_in()
    sent.refresh_from_db()
    assert sent.state == "bounced"
    Delivery.objects.filter(pk=sent.pk).update(state="claimed", sent_at=None)
    reports._came_back(sent, reports.MailReport(said="x"))
    sent.refresh_from_db()
    assert sent.state == "claimed", "what nobody has sent did not come back"


def test_one_that_came_back_for_now_silences_nothing(sent: Delivery) -> None:
    send(bounce(sent, "temporary"))
    reports.take_in()
    assert not Suppression.objects.exists()
    assert states(sent.message) == {"sent": 2}


def test_who_calls_it_spam_gets_no_more_and_takes_that_back_alone(sent: Delivery, world: World) -> None:
    send(report(sent, "complained"))
    reports.take_in()
    held = Suppression.objects.get()
    assert held.reason == "complaint"
    for other in (world.hq, world.lee, world.jordan):
        with pytest.raises(PermissionDenied):
            held.lift(by=other)
    held.lift(by=world.robin)
    assert Suppression.of_person(world.robin) is None


def test_who_unsubscribes_at_the_provider_is_asked_no_more(sent: Delivery, world: World) -> None:
    send(report(sent, "unsubscribed"))
    reports.take_in()
    assert HowTold.objects.get(person=world.robin).choices == {"changes": "portal"}


def test_the_same_report_twice_counts_once_and_opens_are_not_kept(sent: Delivery) -> None:
    payload = bounce(sent)
    assert [send(payload).status_code for _ in range(2)] == [200, 200]
    send(report(sent, "opened"))
    assert MailReport.objects.count() == 1


def test_reports_in_the_wrong_order_end_as_bounced(sent: Delivery) -> None:
    send(bounce(sent))
    send(report(sent, "delivered"))
    reports.take_in()
    sent.refresh_from_db()
    assert sent.state == "bounced"


@pytest.mark.parametrize("broken", ["signature", "token", "timestamp"])
def test_what_is_not_signed_is_refused_and_kept_nowhere(sent: Delivery, broken: str) -> None:
    payload = bounce(sent)
    payload["signature"][broken] = "0" * 64 if broken == "signature" else payload["signature"][broken] + "1"
    assert send(payload).status_code == 400
    assert send({"event-data": {}}).status_code == 400
    assert not MailReport.objects.exists()


def test_the_webhook_of_no_other_provider_is_open(sent: Delivery, settings: Any) -> None:
    assert send(bounce(sent), "postmark").status_code == 404
    assert send(bounce(sent), "nonsense").status_code == 404
    assert Client().get("/mail-reports/mailgun/").status_code == 405
    settings.MAIL_PROVIDER = "none"
    assert send(bounce(sent)).status_code == 404
    assert send(bounce(sent), "none").status_code == 404


@pytest.mark.parametrize(
    "other",
    [
        "<999999.6ba7b810-9dad-11d1-80b4-00c04fd430c8@portal.example>",
        "<no number@else.example>",
        "",
        "<" + "9" * 40 + ".x@y>",
    ],
)
def test_a_report_of_a_mail_that_is_not_ours_changes_no_delivery(sent: Delivery, other: str) -> None:
    payload = bounce(sent)
    payload["event-data"]["message"]["headers"]["message-id"] = other
    payload["event-data"]["recipient"] = "somebody@else.example"
    assert send(payload).status_code == 200
    assert reports.take_in() == 1
    assert states(sent.message) == {"sent": 2}
    assert not Suppression.objects.exists()


def test_postmark_comes_with_a_password_and_brings_our_number_back(world: World, post: Post, settings: Any) -> None:
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": PASSWORD}
    message = tell(world)
    sending.send_all()
    told = row(message, world.robin)
    assert post.of(world.robin.email)[0]["X-PM-Metadata-delivery"] == str(told.pk)
    payload = {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": "The server was unable to deliver your message (ex: unknown user).",
        "Email": world.robin.email,
        "BouncedAt": "2026-11-20T21:41:30Z",
        "Metadata": {"delivery": str(told.pk)},
    }
    assert send(payload, "postmark").status_code == 400
    assert (
        send(payload, "postmark", authorization="Basic " + base64.b64encode(b"postmark:guess").decode()).status_code
        == 400
    )
    assert (
        send(payload, "postmark", authorization="Basic " + base64.b64encode(PASSWORD.encode()).decode()).status_code
        == 200
    )
    reports.take_in()
    told.refresh_from_db()
    assert told.state == "bounced"
    assert Suppression.objects.get().address == world.robin.email


def test_a_reader_and_headquarters_see_it_and_have_mail_sent_again(sent: Delivery, world: World, post: Post) -> None:
    send(bounce(sent))
    reports.take_in()
    robin, hq, lee = (signed_in(world, name) for name in ("robin", "hq", "lee"))
    assert "No mail goes to you" in robin.get("/inbox/how/").content.decode()
    assert "No mail goes to you" not in lee.get("/inbox/how/").content.decode()
    assert world.robin.email in hq.get("/mail/").content.decode()
    held = Suppression.objects.get()
    assert lee.post("/inbox/how/lift/").status_code == 404
    assert lee.post(f"/mail/{held.pk}/lift/").status_code == 404
    assert hq.post(f"/mail/{held.pk}/lift/").status_code == 302
    assert Suppression.objects.get().lifted_by == world.hq
    tell(world, "The next")
    assert sending.send_all() == 2
    Suppression.objects.create(address=world.robin.email, reason="complaint")
    assert robin.post("/inbox/how/lift/").status_code == 302
    assert robin.post("/inbox/how/lift/").status_code == 404


def test_row_security_shows_each_their_own_address(sent: Delivery, world: World) -> None:
    send(bounce(sent))
    reports.take_in()
    for name, count in {"robin": 1, "lee": 0, "jordan": 0, "hq": 1, "expert": 0}.items():
        with acting_for(world.people[name]):
            assert Suppression.objects.count() == count, name
            assert MailReport.objects.count() == (1 if name == "hq" else 0)
        assert Suppression.objects.visible_to(world.people[name]).count() == count  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("set_to", "said"),
    [
        ({}, "needs"),
        ({"MAIL_WEBHOOK_PASSWORD": "short"}, "user:password"),
        ({"MAIL_WEBHOOK_PASSWORD": "user:short"}, "16 characters"),
        ({"MAIL_WEBHOOK_KEY": "key"}, "does not sign"),
    ],
)
def test_a_webhook_that_anybody_could_call_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, set_to: dict[str, str], said: str
) -> None:
    for name in ("MAIL_WEBHOOK_PASSWORD", "MAIL_WEBHOOK_KEY"):
        monkeypatch.setenv(name, set_to.get(name, ""))
    with pytest.raises(environment.Nonsense) as refused:
        environment.webhook("postmark")
    assert said in refused.value.text
    assert environment.webhook("none") == {}
