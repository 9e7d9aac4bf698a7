"""How mails come: by the provider's webhook, and from a Maildir."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client, RequestFactory

from documents.models import Document
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.maildir import read_maildir
from inquiries.by_mail.not_taken import NOT_TAKEN
from inquiries.by_mail.reading import CUT
from inquiries.by_mail.taking_in import take_in_all
from inquiries.by_mail.webhook import TOO_LARGE, mail_in
from inquiries.models import InboundMail, Inquiry
from notifications.models import Message
from tests.inquiries.mails import PDF, SECRET, mail, to_robin
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_mail")]


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
    take_in_all()
    assert sorted(InboundMail.objects.values_list("state", flat=True)) == ["landed", "twice"]
    assert inquiry.messages.count() == 2
    row = InboundMail.objects.get(state="landed")
    assert (row.state, row.message.text) == ("landed", "By the webhook.")
    assert Document.objects.get().name == "list.pdf"


def test_a_null_sender_or_spam_that_the_provider_saw_is_refused(world: World, inquiry: Inquiry) -> None:
    to = to_robin(world, inquiry)
    send(postmark(to, Headers=[{"Name": "Return-Path", "Value": "<>"}, {"Name": "Message-ID", "Value": "<n@x>"}]))
    send(postmark(to, Headers=[{"Name": "X-Spam-Status", "Value": "Yes"}, {"Name": "Message-ID", "Value": "<s@x>"}]))
    take_in_all()
    assert InboundMail.objects.get(reason="automatic").detail == "null sender"
    assert InboundMail.objects.get(reason="spam").detail == "spam"
    # Either may be wrong: staff reads of it, and no mail goes to what may be a machine.
    words = list(inquiry.steps.filter(staff_only=True).order_by("pk").values_list("words", flat=True))
    assert ["written by a machine" in words[0], "taken for spam" in words[1], len(words)] == [True, True, 2]
    assert all("Robin Castell" in one and "Nobody is told by mail" in one for one in words)
    assert not Message.objects.filter(topic=NOT_TAKEN).exists()
    assert {(one.inquiry, one.person) for one in InboundMail.objects.all()} == {(inquiry, world.robin)}


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
    assert answer.status_code == 403  # what ends Postmark's attempts


def form(fields: dict[str, Any]) -> Any:
    return Client().post(
        "/mail-in/", fields, headers={"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}
    )


def test_a_large_mail_in_a_field_of_a_form_is_kept_whole(world: World, inquiry: Inquiry, settings) -> None:
    """As SendGrid sends a whole mail; Django reads no more than two megabytes of fields."""
    settings.MAIL_PROVIDER = "sendgrid"
    made = mail(to_robin(world, inquiry), "Here is the list.")
    large = PDF + b"\0" * (3 * 2**20) + b"\n%%EOF\n"
    made.add_attachment(large, maintype="application", subtype="pdf", filename="Prüfliste.pdf")
    envelope = json.dumps({"to": [made["To"]], "from": "robin@people.example"})
    sent = {"email": made.as_string(), "envelope": envelope, "SPF": "pass", "charsets": "{}", "subject": "Grüße"}
    assert form(sent).status_code == 200
    take_in_all()
    assert InboundMail.objects.get().state == "landed"
    assert Document.objects.get().name == "Prüfliste.pdf"


def test_a_long_text_of_a_form_is_kept_whole(world: World, inquiry: Inquiry, settings) -> None:
    """As SendGrid sends one that it took apart, pictures in its words and a file beside them."""
    settings.MAIL_PROVIDER = "sendgrid"
    to = to_robin(world, inquiry)
    sent = {
        "headers": f"From: robin@people.example\nTo: {to}\nMessage-ID: <long@people.example>\n", "text": "Grüße.",
        "html": f"<p>Grüße.<img src='data:{'A' * (3 * 2**20)}'>", "from": "robin@people.example", "to": to,
        "envelope": json.dumps({"to": [to], "from": "robin@people.example"}), "attachments": "1",
        "attachment-info": json.dumps({"attachment1": {"filename": "Prüfliste.pdf", "type": "application/pdf"}}),
        "attachment1": SimpleUploadedFile("Prüfliste.pdf", PDF, "application/pdf"),
    }  # fmt: skip
    assert form(sent).status_code == 200
    take_in_all()
    assert inquiry.messages.latest("pk").text == "Grüße."
    assert Document.objects.get().name == "Prüfliste.pdf"


@pytest.mark.parametrize("provider", TOO_LARGE)
def test_each_provider_is_told_in_its_way_to_send_what_is_too_large_no_more(settings, provider: str) -> None:
    settings.MAIL_PROVIDER = provider
    assert with_length(str(10**9)).status_code == TOO_LARGE[provider]
    assert {with_length(text).status_code for text in ("", "²", "-1", "many")} == {503}  # and the rest later


def with_length(text: str) -> Any:
    proof = base64.b64encode(SECRET.encode()).decode()
    asked = RequestFactory().generic("POST", "/mail-in/", b"{}", content_type="application/json")
    asked.META |= {"CONTENT_LENGTH": text, "HTTP_AUTHORIZATION": f"Basic {proof}"}
    return mail_in(asked)


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


def test_a_large_mail_that_names_nobody_is_refused_as_any_other(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = folder(tmp_path)
    for module in ("by_mail.maildir", "by_mail.taking_in", "models.mail"):
        monkeypatch.setattr(f"inquiries.{module}.MOST_BYTES", 1000)
    (box / "new" / "1").write_bytes(b"x" * 5000)
    assert read_maildir(box) == (1, 0)
    take_in_all()
    row = InboundMail.objects.get()
    assert (row.reason, row.size) == ("address", 5000)


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
