"""What a mail says: pure. Bytes in, values out; whatever a sender may have written, no header and no charset is believed.

Quoted text is cut at the line that every mail of ours carries, and nowhere else. The packages that guess where a quotation
begins were tried: the one that is still kept, mail-parser-reply 1.36, takes minutes for a page of crafted words.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import getaddresses
from html.parser import HTMLParser

from anymail.inbound import AnymailInboundMessage

#: Stands in every mail that can be replied to, above what it says.
CUT = "Write above this line to reply; what is below it is not read."
#: More than a mail with one file of 25 MB, as mail carries it, is read by nobody.
MOST_BYTES = 40 * 2**20
MOST_FILES, MOST_TEXT = 20, 9_500
#: Of a part that is read as words, no more bytes are decoded.
MOST_WORDS = 2**20
#: Charsets that mail programs write. Others of Python are none, or take hours over what a stranger sends (punycode).
CHARSETS = {
    *(
        "ascii",
        "utf-8",
        "utf-16",
        "koi8-r",
        "koi8-u",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
        "euc_jp",
        "euc_kr",
        "shift_jis",
    ),
    *(f"iso8859-{number}" for number in range(1, 17)),
    *(f"cp125{number}" for number in range(9)),
    *("iso2022_jp", "iso2022_kr", "cp932", "cp949", "cp950"),
}
#: What is kept of a mail that is for nobody here, or too large: enough to see who sent it where.
KEPT_OF_HEADERS = 16 * 2**10
#: So far headers are read: those that servers on the way add are longer than what is kept.
READ_OF_HEADERS = 256 * 2**10
CUT_SHORT = "\n\n(The mail was longer; the rest of it is not here.)"
#: Elements of a page that say nothing to a reader.
SILENT = {"script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe"}
BREAKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote", "table"}
MAIL_ENDING = ".eml"
#: Parts by which a mail is signed: nobody attached them.
SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
AUTOMATIC = {"bulk", "junk", "list", "auto_reply", "auto-reply"}


@dataclass(frozen=True)
class Attached:
    """A file as it was sent: its name is the sender's, and so is what it claims to be."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What is of use of a mail. senders: addresses of From, lower-cased; automatic: why it is no person's, or empty; results:
    what servers say about the sender (Authentication-Results), topmost first, and which may be forged."""

    message_id: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    automatic: str
    text: str
    files: tuple[Attached, ...] = field(default_factory=tuple)
    left_out: int = 0
    results: tuple[str, ...] = ()


def read(raw: bytes) -> Mail:
    """Read a mail as it came over the wire."""
    mail = AnymailInboundMessage.parse_raw_mime_bytes(raw)
    files = [part for part in _leaves(mail) if _is_file(part, mail)]
    return Mail(
        message_id=" ".join(_lines(mail, "Message-ID"))[:250],
        senders=_addresses(mail, "From"),
        recipients=_recipients(mail),
        automatic=why_automatic(mail),
        text=_words(mail),
        files=tuple(Attached(_name(part), _bytes(part)) for part in files[:MOST_FILES]),
        left_out=max(0, len(files) - MOST_FILES),
        results=tuple(_lines(mail, "Authentication-Results")),
    )


def senders_of(mail: AnymailInboundMessage) -> tuple[str, ...]:
    """The addresses of From, lower-cased."""
    return _addresses(mail, "From")


def headers_of(mail: AnymailInboundMessage) -> dict[str, list[str]]:
    """Values by lower-cased name, topmost first, each in one line."""
    found: dict[str, list[str]] = {}
    for name, value in mail.raw_items():
        found.setdefault(name.lower(), []).append(one_line(str(value)))
    return found


def recipients_of(raw: bytes) -> tuple[str, ...]:
    """To whom a mail is addressed by its headers; nothing else of it is read."""
    return _recipients(AnymailInboundMessage.parse_raw_mime_bytes(head_of(raw, READ_OF_HEADERS)))


def head_of(raw: bytes, most: int = KEPT_OF_HEADERS) -> bytes:
    """The headers of a mail alone, at most so many bytes of them."""
    head, _, _ = raw[:most].replace(b"\r\n", b"\n").partition(b"\n\n")
    return head + b"\n\n"


def one_line(text: str) -> str:
    """Without line breaks and other control characters: what is kept of a header can begin no other."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _lines(mail: AnymailInboundMessage, name: str) -> list[str]:
    """A header as it came, once for each time that it stands there: to have it parsed would trip over what is forged."""
    return [one_line(str(value)) for key, value in mail.raw_items() if key.lower() == name.lower()]


def why_automatic(mail: AnymailInboundMessage) -> str:
    """Why a mail was written by a machine (RFC 3834, and what programs do beside it); empty for a person's."""

    def says(name: str) -> str:
        return " ".join(_lines(mail, name)).lower()

    if says("Auto-Submitted").split(";")[0].strip() not in ("", "no"):
        return "Auto-Submitted"
    if says("Precedence") in AUTOMATIC:
        return "Precedence"
    if says("X-Auto-Response-Suppress") not in ("", "none"):
        return "X-Auto-Response-Suppress"
    for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "List-Id"):
        if says(name):
            return name
    if any(value in ("", "<>") for value in _lines(mail, "Return-Path")):
        return "Return-Path"
    return "report" if mail.get_content_type() == "multipart/report" else ""


