"""Mails that come back as mails: what a server reports ends in the row of its delivery, and nobody can report of another."""

import datetime
import email
import mailbox
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from inquiries.models import InboundMail
from notifications import coming_back, digests, sending
from notifications.models import Delivery, HowTold, MailReport, Suppression
from tests.mail_servers import Post
from tests.named_people import World
from tests.notifications.messages import make_message, make_people
from tests.notifications.test_how_told import tell

pytestmark = pytest.mark.django_db
GONE, FULL = "5.1.1", "5.2.2"


@pytest.fixture
def box(settings: Any, tmp_path: Path) -> Path:
    """The Maildir of the domain to which mail comes back."""
    settings.REPLY_DOMAIN, settings.MEDIA_ROOT = "reply.portal.example", str(tmp_path / "media")
    mailbox.Maildir(str(tmp_path / "box"), create=True)
    return tmp_path / "box"


@pytest.fixture
def first(box: Path, post: Post) -> Delivery:
    """A mail that went out to the first of three people."""
    message = make_message(make_people(3))
    assert sending.send_all() == 3
    return message.deliveries.select_related("person").get(person__email="person0000@people.example")


def report(
    to: str,
    *,
    action: str = "failed",
    status: str = GONE,
    recipient: str = "person0000@people.example",
    original: str = "",
) -> Message:
    """A report as Postfix writes it (RFC 3464, 3461): words, fields, and the headers of what came back. original: whom the
    mail was for, where it was passed on to the recipient."""
    made = MIMEMultipart("report")
    made.set_param("report-type", "delivery-status")
    made["From"], made["To"] = "MAILER-DAEMON@mx.example (Mail Delivery System)", to
    made["Subject"], made["Auto-Submitted"] = "Undelivered Mail Returned to Sender", "auto-replied"
    made["Return-Path"] = "<>"
    made.attach(MIMEText("This is the mail system at host mx.example.\n"))
    fields = MIMEBase("message", "delivery-status")
    of_it = email.message_from_string("Reporting-MTA: dns; mx.example\nArrival-Date: Thu, 26 Nov 2026 14:00:00 +0000\n")
    of_one = email.message_from_string(
        f"Final-Recipient: rfc822; {recipient}\nOriginal-Recipient: rfc822;{original or recipient}\nAction: {action}\n"
        f"Status: {status}\nRemote-MTA: dns; mx.people.example\n"
        f"Diagnostic-Code: smtp; 550 {status} <{recipient}>: no\n"
    )
    fields.set_payload([of_it, of_one])
    made.attach(fields)
    made.attach(MIMEMessage(email.message_from_string("Subject: Change\n\n")))
    return made


def come(box: Path, mail: Message) -> None:
    mailbox.Maildir(str(box)).add(mail)
    call_command("read_maildir", str(box))


def test_each_mail_goes_out_under_a_return_address_of_its_own(first: Delivery, post: Post) -> None:
    assert len(set(post.returns.values())) == 3
    back = post.returns[first.person.email]
    assert back.endswith("@reply.portal.example")
    assert back.startswith(f"bounce-{first.pk}-")
    assert len(back.partition("@")[0]) <= 64
    assert post.of(first.person.email)[0]["From"] == "Account Management <portal@portal.example>"


@pytest.mark.parametrize(("domain", "provider"), [("", "none"), ("reply.portal.example", "mailgun")])
def test_where_nobody_would_read_it_mails_go_out_under_the_address_of_the_portal(
    post: Post, settings: Any, domain: str, provider: str
) -> None:
    settings.REPLY_DOMAIN, settings.MAIL_PROVIDER = domain, provider
    make_message(make_people(1))
    assert sending.send_all() == 1
    assert set(post.returns.values()) == {"portal@portal.example"}


@pytest.mark.parametrize(
    ("action", "status", "state", "said", "suppressed"),
    [
        ("failed", GONE, "bounced", "came back: 5.1.1", True),
        ("Failed (no such user)", "5.1.1 (unknown)", "bounced", "came back: 5.1.1", True),
        ("failed", FULL, "bounced", "came back: 5.2.2", False),
        ("failed", "4.4.7", "bounced", "came back: 4.4.7", False),
        ("failed", "nonsense", "bounced", "came back: no number", False),
        ("delayed", "4.4.1", "sent", "delayed: 4.4.1", False),
        ("delivered", "2.0.0", "delivered", "", False),
        ("relayed", "2.0.0", "sent", "", False),
    ],
)
def test_what_a_server_reports_ends_in_the_row_of_that_mail(
    box: Path, first: Delivery, post: Post, action: str, status: str, state: str, said: str, suppressed: bool
) -> None:
    come(box, report(post.returns[first.person.email], action=action, status=status))
    first.refresh_from_db()
    assert (first.state, first.last_error) == (state, said)
    assert set(Delivery.objects.exclude(pk=first.pk).values_list("state", flat=True)) == {"sent"}
    assert list(Suppression.objects.values_list("address", flat=True)) == [first.person.email] * suppressed
    make_message([first.person], "Another")
    assert sending.send_all() == (not suppressed)


