"""What is read of a mail: pure, whatever a sender wrote."""

import io
import time
import uuid
from email.message import EmailMessage

import pytest

from documents.kinds import Refused, kind_of
from inquiries.by_mail.address import Addressee, addressee_of, local_part, reply_address
from inquiries.by_mail.reading import CUT, CUT_SHORT, MOST_FILES, MOST_TEXT, new_text, read, text_of_html


@pytest.fixture(autouse=True)
def _takes_mail(settings) -> None:
    settings.REPLY_DOMAIN = "reply.portal.example"


def mail(text: str = "Yes.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Robin <robin@people.example>", "x@y.example", "Re: anything"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


@pytest.mark.parametrize("number", [1, 35, 36, 987_654_321, 36**8 - 1])
def test_an_address_is_of_one_person_and_one_inquiry_and_short_enough(number: int) -> None:
    to = Addressee(number, uuid.uuid4())
    address = reply_address(to)
    assert len(local_part(to)) <= 64
    assert addressee_of(address) == addressee_of(address.upper()) == to


def test_an_address_that_was_not_made_here_is_of_nobody(settings) -> None:
    to = Addressee(7, uuid.uuid4())
    local = local_part(to)
    _, number, person, signature = local.split("-")
    others = local_part(Addressee(8, to.person)).split("-")[3]
    for wrong in (
        f"inquiry-{number}-{person}-{others}",
        f"inquiry-8-{person}-{signature}",
        f"inquiry-{number}-{person}-",
        f"inquiry-{number}-{person}",
        "inquiry---",
        "",
        "inquiry-zz-é-x",
    ):
        assert addressee_of(f"{wrong}@reply.portal.example") is None
    assert addressee_of(f"{local}@elsewhere.example") is None
    settings.REPLY_DOMAIN = ""
    assert reply_address(to) == ""
    assert addressee_of(f"{local}@") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; owner=x"),
        ("Precedence", "bulk"),
        ("Precedence", "Auto_Reply"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Autoreply", "yes"),
        ("List-Id", "<list.example>"),
        ("Return-Path", "<>"),
    ],
)
def test_a_machine_is_told(name: str, value: str) -> None:
    assert read(mail(**{name.replace("-", "_"): value}).as_bytes()).automatic
    assert not read(mail(Auto_Submitted="no", Precedence="normal").as_bytes()).automatic


@pytest.mark.parametrize(
    "quoted",
    [
        f"On Thu, Nov 26, 2026 at 9:00 AM Account Management <portal@portal.example> wrote:\n> {CUT}\n> old",
        f"On Thu, Nov 26, 2026 at 9:00 AM Account Management\n<portal@portal.example> wrote:\n\n> {CUT}\n>\n> old",
        f"-----Original Message-----\n{CUT}\n\nold",
        f">> {CUT[:31].strip()}\n>> {CUT[31:].strip()}\n>> old",
    ],
)
def test_what_is_quoted_is_cut_at_our_own_line(quoted: str) -> None:
    found = new_text(f"Yes, it does.\n\nBest regards,\nRobin\n\n{quoted}")
    assert found.startswith("Yes, it does.\n\nBest regards,\nRobin")
    assert "old" not in found
    assert CUT not in found


def test_what_quotes_nothing_of_ours_stays_whole() -> None:
    text = "See below:\n> a line of the invoice\nThat is all."
    assert new_text(text) == text


def test_a_long_mail_is_cut_and_says_so() -> None:
    found = new_text("word " * 9000)
    assert found.endswith(CUT_SHORT)
    assert len(found) <= MOST_TEXT + len(CUT_SHORT)


def test_only_the_words_of_a_page_are_taken() -> None:
    page = (
        "<html><head><title>t</title><style>p{color:red}</style></head><body><p>Yes &amp; no</p>"
        "<script>alert('x')</script><img src=x onerror=alert(1)><p>Second<br>line</p><SCRIPT>more()</SCRIPT></body></html>"
    )
    made = mail()
    made.clear_content()
    made.set_content(page, subtype="html")
    text = read(made.as_bytes()).text
    assert [line for line in text.split("\n") if line] == ["Yes & no", "Second", "line"]
    assert text_of_html("<script>" * 5 + "x") == ""


