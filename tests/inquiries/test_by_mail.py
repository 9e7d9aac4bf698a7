"""A reply by mail lands in its thread, or is refused: never across accounts, never twice, whoever wrote what."""

import base64
import datetime
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from documents import scanning
from documents.kinds import Refused
from documents.models import Document
from inquiries.by_mail import taking_in
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.maildir import read_maildir
from inquiries.by_mail.reading import CUT, MOST_BYTES
from inquiries.by_mail.taking_in import take_in_all
from inquiries.models import Category, InboundMail, Inquiry, Message
from tests.documents.files import pdf
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
PDF = pdf()
SECRET = "provider:a-long-webhook-password"


@pytest.fixture(autouse=True)
def _takes_mail(settings, tmp_path: Path) -> None:
    settings.REPLY_DOMAIN, settings.MAIL_PROVIDER = "reply.portal.example", "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def inquiry(world: World) -> Inquiry:
    made: Inquiry = Inquiry.objects.ask(
        world.quillard, subject="A held container", category=Category.objects.filter(offered=True, of_results=False)[0],
        text="Why is it held?", by=world.robin,
    )  # fmt: skip
    return made


def to_robin(world: World, inquiry: Inquiry) -> str:
    return reply_address(Addressee(inquiry.pk, world.robin.pk))


def mail(to: str, text: str = "The packing list is on its way.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {
        "From": "Robin Castell <Robin@people.example>",
        "To": to,
        "Subject": "Re: inquiry",
        "Message-ID": "<1@people.example>",
    }
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return made


def came(message: EmailMessage | bytes, **more: str) -> InboundMail:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    assert InboundMail.keep(raw, via="test", **more)
    row = InboundMail.objects.latest("received_at")
    take_in_all(timezone.now())
    row.refresh_from_db()
    return row


# ---- landing --------------------------------------------------------------------------------------------------


def test_a_reply_lands_in_the_thread_without_what_it_quotes(
    world: World, inquiry: Inquiry, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row = came(mail(to_robin(world, inquiry), f"It is on its way.\n\nOn Thu, CBP wrote:\n> {CUT}\n> Read it\n"))
    assert row.state == "landed"
    assert (row.message.text, row.message.by, row.message.via, row.message.kind) == (
        "It is on its way.",
        world.robin,
        "mail",
        "reply",
    )
    assert not default_storage.exists(row.file)
    inquiry.refresh_from_db()
    assert inquiry.state == "open"


def test_the_subject_line_says_nothing(world: World, inquiry: Inquiry) -> None:
    other = Inquiry.objects.ask(world.stranger, subject="Ours", category=inquiry.category, text="Secret.", by=world.sam)
    row = came(mail(to_robin(world, inquiry), Subject=f"Re: inquiry {other.number} {to_robin(world, other)}"))
    assert (row.state, row.message.inquiry) == ("landed", inquiry)
    assert other.messages.count() == 1


def test_files_are_kept_by_the_rules_of_documents_and_refused_by_name(world: World, inquiry: Inquiry) -> None:
    made = mail(to_robin(world, inquiry))
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="packing list.pdf")
    made.add_attachment(b"MZ\x90\x00" + b"\0" * 300, maintype="application", subtype="pdf", filename="invoice.pdf")
    made.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="../../etc/cron.d/evil")
    row = came(made)
    assert row.state == "landed"
    assert [one.name for one in Document.objects.about(row.message)] == ["packing list.pdf"]  # type: ignore[attr-defined]
    steps = " ".join(inquiry.steps.values_list("words", flat=True))
    assert "invoice.pdf" in steps
    assert "evil" in steps


def test_a_mail_of_thirty_megabytes_keeps_its_words(world: World, inquiry: Inquiry) -> None:
    made = mail(to_robin(world, inquiry))
    made.add_attachment(PDF + b"\0" * (26 * 2**20), maintype="application", subtype="pdf", filename="large.pdf")
    raw = made.as_bytes()
    assert 30 * 2**20 < len(raw) < MOST_BYTES
    row = came(raw)
    assert row.state == "landed"
    assert not Document.objects.exists()
    assert "larger than 25 MB" in inquiry.steps.latest("pk").words


