"""A mail that is forged, automatic, empty or no mail is refused with its reason, and stops no other."""

import base64
import datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Account
from documents import scanning
from documents.kinds import Refused
from documents.models import Document
from inquiries.by_mail import taking_in
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.not_taken import NOT_TAKEN
from inquiries.by_mail.reading import CUT
from inquiries.by_mail.taking_in import take_in_all
from inquiries.models import InboundMail, Inquiry, Message
from notifications.models import Message as Told
from tests.inquiries.mails import PDF, came, mail, to_robin
from tests.inquiries.threads import RULING
from tests.named_people import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_mail")]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"From": "sam@people.example"}, "sender"),
        ({"From": '"robin@people.example" <sam@people.example>'}, "sender"),
        ({"From": "robin@people.example, sam@people.example"}, "sender"),
        ({"From": "robin@people.example.evil.example"}, "sender"),
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Precedence": "bulk"}, "automatic"),
        ({"X_Auto_Response_Suppress": "OOF"}, "automatic"),
        ({"Return_Path": "<>"}, "automatic"),
    ],
)
def test_a_forged_sender_or_a_machine_is_refused_and_told_nothing(
    world: World, inquiry: Inquiry, headers: dict[str, str], reason: str, mailoutbox: list[Any]
) -> None:
    row = came(mail(to_robin(world, inquiry), **headers))
    assert (row.state, row.reason) == ("refused", reason)
    assert inquiry.messages.count() == 1
    assert mailoutbox == []
    assert default_storage.exists(row.file)  # headquarters may look


def test_an_address_of_somebody_else_or_of_nobody_is_refused(world: World, inquiry: Inquiry) -> None:
    sams = reply_address(Addressee(inquiry.pk, world.sam.pk))  # signed, but Sam is no member of Quillard
    assert came(mail(sams, From="sam@people.example")).reason == "gone"
    assert came(mail("inquiry-1-x-y@reply.portal.example", Message_ID="<2@x>")).reason == "address"
    other = Inquiry.objects.ask(world.stranger, subject="O", category=inquiry.category, text="x", by=world.sam)
    both = f"{to_robin(world, inquiry)}, {reply_address(Addressee(other.pk, world.robin.pk))}"
    assert came(mail(both, Message_ID="<3@x>")).reason == "several"
    assert came(mail(to_robin(world, other), Message_ID="<4@x>")).reason == "gone"
    assert Message.objects.filter(kind="reply").count() == 0


@pytest.mark.parametrize("how", ["left", "inactive", "role"])
def test_a_person_who_left_writes_no_more(world: World, inquiry: Inquiry, how: str) -> None:
    if how == "left":
        world.robin.memberships.get().end(by=world.hq)
    else:
        world.robin.is_active, world.robin.role = (how != "inactive"), ("expert" if how == "role" else "member")
        world.robin.save()
    assert came(mail(to_robin(world, inquiry))).reason == "gone"


def test_an_account_that_left_the_program_takes_up_nothing_again_by_mail(world: World, inquiry: Inquiry) -> None:
    """As on the web: what still waits is answered, and what is answered is not taken up again."""
    Account.objects.filter(pk=world.quillard.pk).update(state="withdrawn")
    assert came(mail(to_robin(world, inquiry))).state == "landed"
    inquiry.refresh_from_db()
    inquiry.answer(by=world.hq, text="8501.", **RULING)
    assert came(mail(to_robin(world, inquiry), Message_ID="<2@x>")).reason == "closed"
    assert "Center or the port" in Told.objects.get(topic=NOT_TAKEN).text
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.due_at) == ("answered", None)