PARTS = """From: robin@people.example
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

Before.
--x
Content-Type: application/pdf; name="by type.pdf"

%PDF
--x
Content-Type: application/pdf
Content-Disposition: inline; filename="inline.pdf"

%PDF
--x
Content-Type: text/csv; name=lines.csv

1,2
--x
Content-Type: image/png

picture
--x
Content-Type: application/pgp-signature; name=signature.asc

signed
--x
Content-Type: text/plain

Behind.
--x--
"""


def test_files_are_files_wherever_they_are_to_be_shown() -> None:
    """Apple's program writes them inline, between the words; others give a name alone."""
    found = read(PARTS.encode())
    assert [one.name for one in found.files] == ["by type.pdf", "inline.pdf", "lines.csv", "attachment"]
    assert found.files[2].content.strip() == b"1,2"
    assert found.text.split() == ["Before.", "Behind."]


def test_the_same_words_as_a_page_are_no_file_and_neither_is_a_whole_mail_of_text() -> None:
    made = mail("Yes.")
    made.add_alternative("<p>Yes.</p>", subtype="html")
    assert (read(made.as_bytes()).text, read(made.as_bytes()).files) == ("Yes.", ())
    raw = b"From: robin@people.example\r\nContent-Type: text/plain; name=body.txt\r\n\r\nYes."
    assert (read(raw).text, read(raw).files) == ("Yes.", ())


def test_more_files_than_are_taken_are_counted_inline_ones_too() -> None:
    made = mail()
    for number in range(MOST_FILES + 2):
        made.add_attachment(
            b"%PDF", maintype="application", subtype="pdf", filename=f"{number}.pdf", disposition="inline"
        )
    found = read(made.as_bytes())
    assert (len(found.files), found.left_out) == (MOST_FILES, 2)


@pytest.mark.parametrize("name", ["plan.eml", "plan.txt", None])
def test_of_a_mail_within_a_mail_no_word_is_the_senders_and_it_is_a_file_that_is_not_taken(name: str | None) -> None:
    inner = mail("Secret words of a stranger.")
    inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="theirs.pdf")
    made = mail("")
    made.add_attachment(inner, filename=name)
    found = read(made.as_bytes())
    assert found.text == ""
    (file,) = found.files
    assert file.name.endswith(".eml")
    with pytest.raises(Refused, match=r"\.eml are not taken"):
        kind_of(io.BytesIO(file.content), file.name)


def test_an_unknown_or_wrong_charset_is_read_all_the_same() -> None:
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=no-such-charset\r\n\r\nGr\xc3\xbc\xc3\x9fe"
    assert read(raw).text == "Grüße"
    assert read(raw.replace(b"no-such-charset", b"ascii").replace(b"\xc3\xbc\xc3\x9f", b"\xfc\xdf")).text == "Grüße"


def test_control_characters_and_line_breaks_in_headers_lead_nowhere() -> None:
    raw = b"From: robin@people.example\r\nMessage-ID: <a\x00b>\r\n x@y\r\nTo: =?utf-8?q?a=0ABcc=3A_x=40y=2Eexample?= <c@d.example>\r\n\r\nYes\x00\x1b[31m"
    found = read(raw)
    assert "\n" not in found.message_id
    assert "\0" not in found.message_id + found.text
    assert found.recipients == ("c@d.example",)
    assert "\x1b" not in found.text


@pytest.mark.parametrize(
    "raw", [b"", b"\x00" * 100, b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", b"\xff\xfe"]
)
def test_no_bytes_at_all_stop_the_reader(raw: bytes) -> None:
    assert read(raw).files == ()


@pytest.mark.parametrize(
    "text", ["\n" * 200_000, "On " * 60_000, ">" * 200_000, "Write above " * 20_000, "a:\n" * 60_000]
)
def test_crafted_words_cost_no_time(text: str) -> None:
    """The packages that guess took minutes for these: a second is a hundred times what it needs."""
    begun = time.process_time()
    new_text(text)
    assert time.process_time() - begun < 2
