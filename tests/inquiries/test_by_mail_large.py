"""A mail that is too large: who really wrote it is told once and how to send it; a forger and a machine are told nothing."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from inquiries.by_mail import maildir, taking_in
from inquiries.by_mail.maildir import read_maildir
from inquiries.by_mail.not_taken import NOT_TAKEN
from inquiries.by_mail.taking_in import take_in_all
from inquiries.models import InboundMail, Inquiry
from inquiries.models import mail as kept
from notifications.models import Message
from tests.inquiries.mails import PDF, came, mail, to_robin
from tests.inquiries.test_by_mail_brought import folder
from tests.named_people import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_mail")]
MOST = 20_000


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Mails of a Maildir, as a server leaves them there; the limit is 20 kB here."""
    for module in (maildir, taking_in, kept):
        monkeypatch.setattr(module, "MOST_BYTES", MOST)
    box = folder(tmp_path)

    def bring(name: str, raw: bytes) -> InboundMail:
        (box / "new" / name).write_bytes(raw)
        assert read_maildir(box) == (1, 0)
        take_in_all()
        found: InboundMail = InboundMail.objects.latest("received_at")
        return found

    return bring


def large(to: str, number: int = 1, **headers: str) -> bytes:
    made = mail(to, "Here are the plans.", Message_ID=f"<{number}@people.example>", **headers)
    made.add_attachment(PDF + b"\0" * MOST, maintype="application", subtype="pdf", filename="plans.pdf")
    return made.as_bytes()


def test_who_wrote_it_is_told_once_a_day_how_to_send_it_and_staff_reads_that_it_came(
    world: World, inquiry: Inquiry, brought
) -> None:
    rows = [brought(str(number), large(to_robin(world, inquiry), number)) for number in range(3)]
    assert {(row.state, row.reason, row.inquiry_id) for row in rows} == {("refused", "large", inquiry.pk)}
    told = Message.objects.get(topic=NOT_TAKEN)
    assert [one.person for one in told.deliveries.all()] == [world.robin]
    assert "larger than 40 MB" in told.text
    assert "attach the files there, each of up to 25 MB" in told.text
    assert inquiry.steps.filter(staff_only=True, words__contains="too large").count() == 1
    assert inquiry.messages.count() == 1


def test_of_it_no_more_than_its_headers_are_kept_and_how_large_it_was(world: World, inquiry: Inquiry, brought) -> None:
    row = brought("1", large(to_robin(world, inquiry)))
    assert row.size > MOST
    assert len(row.content()) < 2_000
    assert b"plans.pdf" not in row.content()
    assert b"Robin@people.example" in row.content()


@pytest.mark.parametrize(
    ("headers", "reason", "people"),
    [
        ({"From": "evil@evil.example"}, "sender", 1),
        ({"Auto_Submitted": "auto-replied"}, "automatic", 0),
        ({"Return_Path": "<>"}, "automatic", 0),
        ({"To": "sales@reply.portal.example"}, "address", 0),
    ],
)
def test_a_forger_a_machine_and_a_stranger_are_answered_by_nobody(
    world: World, inquiry: Inquiry, brought, headers: dict[str, str], reason: str, people: int
) -> None:
    """Whoever's address was used hears of a forgery, at the address that the portal knows."""
    to = headers.get("To", to_robin(world, inquiry))
    row = brought("1", large(to, **{name: value for name, value in headers.items() if name != "To"}))
    assert (row.state, row.reason) == ("refused", reason)
    told = Message.objects.filter(topic=NOT_TAKEN)
    assert [one.person for message in told for one in message.deliveries.all()] == [world.robin] * people
    assert not any("larger" in message.text for message in told)


def test_where_proof_is_asked_a_large_mail_without_it_is_not_believed(
    world: World, inquiry: Inquiry, brought, settings
) -> None:
    settings.REPLY_PROOF = "required"
    assert brought("1", large(to_robin(world, inquiry))).reason == "unproved"


def test_a_forged_mail_keeps_no_word_about_a_real_one_back(world: World, inquiry: Inquiry, brought) -> None:
    brought("1", large(to_robin(world, inquiry), 1, From="evil@evil.example"))
    brought("2", large(to_robin(world, inquiry), 2))
    assert sorted("larger than" in one.text for one in Message.objects.filter(topic=NOT_TAKEN)) == [False, True]


def test_what_is_just_small_enough_lands(world: World, inquiry: Inquiry, brought) -> None:
    raw = mail(to_robin(world, inquiry)).as_bytes()
    row = brought("1", raw + b" " * (MOST - len(raw)))
    assert (row.state, row.size) == ("landed", MOST)


def test_long_headers_of_servers_on_the_way_hide_no_address_and_nothing_is_kept_of_what_landed(
    world: World, inquiry: Inquiry, django_capture_on_commit_callbacks
) -> None:
    lines = b"".join(b"X-Received-%d: %s\r\n" % (number, b"x" * 900) for number in range(60))
    with django_capture_on_commit_callbacks() as then:
        row = came(lines + mail(to_robin(world, inquiry)).as_bytes())
    assert row.state == "landed"
    assert default_storage.exists(row.file)
    for callback in then:
        callback()
    assert not default_storage.exists(row.file)


def test_a_file_that_is_not_taken_is_told_to_who_sent_it(world: World, inquiry: Inquiry) -> None:
    made = mail(to_robin(world, inquiry))
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="list.pdf")
    made.add_attachment(b"MZ\x90\0" * 9, maintype="application", subtype="pdf", filename="plan.pdf")
    assert came(made).state == "landed"
    told = Message.objects.get(topic=NOT_TAKEN)
    assert [one.person for one in told.deliveries.all()] == [world.robin]
    assert "a file was not taken" in told.text
    assert "plan.pdf: " in told.text
    assert "list.pdf" not in told.text