def test_a_delay_is_no_end_and_an_end_is_no_delay(box: Path, first: Delivery, post: Post) -> None:
    back = post.returns[first.person.email]
    come(box, report(back, action="delayed", status="4.4.1"))
    come(box, report(back, status="4.4.7"))
    come(box, report(back, action="delayed", status="4.4.1", recipient="late@people.example"))
    first.refresh_from_db()
    assert (first.state, first.last_error) == ("bounced", "came back: 4.4.7")


def test_a_report_counts_once_and_is_no_reply(box: Path, first: Delivery, post: Post) -> None:
    mail = report(post.returns[first.person.email])
    come(box, mail)
    come(box, mail)
    assert MailReport.objects.count() == Suppression.objects.count() == 1
    assert not InboundMail.objects.exists()
    assert not list((box / "new").iterdir())


def test_a_digest_that_came_back_says_so_of_what_it_carried(box: Path, world: World, post: Post) -> None:
    HowTold.choose(world.robin, {"changes": "daily"}, by=world.robin)
    carried = tell(world, "A change").deliveries.get(person=world.robin)
    Delivery.objects.filter(pk=carried.pk).update(due_at=timezone.now() - datetime.timedelta(days=8))
    digests.gather()
    sending.send_all()
    come(box, report(post.returns[world.robin.email], status=FULL, recipient=world.robin.email))
    carried.refresh_from_db()
    assert (carried.state, carried.last_error) == ("bounced", "came back: 5.2.2")


@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        ("failed", GONE, "passed on, and came back from there: 5.1.1"),
        ("delayed", "4.4.1", "passed on, and delayed from there: 4.4.1"),
        ("delivered", "2.0.0", ""),
    ],
)
def test_what_a_reader_has_passed_on_ends_nothing_where_it_comes_back(
    box: Path, first: Delivery, post: Post, action: str, status: str, said: str
) -> None:
    """A forwarder keeps our return address: the far server tells us of an address that we never wrote to."""
    come(
        box, report(post.returns[first.person.email], action=action, status=status, recipient="dead@elsewhere.example")
    )
    first.refresh_from_db()
    assert (first.state, first.last_error) == ("sent", said)
    assert not Suppression.objects.exists()
    assert not InboundMail.objects.exists()
    make_message([first.person], "Another")
    assert sending.send_all() == 1


def test_what_was_passed_on_suppresses_nobody_though_it_names_whom_it_was_for(
    box: Path, first: Delivery, post: Post
) -> None:
    """Postfix keeps the first recipient of what a .forward sends on (RFC 3461, 5.2.7): that mailbox may keep a copy."""
    back = post.returns[first.person.email]
    come(box, report(back, recipient="dead@elsewhere.example", original=first.person.email))
    first.refresh_from_db()
    assert (first.state, first.last_error) == ("bounced", "came back: 5.1.1")
    assert not Suppression.objects.exists()


def test_of_several_recipients_that_one_counts_to_whom_we_wrote(box: Path, first: Delivery, post: Post) -> None:
    back = post.returns[first.person.email]
    made = report(back, status="4.4.1", action="delayed", recipient="far@elsewhere.example")
    own = report(back, recipient="person0000@PEOPLE.example")
    made.get_payload()[1].get_payload().append(own.get_payload()[1].get_payload()[1])  # type: ignore[index,union-attr]
    come(box, made)
    first.refresh_from_db()
    assert (first.state, first.last_error) == ("bounced", "came back: 5.1.1")
    assert list(Suppression.objects.values_list("address", flat=True)) == [first.person.email]


def test_a_report_that_names_nobody_suppresses_nobody(box: Path, first: Delivery, post: Post) -> None:
    made = report(post.returns[first.person.email])
    fields = made.get_payload()[1].get_payload()[1]  # type: ignore[index,union-attr]
    del fields["Final-Recipient"], fields["Original-Recipient"]  # type: ignore[arg-type]
    come(box, made)
    first.refresh_from_db()
    assert first.state == "sent"
    assert not Suppression.objects.exists()