def _addresses(mail: AnymailInboundMessage, *names: str) -> tuple[str, ...]:
    """Addresses of these headers, without the names before them, which may be anything; each once, in their order."""
    values = [value for name in names for value in _lines(mail, name)]
    found = [address.strip().lower() for _, address in getaddresses(values)]
    return tuple(dict.fromkeys(address for address in found if "@" in address))


def _recipients(mail: AnymailInboundMessage) -> tuple[str, ...]:
    return _addresses(mail, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")


# ---- words ------------------------------------------------------------------------------------------------------


def _leaves(part: AnymailInboundMessage) -> Iterator[AnymailInboundMessage]:
    """The parts that are made of no others. A mail within a mail is one of them: what a stranger wrote in it is no word of
    who sent it on."""
    if part.get_content_maintype() == "multipart":
        for inner in part.get_payload() if part.is_multipart() else ():
            yield from _leaves(inner)
    else:
        yield part


def _words(mail: AnymailInboundMessage) -> str:
    """What was written, before and behind the files that some programs put between the words."""
    bodies = [part for part in _leaves(mail) if not _is_file(part, mail)]
    for kind, clean in (("text/plain", str), ("text/html", text_of_html)):
        words = new_text("\n".join(clean(_decoded(part)) for part in bodies if part.get_content_type() == kind))
        if words:
            return words
    return ""


def _decoded(part: AnymailInboundMessage) -> str:
    """As text, by the charset that it names where that is one, else as UTF-8, else as Windows wrote it."""
    data = _bytes(part)[:MOST_WORDS]
    for charset in (part.get_content_charset("utf-8"), "utf-8"):
        try:
            if codecs.lookup(charset).name in CHARSETS:
                return data.decode(charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return data.decode("cp1252", errors="replace")


def new_text(text: str) -> str:
    """What was written now: above our own line where the mail quotes it, without the quotation's first words; as it is
    where it does not. At most MOST_TEXT letters, and no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = "".join(letter for letter in text if letter in "\n\t" or letter >= " ")
    text = text.replace("\x7f", "").encode("utf-8", "ignore").decode()  # halves of letters, which no database takes
    above, cut, _ = _squeezed(text).partition(CUT)
    lines = above.split("\n")
    if cut:
        while lines and (not lines[-1].strip(" >*_-\t") or lines[-1].lstrip().startswith(">")):
            lines.pop()
        # The line or two by which a mail program introduces what it quotes.
        if lines and lines[-1].rstrip().endswith(":"):
            lines.pop()
            if lines and re.match(r"(On|Am|El|Le|Il|Em|Op) ", lines[-1].lstrip()):
                lines.pop()
    words = "\n".join(line.rstrip() for line in lines).strip()
    words = re.sub(r"\n{3,}", "\n\n", words)
    return words if len(words) <= MOST_TEXT else words[:MOST_TEXT].rstrip() + CUT_SHORT


def _squeezed(text: str) -> str:
    """With our own line in one piece again, where a mail program broke it or put signs of quotation before it."""
    words = CUT.split()
    broken = re.compile(r"[ \t]*(?:\n[> \t]*| )".join(map(re.escape, words)))
    return broken.sub(CUT, text)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent, self.found = 0, [""]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in SILENT
        if tag in BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in SILENT))
        if tag in ("p", "div", "tr", "li", "table", "h1", "h2", "h3"):
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(re.sub(r"\s+", " ", data))


def text_of_html(page: str) -> str:
    """The words of a page, without anything that runs, and without its looks."""
    parser = _Text()
    parser.feed(page[:MOST_WORDS])
    parser.close()
    return "\n".join(line.strip() for line in "".join(parser.found).split("\n"))


# ---- files ------------------------------------------------------------------------------------------------------


def _is_file(part: AnymailInboundMessage, mail: AnymailInboundMessage) -> bool:
    """Whether a part is a file, whatever it says of where it is to be shown: it is said to be one, has a name, or is no
    text. The same words in another form, as a page, are none; nor is text that is the whole mail."""
    kind = part.get_content_type()
    if kind in SIGNATURES:
        return False
    return part.is_attachment() or not kind.startswith("text/") or (part is not mail and bool(_filename(part)))


def _filename(part: AnymailInboundMessage) -> str:
    try:
        return one_line(str(part.get_filename() or ""))
    except (LookupError, ValueError, TypeError):
        return ""


def _name(part: AnymailInboundMessage) -> str:
    """As it was sent; that of a mail within a mail ends as such a file's does, which is not taken."""
    name = _filename(part) or "attachment"
    if part.get_content_maintype() == "message" and not name.lower().endswith(MAIL_ENDING):
        name += MAIL_ENDING
    return name


def _bytes(part: AnymailInboundMessage) -> bytes:
    """What lies in a part; of a mail within a mail something, since its name says that it is not taken."""
    if part.get_content_maintype() == "message":
        return b"mail"
    try:
        return part.get_payload(decode=True) or b""
    except (LookupError, ValueError, AssertionError):
        return b""
