"""What a message looks like as a mail: text and HTML, the same for every attempt.

What all readers of a message read alike is drawn once and put into the form of the wire once; a person adds the lines
of the header that are theirs. A topic may say something of its own to each (`PERSONAL`, `DRAWN`, own_words.py).
"""

import functools
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.template.loader import render_to_string

from notifications import unsubscribing
from notifications.models import Delivery, Message
from notifications.own_words import OWN, PLACE, Shell

#: By topic: (address, words of the link) for one delivery, made when it is sent and kept nowhere.
Link = tuple[str, str]
PERSONAL: dict[str, Callable[[Delivery], Link]] = {}
#: How each provider is told the number of a delivery, so that its report brings it back; others know our Message-ID.
CARRIES_NUMBER = {
    "postmark": ("X-PM-Metadata-delivery", "{}"),
    "mailgun": ("X-Mailgun-Variables", '{{"delivery": "{}"}}'),
    "sendgrid": ("X-SMTPAPI", '{{"unique_args": {{"delivery": "{}"}}}}'),
}
#: An address that is its own written form.
PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
#: What would be read as more than one address, or as more than an address.
NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f<>(),:;\\\"\[\]]")
#: How many messages' words are kept at once: a batch rarely has more.
KEPT = 200


@dataclass(frozen=True, slots=True)
class Due:
    """What of a delivery a mail is made from: a row that is due, without the weight of a model."""

    pk: int
    message_id: uuid.UUID
    person_id: uuid.UUID
    email: str
    attempts: int
    message: Message
    told_for: tuple[uuid.UUID, ...] = ()
    of_government: bool = False

    @property
    def whole(self) -> Delivery:
        """The delivery itself, for a topic that says something of its own to each."""
        return Delivery.objects.select_related("message", "person").get(pk=self.pk)


@dataclass(frozen=True)
class Drawn:
    """Words made for one delivery alone: subject, the template in templates/notifications/, and what it shows."""

    subject: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


#: By topic: the whole mail of one delivery, drawn when it is sent; None where nothing is left to say.
DRAWN: dict[str, Callable[[Delivery], Drawn | None]] = {}


@dataclass(frozen=True)
class Reply:
    """Where a reply to one mail goes, and the line above which it is written."""

    address: str
    line: str


#: By topic: where a reply to one delivery goes; None where it goes nowhere.
REPLY_TO: dict[str, Callable[[Delivery], Reply | None]] = {}


def reply_of(delivery: Delivery) -> Reply | None:
    """Where a reply to this mail goes, if anywhere."""
    return REPLY_TO[delivery.message.topic](delivery) if delivery.message.topic in REPLY_TO else None


@dataclass(frozen=True)
class Body:
    """A drawn mail. common: what stands in every copy on the wire, after the lines of the header of each."""

    subject: str
    text: str
    html: str
    kind: str
    common: bytes


def domain() -> str:
    return _domain_of(settings.DEFAULT_FROM_EMAIL)


@functools.cache
def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "portal.example"


def message_id(delivery: Delivery | Due) -> str:
    """The same for every attempt at the same delivery, so that a mailbox can tell a second copy.

    It begins with the number of the delivery, by which a provider's report finds it again (notifications/reports.py).
    """
    return f"<{delivery.pk}.{uuid.uuid5(delivery.message_id, str(delivery.person_id))}@{domain()}>"


def one_line(text: str) -> str:
    """Text that can stand in a header: no line break of any kind survives, and so no second header."""
    return " ".join(text.split())


def address_line(address: str) -> str:
    """An address as it may stand in a header and in an envelope. Raises ValueError for one that no mail can carry."""
    if PLAIN.fullmatch(address):
        return address
    if NOT_IN_ADDRESSES.search(address):
        raise ValueError("This is no address.")
    written = str(sanitize_address(address, "utf-8"))
    if not PLAIN.fullmatch(written):
        raise ValueError("This is no address.")
    return written


