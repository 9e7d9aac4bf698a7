"""Mails of ours that come back as mails (RFC 3464), where they go out over a mail server of one's own: no provider tells then.

A report counts where it comes to the return address of a mail (return_address.py), is about that very address still, and comes
while servers still report. Whoever passes our mails on keeps their return address, so that a report may be of an address that we never
wrote to: such a one is noted and ends nothing. So who never had a mail of ours can report nothing, and whoever had one can report
of their own address alone.
"""

import datetime
import email
import hashlib
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from notifications.letters import address_line, message_id
from notifications.models import Delivery, MailReport
from notifications.reports import NO_MAILBOX
from notifications.return_address import ADDRESS, signature
from notifications.tasks import take_in_reports

Answer = TypeVar("Answer")
logger = logging.getLogger("portal.notifications")

#: Mail servers give up after five days at most (RFC 5321, 4.5.4.1); what is older is somebody's old mail.
TAKEN = datetime.timedelta(days=14)
#: The report stands before what it is about: of a mail no more is read.
MOST_READ = 2**20
HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
#: By what a server did (RFC 3464, 2.3.3): what django-anymail calls it. Who was relayed to may report again.
KINDS = {"failed": "bounced", "delayed": "deferred", "delivered": "delivered"}


def keep(raw: bytes) -> bool:
    """Keep what a mail says of a mail of ours, for the worker to take in; the same once more is kept once.

    False where it says nothing of one: it is another mail, an answer of a machine, or forged.
    """
    if not settings.REPLY_DOMAIN:
        return False
    mail = _read(lambda: email.message_from_bytes(raw[:MOST_READ]))
    addresses = _read(lambda: _addresses(mail)) if mail else None
    # A database that is away raises: the mail stays where it is, and is read again.
    delivery = _delivery_of(addresses or [])
    found = _read(lambda: _found(mail, delivery.person.email)) if mail and delivery else None
    if delivery is None or found is None:
        return False
    report = MailReport(
        key=hashlib.sha256(raw).hexdigest(),
        kind=found.kind,
        recipient=delivery.person.email,
        message_id=message_id(delivery),
        delivery=str(delivery.pk),
        reason="invalid" if found.final and found.status in NO_MAILBOX else "other",
        said=found.words,
        at=timezone.now(),
    )
    MailReport.objects.bulk_create([report], ignore_conflicts=True)
    transaction.on_commit(take_in_reports.delay, robust=True)
    return True


def _read(ask: Callable[[], Answer]) -> Answer | None:
    """What a mail says; None where it cannot be read: it may be anything."""
    try:
        return ask()
    except Exception:
        logger.exception("a mail that came in cannot be read as a report")
        return None


def _addresses(mail: Message) -> list[str]:
    values = [str(value) for name in HEADERS for value in mail.get_all(name, [])]
    return [address for _, address in getaddresses(values)]


def _delivery_of(addresses: Iterable[str]) -> Delivery | None:
    """The delivery that one of these addresses was made for, while it is the same address that it went to."""
    for address in addresses:
        local, _, domain = address.strip().lower().rpartition("@")
        named = ADDRESS.fullmatch(local)
        if domain != settings.REPLY_DOMAIN or not named:
            continue
        sent = Delivery.objects.filter(pk=int(named[1]), due_at__gt=timezone.now() - TAKEN)
        delivery = sent.select_related("person", "message").first()
        if delivery and constant_time_compare(named[2], signature(delivery.pk, delivery.person.email)):
            return delivery
    return None


@dataclass(frozen=True)
class Found:
    """What a report says. action: a name in KINDS; status: its number by RFC 3463, if any. own: it is about whom the mail was
    for; final: about that very mailbox, and not about one to which that passed it on."""

    action: str
    status: str
    own: bool
    final: bool

    @property
    def kind(self) -> str:
        """As django-anymail calls it; what became of it elsewhere is at most a delay of nothing."""
        if self.own:
            return KINDS[self.action]
        return "unknown" if self.action == "delivered" else "deferred"

    @property
    def words(self) -> str:
        """For whoever looks at the delivery, without any address."""
        said = "delayed" if self.action == "delayed" else "came back"
        return f"{said if self.own else f'passed on, and {said} from there'}: {self.status or 'no number'}"


def _found(mail: Message, address: str) -> Found | None:
    """What it reports of an address, or else of another; None where it reports nothing: an answer of a machine comes to the
    same address."""
    if mail.get_content_type() != "multipart/report":
        return None
    found = [one for block in _blocks(mail) if (one := _of_block(block, _forms_of(address)))]
    return max(found, key=lambda one: (one.final, one.own), default=None)


def _blocks(mail: Message) -> Iterable[Message]:
    """The first is about the report, each of the others about one recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from part.get_payload()  # type: ignore[misc]


def _of_block(block: Message, own: set[str]) -> Found | None:
    action = str(block.get("Action", "")).partition("(")[0].strip().lower()
    if action not in KINDS:
        return None
    status = STATUS.match(str(block.get("Status", "")))
    final = _recipient(block, "Final-Recipient") in own
    return Found(
        action, status[1] if status else "", final or _recipient(block, "Original-Recipient") in own, final=final
    )


def _recipient(block: Message, name: str) -> str:
    """The address that a field names after its type (RFC 3464, 2.3.1)."""
    return _alike(str(block.get(name, "")).partition(";")[2].strip().strip("<>"))


def _forms_of(address: str) -> set[str]:
    """An address as a person has it, and as it was written to the server."""
    return {_alike(address), _alike(address_line(address))}


def _alike(address: str) -> str:
    """The same for what differs in the case of its domain alone (RFC 5321, 2.4)."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}"