def test_a_report_that_comes_while_the_database_is_away_is_read_again(
    box: Path, first: Delivery, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(addresses: object) -> None:
        raise OperationalError("away")

    mail = report(post.returns[first.person.email])
    with monkeypatch.context() as broken:
        broken.setattr(coming_back, "_delivery_of", away)
        with pytest.raises(OperationalError):
            come(box, mail)
    assert len(list((box / "new").iterdir())) == 1
    assert not InboundMail.objects.exists()
    call_command("read_maildir", str(box))
    first.refresh_from_db()
    assert first.state == "bounced"
    assert not list((box / "new").iterdir())


# ---- forged ------------------------------------------------------------------------------------------------


def _nothing_came_of_it() -> None:
    assert not Suppression.objects.exists()
    assert set(Delivery.objects.values_list("state", "last_error")) == {("sent", "")}


def test_who_was_sent_a_mail_can_report_of_nobody_else(box: Path, first: Delivery, post: Post) -> None:
    """The fields of a report name another than the signed address: neither of the two is suppressed."""
    come(box, report(post.returns[first.person.email], recipient="person0001@people.example"))
    assert not Suppression.objects.exists()
    first.refresh_from_db()
    assert (first.state, first.last_error) == ("sent", "passed on, and came back from there: 5.1.1")
    assert set(Delivery.objects.exclude(pk=first.pk).values_list("state", "last_error")) == {("sent", "")}


@pytest.mark.parametrize("what", ["number", "signature", "none", "case", "domain", "huge", "unicode"])
def test_a_return_address_that_was_not_made_here_tells_nothing(
    box: Path, first: Delivery, post: Post, what: str
) -> None:
    back = post.returns["person0001@people.example"]
    _, number, signature = back.partition("@")[0].split("-")
    made_up = {
        "number": f"bounce-{first.pk}-{signature}@reply.portal.example",
        "signature": f"bounce-{first.pk}-{'a' * 16}@reply.portal.example",
        "none": f"bounce-{first.pk}@reply.portal.example",
        "case": f"bounce-{first.pk}-{signature.upper()}1@reply.portal.example",
        "domain": f"bounce-{number}-{signature}@portal.example",
        "huge": f"bounce-{'9' * 18}-{signature}@reply.portal.example",
        "unicode": f"bounce-\u0661-{signature}@reply.portal.example",
    }
    come(box, report(made_up[what]))
    _nothing_came_of_it()


def test_the_message_id_alone_proves_nothing(box: Path, first: Delivery, post: Post) -> None:
    """It stands in every copy that its reader passes on; who has it is not believed."""
    made = report("portal@reply.portal.example")
    made["In-Reply-To"] = made["References"] = post.of(first.person.email)[0]["Message-ID"]
    come(box, made)
    _nothing_came_of_it()


def test_an_old_mail_reports_nothing_any_more(box: Path, first: Delivery, post: Post) -> None:
    Delivery.objects.update(due_at=timezone.now() - coming_back.TAKEN)
    come(box, report(post.returns[first.person.email]))
    _nothing_came_of_it()


def test_a_new_address_is_not_held_by_what_came_back_from_the_old(box: Path, first: Delivery, post: Post) -> None:
    back = post.returns[first.person.email]
    first.person.email = "new@people.example"
    first.person.save()
    come(box, report(back))
    _nothing_came_of_it()


def _vacation(to: str) -> Message:
    made = MIMEText("I am away until Monday.")
    made["To"], made["Auto-Submitted"], made["Return-Path"] = to, "auto-replied", "<>"
    return made


def _complaint(to: str) -> Message:
    made = report(to)
    made.set_param("report-type", "feedback-report")
    made.get_payload()[1].replace_header("Content-Type", "message/feedback-report")  # type: ignore[index,union-attr]
    return made


def _without_fields(to: str) -> Message:
    made = report(to)
    made.set_payload([made.get_payload()[0]])  # type: ignore[index]
    return made


def _as_text(to: str) -> Message:
    made = MIMEText("Action: failed\nStatus: 5.1.1\n")
    made["To"] = to
    return made


def _broken(to: str) -> Message:
    return email.message_from_string(
        f"To: {to}\nContent-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n\x00=?\n"
    )


@pytest.mark.parametrize("made", [_vacation, _complaint, _without_fields, _as_text, _broken])
def test_what_is_no_report_of_a_delivery_changes_nothing(box: Path, first: Delivery, post: Post, made: Any) -> None:
    come(box, made(post.returns[first.person.email]))
    _nothing_came_of_it()
    assert InboundMail.objects.get().state == "refused"
