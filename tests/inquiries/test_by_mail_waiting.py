"""A mail that cannot be taken in just now waits, and holds up no other; what happens meanwhile does not lose it."""

import datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone

from documents import scanning
from documents.kinds import Refused
from documents.models import Document
from inquiries.by_mail import taking_in
from inquiries.by_mail.reading import Mail, read
from inquiries.models import InboundMail, Inquiry
from inquiries.tasks import take_in_mails
from tests.inquiries.mails import PDF, mail, to_robin
from tests.named_people import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_mail")]


def keep(world: World, inquiry: Inquiry, number: int = 1, files: int = 0) -> InboundMail:
    """A mail that came, an hour ago and in this order."""
    made = mail(to_robin(world, inquiry), f"Mail {number}", Message_ID=f"<{number}@people.example>")
    for one in range(files):
        made.add_attachment(PDF, maintype="application", subtype="pdf", filename=f"{number}-{one}.pdf")
    assert InboundMail.keep(made.as_bytes(), via="maildir")
    row = InboundMail.objects.latest("received_at")
    row.received_at = timezone.now() - datetime.timedelta(minutes=60 - number)
    row.save()
    return row


@pytest.fixture
def asked_of_scanner(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[object]:
    """The scanner is away; what was asked of it."""
    asked: list[object] = []

    def away(file: object, address: object) -> None:
        asked.append(file)
        raise Refused(scanning.UNREACHABLE)

    settings.CLAMD = object()
    monkeypatch.setattr("documents.models.scan", away)
    return asked


def test_a_reply_in_the_moment_in_which_the_manager_asks_back_lands(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = keep(world, inquiry)

    def meanwhile(raw: bytes) -> Mail:
        inquiry.ask_back(by=world.jordan, text="With the gear?")
        return read(raw)

    monkeypatch.setattr(taking_in, "read", meanwhile)
    take_in_mails()
    row.refresh_from_db()
    assert row.state == "landed"
    pause = inquiry.pauses.get()
    assert pause.ended == row.message.at > pause.began


def test_what_is_not_the_same_mail_twice_is_not_taken_for_it(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    row = keep(world, inquiry)

    def refused(*args: Any, **kwargs: Any) -> None:
        raise IntegrityError("another constraint")

    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(Inquiry, "reply", refused)
        take_in_mails()
    row.refresh_from_db()
    assert (row.state, row.try_after > timezone.now()) == ("waiting", True)
    assert default_storage.exists(row.file)
    take_in_mails()
    assert InboundMail.objects.get().state == "waiting"  # not yet
    InboundMail.objects.update(try_after=timezone.now())
    take_in_mails()
    assert InboundMail.objects.get().state == "landed"


def test_what_stands_in_its_way_for_half_a_day_refuses_it(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = keep(world, inquiry)
    InboundMail.objects.update(received_at=timezone.now() - taking_in.WAITS)
    monkeypatch.setattr(Inquiry, "reply", lambda *args, **kwargs: (_ for _ in ()).throw(IntegrityError("always")))
    take_in_mails()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("refused", "unreadable")


@pytest.mark.usefixtures("asked_of_scanner")
def test_mails_that_wait_for_the_scanner_hold_up_no_other(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "BATCH", 2)
    with_files = [keep(world, inquiry, number, files=1) for number in (1, 2)]
    without = keep(world, inquiry, 3)
    take_in_mails()
    take_in_mails()
    without.refresh_from_db()
    assert without.state == "landed"
    for row in with_files:
        row.refresh_from_db()
        assert (row.state, row.try_after > timezone.now()) == ("waiting", True)
    monkeypatch.setattr("documents.models.scan", lambda file, address: None)
    InboundMail.objects.filter(state="waiting").update(try_after=timezone.now())
    take_in_mails()
    assert set(InboundMail.objects.values_list("state", flat=True)) == {"landed"}
    assert Document.objects.count() == 2


def test_a_scanner_that_is_away_is_asked_once_a_round(
    world: World, inquiry: Inquiry, asked_of_scanner: list[object]
) -> None:
    for number in (1, 2, 3):
        keep(world, inquiry, number, files=2)
    take_in_mails()
    assert len(asked_of_scanner) == 1
    assert set(InboundMail.objects.values_list("state", flat=True)) == {"waiting"}


@pytest.mark.usefixtures("asked_of_scanner")
def test_after_half_a_day_without_a_scanner_the_words_land(world: World, inquiry: Inquiry) -> None:
    row = keep(world, inquiry, files=1)
    InboundMail.objects.update(received_at=timezone.now() - taking_in.WAITS)
    take_in_mails()
    row.refresh_from_db()
    assert row.state == "landed"
    assert "1-0.pdf" in inquiry.steps.latest("pk").words
    assert not Document.objects.exists()
