"""Claim, send, settle. Killed at any moment it loses nobody; at most the mail in hand goes out twice,
and both copies carry the same Message-ID."""

import logging
import smtplib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.template.loader import render_to_string

from notifications.models import Delivery, Message

logger = logging.getLogger("portal.notifications")

BATCH = 50
LEASE = "5 minutes"
MOST_ATTEMPTS = 8

# What has no worker, or one whose lease ran out, is claimed; others' claims are skipped, not waited for.
CLAIM = """
WITH due AS (
    SELECT d.id FROM notifications_delivery d
    WHERE (d.state = 'queued' OR (d.state = 'claimed' AND d.claimed_until < now())) AND d.due_at <= now()
    ORDER BY d.due_at, d.id LIMIT %s FOR UPDATE SKIP LOCKED)
UPDATE notifications_delivery d
SET state = 'claimed', claimed_until = now() + %s::interval, attempts = attempts + 1
FROM due WHERE d.id = due.id
RETURNING d.id
"""
# Nothing goes out to who may no longer sign in, nor after the message's last day.
STOP_STALE = """
UPDATE notifications_delivery d SET state = 'stopped', claimed_until = NULL
FROM notifications_message m, accounts_person p
WHERE m.id = d.message_id AND p.id = d.person_id AND d.state IN ('queued', 'claimed')
  AND (m.stop_after < now() OR NOT p.is_active)
"""
# Only who still holds the claim settles it: a retracted message stays stopped.
SETTLE = """
UPDATE notifications_delivery
SET state = %s, sent_at = CASE WHEN %s = 'sent' THEN now() END, claimed_until = NULL, last_error = %s,
    due_at = CASE WHEN %s = 'queued' THEN now() + (least(60, 2 ^ attempts) || ' minutes')::interval ELSE due_at END
WHERE id = %s AND state = 'claimed'
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: its next state, and why, without any address."""

    state: str
    error: str = ""


def claim(batch: int = BATCH) -> list[int]:
    """Take up to `batch` deliveries for a few minutes, in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STOP_STALE)
        cursor.execute(CLAIM, [batch, LEASE])
        return [pk for (pk,) in cursor.fetchall()]


def settle(pk: int, outcome: Outcome) -> None:
    """Write down what became of a delivery, on disk before the next mail is sent."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Without it a killed database forgets what was sent.
        cursor.execute("SET LOCAL synchronous_commit = on")
        cursor.execute(SETTLE, [outcome.state, outcome.state, outcome.error, outcome.state, pk])


def message_id(delivery: Delivery) -> str:
    """The same for every attempt at the same delivery, so that a mailbox can tell a second copy."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "portal.example"
    return f"<{uuid.uuid5(delivery.message_id, str(delivery.person_id))}@{domain}>"


class Letters:
    """Renders each message once, and completes it for each person."""

    def __init__(self) -> None:
        self.bodies: dict[uuid.UUID, tuple[str, str]] = {}

    def body(self, message: Message) -> tuple[str, str]:
        if message.pk not in self.bodies:
            context = {"message": message, "link": settings.PORTAL_ADDRESS + message.path}
            self.bodies[message.pk] = (
                render_to_string("notifications/mail.txt", context),
                render_to_string("notifications/mail.html", context),
            )
        return self.bodies[message.pk]

    def letter(self, delivery: Delivery, over: BaseEmailBackend) -> EmailMultiAlternatives:
        text, html = self.body(delivery.message)
        letter = EmailMultiAlternatives(
            subject=" ".join(delivery.message.subject.split()),
            body=text,
            to=[delivery.person.email],
            connection=over,
            headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
        )
        letter.attach_alternative(html, "text/html")
        return letter


def attempt(letter: EmailMultiAlternatives, attempts: int) -> Outcome:
    """Send one mail. A refusal for good fails it; anything passing is tried again, up to a limit."""
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        return _refused(code, attempts)
    except smtplib.SMTPResponseException as refused:
        return _refused(refused.smtp_code, attempts)
    except (smtplib.SMTPException, OSError) as error:
        if attempts >= MOST_ATTEMPTS:
            return Outcome("failed", type(error).__name__)
        return Outcome("queued", type(error).__name__)
    except ValueError as error:  # a header that would carry a second one
        return Outcome("failed", type(error).__name__)
    return Outcome("sent")


def _refused(code: int, attempts: int) -> Outcome:
    for_good = code >= 500 or attempts >= MOST_ATTEMPTS
    return Outcome("failed" if for_good else "queued", f"SMTP {code}")


def send_batch(ids: Iterable[int]) -> int:
    """Send claimed deliveries over one kept connection, each settled before the next. Returns how many went out."""
    claimed = Delivery.objects.filter(pk__in=list(ids), state=Delivery.State.CLAIMED)
    rows = list(claimed.select_related("message", "person").order_by("pk"))
    letters, sent = Letters(), 0
    over = get_connection()
    try:
        for delivery in rows:
            outcome = attempt(letters.letter(delivery, over), delivery.attempts)
            settle(delivery.pk, outcome)
            sent += outcome.state == "sent"
            if outcome.error:
                over.close()
                logger.warning("delivery %s: %s (%s)", delivery.pk, outcome.state, outcome.error)
    finally:
        over.close()
    return sent


def send_all(limit: int | None = None) -> int:
    """Send what is due, batch by batch, until nothing is left or `limit` mails went out."""
    total = 0
    while limit is None or total < limit:
        ids = claim()
        if not ids:
            break
        total += send_batch(ids)
    return total