def test_who_has_written_too_often_within_a_day_is_told_that_and_nothing_else(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquiries.verbs.MOST_A_DAY", 2)  # the question is the first
    assert came(mail(to_robin(world, inquiry), Message_ID="<1@x>")).state == "landed"
    row = came(mail(to_robin(world, inquiry), Message_ID="<2@x>"))
    assert (row.state, row.reason) == ("refused", "often")
    told = Told.objects.get(topic=NOT_TAKEN).text
    assert "times to it within a day" in told
    assert "write again tomorrow" in told
    assert "more than a person writes" in inquiry.steps.get(staff_only=True).words


def test_a_loop_without_any_header_stops_within_the_hour(world: World, inquiry: Inquiry) -> None:
    states = [
        came(mail(to_robin(world, inquiry), f"I am away, {number}", Message_ID=f"<{number}@x>")).state
        for number in range(taking_in.MOST_AN_HOUR + 3)
    ]
    assert states == ["landed"] * taking_in.MOST_AN_HOUR + ["refused"] * 3
    InboundMail.objects.update(settled_at=timezone.now() - datetime.timedelta(hours=2))
    assert came(mail(to_robin(world, inquiry), Message_ID="<later@x>")).state == "landed"


@pytest.mark.parametrize("raw", [b"", b"\0\xff" * 500, b"From: robin@people.example\r\n\r\n"])
def test_what_is_no_mail_is_refused_and_stops_no_other(world: World, inquiry: Inquiry, raw: bytes) -> None:
    assert came(raw).state == "refused"
    assert came(mail(to_robin(world, inquiry))).state == "landed"


@pytest.mark.parametrize(
    ("charset", "body"),
    [("punycode", b"A" * 300_000), ("unicode_escape", rb"See \ud800 here"), ("utf-7", b"See +2AA-")],
)
def test_a_charset_that_no_mail_program_writes_costs_no_time_and_stops_no_other(
    world: World, inquiry: Inquiry, charset: str, body: bytes
) -> None:
    head = (
        f"From: robin@people.example\r\nTo: {to_robin(world, inquiry)}\r\nContent-Type: text/plain; charset={charset}"
    )
    row = came(f"{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + base64.encodebytes(body))
    assert row.state == "landed"
    assert row.message.text.startswith(body[:3].decode())
    assert came(mail(to_robin(world, inquiry))).state == "landed"


def test_whatever_one_mail_trips_over_does_not_stop_the_next(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Inquiry, "reply", lambda *args, **kwargs: 1 / 0)
        row = came(mail(to_robin(world, inquiry), Message_ID="<first@x>"))
    assert (row.state, row.reason) == ("refused", "unreadable")
    assert came(mail(to_robin(world, inquiry), Message_ID="<second@x>")).state == "landed"


def test_of_a_mail_to_nobody_only_the_headers_are_kept(world: World, inquiry: Inquiry) -> None:
    row = came(mail("sales@reply.portal.example", "x" * 100_000))
    assert (row.state, row.reason) == ("refused", "address")
    assert row.size > 100_000
    with default_storage.open(row.file) as kept:
        assert b"sales@reply.portal.example" in (content := kept.read())
        assert len(content) < 1_000


def test_an_empty_reply_is_refused(world: World, inquiry: Inquiry) -> None:
    assert came(mail(to_robin(world, inquiry), f"\n> {CUT}\n> old")).reason == "empty"


def test_a_file_that_cannot_be_scanned_just_now_waits_with_its_mail(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    def away(file: object, address: object) -> None:
        raise Refused(scanning.UNREACHABLE)

    settings.CLAMD = object()
    monkeypatch.setattr("documents.models.scan", away)
    made = mail(to_robin(world, inquiry))
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="list.pdf")
    row = came(made)
    assert row.state == "waiting"
    assert inquiry.messages.count() == 1
    monkeypatch.setattr("documents.models.scan", lambda file, address: None)
    InboundMail.objects.update(try_after=timezone.now())
    take_in_all()
    row.refresh_from_db()
    assert row.state == "landed"
    assert Document.objects.get().scan == "clean"


def test_refused_mails_are_forgotten_after_a_month(world: World, inquiry: Inquiry) -> None:
    row = came(mail(to_robin(world, inquiry), From="x@y.example"))
    assert taking_in.forget(timezone.now()) == 0
    assert taking_in.forget(timezone.now() + datetime.timedelta(days=31)) == 1
    row.refresh_from_db()
    assert (row.file, row.reason) == ("", "sender")