def test_a_closed_inquiry_is_taken_up_again(world: World, inquiry: Inquiry) -> None:
    inquiry.close(by=world.robin)
    assert came(mail(to_robin(world, inquiry))).state == "landed"
    inquiry.refresh_from_db()
    assert inquiry.state == "open"
    assert "Taken up again" in inquiry.steps.latest("pk").words


def test_the_same_mail_delivered_twice_lands_once(world: World, inquiry: Inquiry) -> None:
    first = mail(to_robin(world, inquiry))
    assert came(first).state == "landed"
    assert not InboundMail.keep(first.as_bytes(), via="test")
    assert came(mail(to_robin(world, inquiry), Received="from another server")).state == "twice"
    assert inquiry.messages.filter(kind="reply").count() == 1


def test_a_number_that_a_stranger_used_first_stops_nobody(world: World, inquiry: Inquiry) -> None:
    own = Inquiry.objects.ask(world.stranger, subject="Ours", category=inquiry.category, text="x", by=world.sam)
    theirs = mail(reply_address(Addressee(own.pk, world.sam.pk)), From="sam@people.example")
    assert came(theirs).state == "landed"
    assert came(mail(to_robin(world, inquiry))).state == "landed"


# ---- refusing -------------------------------------------------------------------------------------------------


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


def test_an_account_that_left_the_program_is_written_to_no_more(world: World, inquiry: Inquiry) -> None:
    Account.objects.filter(pk=world.quillard.pk).update(state="withdrawn")
    assert came(mail(to_robin(world, inquiry))).reason == "closed"


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
    take_in_all(timezone.now())
    row.refresh_from_db()
    assert row.state == "landed"
    assert Document.objects.get().scan == "clean"


def test_refused_mails_are_forgotten_after_a_month(world: World, inquiry: Inquiry) -> None:
    row = came(mail(to_robin(world, inquiry), From="x@y.example"))
    assert taking_in.forget(timezone.now()) == 0
    assert taking_in.forget(timezone.now() + datetime.timedelta(days=31)) == 1
    row.refresh_from_db()
    assert (row.file, row.reason) == ("", "sender")


# ---- how mails come -------------------------------------------------------------------------------------------


def postmark(to: str, **more: Any) -> dict[str, Any]:
    """As Postmark sends one: its own fields, not the mail itself."""
    return {
        "FromName": "Robin Castell", "From": "robin@people.example",
        "FromFull": {"Email": "robin@people.example", "Name": "Robin Castell", "MailboxHash": ""},
        "To": to, "ToFull": [{"Email": to, "Name": "", "MailboxHash": ""}], "Cc": "", "CcFull": [], "Bcc": "",
        "BccFull": [], "OriginalRecipient": to, "Subject": "Re: inquiry", "MessageID": "a8c1040e-db1c-4e18-ac79-bc5f64c7ce2c",
        "ReplyTo": "", "MailboxHash": "", "Date": "Thu, 26 Nov 2026 09:00:00 -0500",
        "TextBody": f"By the webhook.\n\nOn Thu wrote:\n> {CUT}\n> old", "HtmlBody": "<p>By the webhook.</p>",
        "StrippedTextReply": "", "Tag": "",
        "Headers": [
            {"Name": "Return-Path", "Value": "<robin@people.example>"},
            {"Name": "Message-ID", "Value": "<w1@people.example>"},
        ],
        "Attachments": [
            {"Name": "list.pdf", "Content": base64.b64encode(PDF).decode(), "ContentType": "application/pdf", "ContentLength": len(PDF)}
        ],
    } | more  # fmt: skip


def send(payload: Any, secret: str = SECRET) -> Any:
    proof = base64.b64encode(secret.encode()).decode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Client().post(
        "/mail-in/", body, content_type="application/json", headers={"Authorization": f"Basic {proof}"}
    )


def test_the_providers_webhook_keeps_the_mail_and_a_worker_lands_it(world: World, inquiry: Inquiry) -> None:
    payload = postmark(to_robin(world, inquiry))
    assert send(payload).status_code == 200
    assert send(payload).status_code == 200  # a provider that was not answered in time sends again
    assert {one.via for one in InboundMail.objects.all()} == {"postmark"}
    assert inquiry.messages.count() == 1
    take_in_all(timezone.now())
    assert sorted(InboundMail.objects.values_list("state", flat=True)) == ["landed", "twice"]
    assert inquiry.messages.count() == 2
    row = InboundMail.objects.get(state="landed")
    assert (row.state, row.message.text) == ("landed", "By the webhook.")
    assert Document.objects.get().name == "list.pdf"


