"""Mails of ours that come back as mails (RFC 3464), where they go out over a mail server of one's own: no provider tells then.

A report counts where it comes to the return address of a mail (return_address.py), is about that very address still, and comes
while servers still report; nothing that stands in it says whom it is about. So who never had a mail of ours can report nothing,
and whoever had one can report of their own address alone.
"""

import datetime
import email
import hashlib
import logging
import re
from collections.abc import Iterable
from email.message import Message
from email.utils import getaddresses

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from notifications.letters import message_id
from notifications.models import Delivery, MailReport
from notifications.reports import NO_MAILBOX
from notifications.return_address import ADDRESS, signature
from notifications.tasks import take_in_reports

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
    try:
        mail = email.message_from_bytes(raw[:MOST_READ])
        delivery = _delivery_of(_addresses(mail))
        found = _said(mail) if delivery else None
    except Exception:  # a mail may be anything
        logger.exception("a mail that came in cannot be read as a report")
        return False
    if delivery is None or found is None:
        return False
    kind, status = found
    report = MailReport(
        key=hashlib.sha256(raw).hexdigest(),
        kind=kind,
        recipient=delivery.person.email,
        message_id=message_id(delivery),
        delivery=str(delivery.pk),
        reason="invalid" if status in NO_MAILBOX else "other",
        said=f"{'delayed' if kind == 'deferred' else 'came back'}: {status or 'no number'}",
        at=timezone.now(),
    )
    MailReport.objects.bulk_create([report], ignore_conflicts=True)
    transaction.on_commit(take_in_reports.delay, robust=True)
    return True


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


def _said(mail: Message) -> tuple[str, str] | None:
    """What kind of report it is, and its number by RFC 3463; None where it is none: an answer of a machine comes to the same
    address."""
    if mail.get_content_type() != "multipart/report":
        return None
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            for block in part.get_payload():  # the first is about the report, each of the others about one recipient
                action = str(block.get("Action", "")).partition("(")[0].strip().lower()  # type: ignore[union-attr]
                if action in KINDS:
                    status = STATUS.match(str(block.get("Status", "")))  # type: ignore[union-attr]
                    return KINDS[action], status[1] if status else ""
    return None
