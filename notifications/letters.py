"""What a message looks like as a mail: text and HTML, the same for every attempt.

A topic may complete its mail for one person, with something that must stand in no row: a one-time address.
"""

import uuid
from collections.abc import Callable
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from notifications.models import Delivery, Message

#: By topic: (address, words of the link) for one delivery, made when it is sent and kept nowhere.
Link = tuple[str, str]
PERSONAL: dict[str, Callable[[Delivery], Link]] = {}


def message_id(delivery: Delivery) -> str:
    """The same for every attempt at the same delivery, so that a mailbox can tell a second copy."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "portal.example"
    return f"<{uuid.uuid5(delivery.message_id, str(delivery.person_id))}@{domain}>"


def one_line(text: str) -> str:
    """Text that can stand in a header: no line break of any kind survives, and so no second header."""
    return " ".join(text.split())


class Letters:
    """Renders each message once, or once a person where its topic says something to each."""

    def __init__(self) -> None:
        self.bodies: dict[uuid.UUID, tuple[str, str]] = {}

    def letter(self, delivery: Delivery, over: BaseEmailBackend) -> EmailMultiAlternatives:
        """The mail of one delivery."""
        text, html = self._body(delivery)
        letter = EmailMultiAlternatives(
            subject=one_line(delivery.message.subject),
            body=text,
            to=[delivery.person.email],
            connection=over,
            headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
        )
        letter.attach_alternative(html, "text/html")
        return letter

    def _body(self, delivery: Delivery) -> tuple[str, str]:
        message = delivery.message
        personal = PERSONAL.get(message.topic)
        if personal:
            return _render(message, personal(delivery))
        if message.pk not in self.bodies:
            self.bodies[message.pk] = _render(
                message, (settings.PORTAL_ADDRESS + message.path, "Read it in the portal")
            )
        return self.bodies[message.pk]


def blocks_of(text: str) -> list[tuple[str, str]]:
    """Paragraphs as (heading, words): a short first line without a full stop above other lines is a heading."""
    found = []
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        first, _, others = paragraph.partition("\n")
        is_heading = others and len(first) <= 40 and not first.rstrip().endswith((".", ",", ":", ";"))
        found.append((first, others) if is_heading else ("", paragraph))
    return found


def _render(message: Message, link: Link) -> tuple[str, str]:
    lead, _, rest = message.text.partition("\n\n")
    context = {
        "message": message,
        "lead": lead,
        "rest": rest,
        "blocks": blocks_of(rest),
        "address": link[0] if message.path else "",
        "words": link[1],
        "demonstration": settings.DEMONSTRATION,
    }
    # The parts of a mail end in one line break each, however the templates do.
    return (
        render_to_string("notifications/mail.txt", context).strip() + "\n",
        render_to_string("notifications/mail.html", context),
    )