def test_a_null_sender_or_spam_that_the_provider_saw_is_refused(world: World, inquiry: Inquiry) -> None:
    to = to_robin(world, inquiry)
    send(postmark(to, Headers=[{"Name": "Return-Path", "Value": "<>"}, {"Name": "Message-ID", "Value": "<n@x>"}]))
    send(postmark(to, Headers=[{"Name": "X-Spam-Status", "Value": "Yes"}, {"Name": "Message-ID", "Value": "<s@x>"}]))
    take_in_all(timezone.now())
    assert {one.detail for one in InboundMail.objects.filter(reason="automatic")} == {"null sender", "spam"}


def test_without_the_proof_there_is_no_such_page(world: World, inquiry: Inquiry, settings) -> None:
    payload = postmark(to_robin(world, inquiry))
    assert send(payload, "provider:wrong").status_code == 404
    assert Client().post("/mail-in/", json.dumps(payload), content_type="application/json").status_code == 404
    assert Client().get("/mail-in/", headers={"Authorization": "Basic %%%"}).status_code == 404
    settings.REPLY_DOMAIN = ""
    assert send(payload).status_code == 404
    assert not InboundMail.objects.exists()


def test_a_large_mail_passes_the_webhook_and_a_larger_one_is_refused_before_it_is_read(
    world: World, inquiry: Inquiry
) -> None:
    much = base64.b64encode(PDF + b"\0" * (3 * 2**20)).decode()
    files = [{"Name": "l.pdf", "Content": much, "ContentType": "application/pdf"}]
    assert send(postmark(to_robin(world, inquiry), Attachments=files)).status_code == 200
    proof = base64.b64encode(SECRET.encode()).decode()
    answer = Client().generic(
        "POST", "/mail-in/", b"{}", content_type="application/json", CONTENT_LENGTH=str(10**9),
        headers={"Authorization": f"Basic {proof}"},
    )  # fmt: skip
    assert answer.status_code == 413


def folder(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "in" / name).mkdir(parents=True)
    return tmp_path / "in"


def test_a_maildir_is_read_once_also_after_a_crash(world: World, inquiry: Inquiry, tmp_path: Path) -> None:
    box, raw = folder(tmp_path), mail(to_robin(world, inquiry)).as_bytes()
    (box / "new" / "1.a").write_bytes(raw)
    InboundMail.keep(raw, via="maildir")  # killed after the row was kept, before the file was moved
    (box / "new" / "2.a").symlink_to("/etc/passwd")
    call_command("read_maildir", str(box))
    call_command("read_maildir", str(box))
    assert [one.name for one in (box / "cur").iterdir()] == ["1.a:2,S"]
    assert InboundMail.objects.get().state == "landed"
    assert inquiry.messages.filter(kind="reply").count() == 1


def test_a_mail_too_large_for_anybody_is_kept_as_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = folder(tmp_path)
    for module in ("maildir", "taking_in"):
        monkeypatch.setattr(f"inquiries.by_mail.{module}.MOST_BYTES", 1000)
    (box / "new" / "1").write_bytes(b"x" * 5000)
    assert read_maildir(box) == (1, 0)
    take_in_all(timezone.now())
    assert InboundMail.objects.get().reason == "large"


def test_what_is_no_maildir_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no Maildir"):
        call_command("read_maildir", str(tmp_path))


def test_the_page_names_the_address_to_who_may_write_there(world: World, inquiry: Inquiry, settings) -> None:
    address = f"/inquiries/{inquiry.pk}/"
    assert to_robin(world, inquiry) in signed_in(world, "robin").get(address).content.decode()
    assert "reply.portal.example" not in signed_in(world, "jordan").get(address).content.decode()
    lee = signed_in(world, "lee").get(address).content.decode()
    assert to_robin(world, inquiry) not in lee
    assert reply_address(Addressee(inquiry.pk, world.lee.pk)) in lee
    settings.REPLY_DOMAIN = ""
    assert "Or write by mail" not in signed_in(world, "robin").get(address).content.decode()
