"""A reply by mail lands in its thread, once, with its files and without what it quotes."""

from typing import Any

import pytest
from django.core.files.storage import default_storage

from documents.models import Document
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.reading import CUT, MOST_BYTES
from inquiries.models import InboundMail, Inquiry
from tests.inquiries.mails import PDF, came, mail, to_robin
from tests.named_people import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_mail")]


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


def test_an_empty_reply_with_a_forwarded_mail_publishes_nothing_of_it(world: World, inquiry: Inquiry) -> None:
    made = mail(to_robin(world, inquiry), "")
    made.add_attachment(mail("x@y.example", "Words of a stranger."), filename="their mail.eml")
    row = came(made)
    assert row.state == "landed"
    assert row.message.text == "(No words, 1 attached.)"
    assert "their mail.eml: Files that end in .eml are not taken" in inquiry.steps.latest("pk").words
    assert not Document.objects.exists()