class Letters:
    """Draws each message once, or once a person where its topic says something to each."""

    def __init__(self) -> None:
        self.bodies: dict[uuid.UUID, Body] = {}
        self.shells: dict[uuid.UUID, tuple[Body, Shell | None]] = {}

    def body(self, delivery: Due) -> Body | None:
        """The words of a delivery; None where there is nothing to say any more."""
        message = delivery.message
        if message.topic in DRAWN:
            drawn = DRAWN[message.topic](delivery.whole)
            return _body(message, drawn.subject, drawn.template, drawn.context) if drawn else None
        if message.topic in OWN and (words := OWN[message.topic].words(delivery)):
            return self._with_own(message, words)
        if message.topic in PERSONAL:
            return _body(message, message.subject, "mail", _context(message, PERSONAL[message.topic](delivery.whole)))
        found = self.bodies.get(message.pk)
        if found is None:
            if len(self.bodies) >= KEPT:
                self.bodies.clear()
            link = _link_of(message)
            reply = reply_of(delivery)
            context = _context(message, link) | {"reply": reply.line if reply else ""}
            found = self.bodies[message.pk] = _body(message, message.subject, "mail", context)
        return found

    def _with_own(self, message: Message, words: str) -> Body:
        """What all read, with a reader's own words in their place."""
        found = self.shells.get(message.pk)
        if found is None:
            if len(self.shells) >= KEPT:
                self.shells.clear()
            body = _drawn_with_own(message, PLACE)
            found = self.shells[message.pk] = body, Shell.of(body.text, body.html, body.common)
        body, shell = found
        if shell is None:
            return _drawn_with_own(message, words)
        text, html, common = shell.filled(words)
        return replace(body, text=text, html=html, common=common)

    def letter(self, delivery: Due, over: BaseEmailBackend | None) -> EmailMultiAlternatives | None:
        """The mail of one delivery, for any backend of Django's."""
        body = self.body(delivery)
        if body is None:
            return None
        letter = _plain(body.subject, body.text, body.html)
        letter.to, letter.connection = [address_line(delivery.email)], over
        letter.extra_headers |= dict(headers_of(delivery, body.kind))
        return letter


def headers_of(delivery: Delivery | Due, kind: str) -> list[tuple[str, str]]:
    """The lines of the header that are this delivery's own, but for the address."""
    lines = [("Message-ID", message_id(delivery))]
    reply = reply_of(delivery)
    if reply:
        lines.append(("Reply-To", reply.address))
    if settings.MAIL_PROVIDER in CARRIES_NUMBER:
        name, form = CARRIES_NUMBER[settings.MAIL_PROVIDER]
        lines.append((name, form.format(delivery.pk)))
    if kind:
        # The two lines of RFC 8058: a mail program turns the kind off with one POST, without signing in.
        lines += [
            ("List-Unsubscribe", f"<{unsubscribing.address_of(delivery.person_id, kind)}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    return lines


def on_the_wire(delivery: Due, body: Body, address: str) -> bytes:
    """The mail as SMTP carries it, without the line that ends it. address: of `address_line`."""
    lines = [("To", address), *headers_of(delivery, body.kind)]
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode("ascii") + body.common


def blocks_of(text: str) -> list[tuple[str, str]]:
    """Paragraphs as (heading, words): a short first line without a full stop above other lines is a heading."""
    found = []
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        first, _, others = paragraph.partition("\n")
        is_heading = others and len(first) <= 40 and not first.rstrip().endswith((".", ",", ":", ";"))
        found.append((first, others) if is_heading else ("", paragraph))
    return found


def _plain(subject: str, text: str, html: str) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives(subject=subject, body=text, headers={"Auto-Submitted": "auto-generated"})
    letter.attach_alternative(html, "text/html")
    return letter


def _context(message: Message, link: Link, own: str = "") -> dict[str, Any]:
    lead, _, rest = message.text.partition("\n\n")
    rest = own + rest
    return {
        "lead": lead,
        "rest": rest,
        "blocks": blocks_of(rest),
        "address": link[0] if message.path else "",
        "words": link[1],
    }


def _link_of(message: Message) -> Link:
    return settings.PORTAL_ADDRESS + message.path, "Read it in the portal"


def _drawn_with_own(message: Message, words: str) -> Body:
    context = _context(message, _link_of(message), own=f"{OWN[message.topic].heading}\n{words}\n\n")
    return _body(message, message.subject, "mail", context)


def _body(message: Message, subject: str, template: str, context: dict[str, Any]) -> Body:
    kind = message.kind
    subject = one_line(subject)
    context = context | {
        "subject": subject,
        "kind": kind,
        "portal": settings.PORTAL_ADDRESS,
        "choose": f"{settings.PORTAL_ADDRESS}/inbox/how/",
        "demonstration": settings.DEMONSTRATION,
    }
    # The parts of a mail end in one line break each, however the templates do.
    text = render_to_string(f"notifications/{template}.txt", context).strip() + "\n"
    html = render_to_string(f"notifications/{template}.html", context)
    made = _plain(subject, text, html).message()
    del made["Message-ID"]
    common = re.sub(rb"(?m)^\.", b"..", made.as_bytes(linesep="\r\n"))
    off = kind.name if kind else unsubscribing.DIGESTS if message.topic == Delivery.DIGEST else ""
    return Body(subject, text, html, off, common if common.endswith(b"\r\n") else common + b"\r\n")
