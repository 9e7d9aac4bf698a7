"""Claim, take in hand, send, settle. Killed at any moment it loses nobody; at most the mail in hand goes out
twice, and both copies carry the same Message-ID.

A claim has a number of its own: who claimed a row after the lease ran out is not overwritten by who held it before.
"""

import contextlib
import logging
import smtplib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from notifications import home
from notifications.letters import Letters
from notifications.models import Delivery
from notifications.signals import about_to_send

logger = logging.getLogger("portal.notifications")

BATCH = 50
#: A claim outlives any one mail (EMAIL_TIMEOUT a step of SMTP), and is renewed before each.
LEASE = "5 minutes"
#: Tries of one mail that was put off: 2, 4, 8 ... minutes apart, 4 hours at most; a day in all.
MOST_ATTEMPTS = 12
LONGEST_WAIT_MINUTES = 240
#: How long everything waits where the mail server itself does not answer. That counts as no try.
SERVER_AWAY = "2 minutes"

# Told is who may sign in and still belongs to one of the accounts for which they were to be told,
# as member, as manager of today or as who covers for that manager (accounts/access.py); and nobody after the message's
# last moment.
CONCERNED = """(p.is_active AND coalesce(m.stop_after >= now(), true) AND (d.told_for = '{}'
  OR p.role = 'member' AND EXISTS (
     SELECT 1 FROM accounts_membership o
     WHERE o.person_id = d.person_id AND o.account_id = ANY (d.told_for) AND o.ended_at IS NULL)
  OR p.role = 'manager' AND EXISTS (
     SELECT 1 FROM accounts_assignment o, (SELECT (now() AT TIME ZONE 'America/New_York')::date AS day) today
     WHERE o.account_id = ANY (d.told_for) AND o.starts <= today.day AND (o.ends IS NULL OR o.ends > today.day)
       AND (o.manager_id = d.person_id OR EXISTS (
          SELECT 1 FROM accounts_cover c WHERE c.absent_id = o.manager_id AND c.covered_by_id = d.person_id
            AND c.starts <= today.day AND c.ends > today.day)))))"""
FREE = "(d.state = 'queued' OR (d.state = 'claimed' AND d.claimed_until < now()))"
STOP_STALE = f"""
WITH stale AS (
    SELECT d.id FROM notifications_delivery d
    JOIN notifications_message m ON m.id = d.message_id JOIN accounts_person p ON p.id = d.person_id
    WHERE {FREE} AND NOT {CONCERNED} ORDER BY d.id FOR UPDATE OF d SKIP LOCKED)
UPDATE notifications_delivery d SET state = 'stopped', claimed_until = NULL FROM stale WHERE d.id = stale.id
"""
# What has no sender, or one whose lease ran out, is claimed; others' claims are skipped, not waited for.
CLAIM = f"""
WITH due AS (
    SELECT d.id FROM notifications_delivery d WHERE {FREE} AND d.due_at <= now()
    ORDER BY d.due_at, d.id LIMIT %s FOR UPDATE SKIP LOCKED)
UPDATE notifications_delivery d
SET state = 'claimed', claim = %s, claimed_until = now() + %s::interval, attempts = attempts + 1
FROM due WHERE d.id = due.id
"""
# The last look before a mail goes out: still ours, still concerned; and the lease begins anew.
TAKE = f"""
UPDATE notifications_delivery d SET claimed_until = now() + %s::interval
FROM notifications_message m, accounts_person p
WHERE m.id = d.message_id AND p.id = d.person_id AND d.id = %s AND d.claim = %s AND d.state = 'claimed'
  AND {CONCERNED}
"""
# Only who holds the claim settles it. A mail that went out while its notice was retracted is called sent: it was.
SETTLE = """
UPDATE notifications_delivery
SET state = %(state)s, sent_at = CASE WHEN %(state)s = 'sent' THEN now() END, claimed_until = NULL,
    last_error = %(error)s,
    due_at = CASE WHEN %(state)s = 'queued'
        THEN now() + least(%(longest)s, 2 ^ attempts) * interval '1 minute' ELSE due_at END
WHERE id = %(id)s AND claim = %(claim)s AND (state = 'claimed' OR (state = 'stopped' AND %(state)s = 'sent'))
"""
LET_GO = """
UPDATE notifications_delivery
SET state = 'queued', claimed_until = NULL, attempts = greatest(attempts - 1, 0), last_error = %s,
    due_at = greatest(due_at, now() + %s::interval)
WHERE claim = %s AND state = 'claimed'
"""


class ServerAway(Exception):
    """The mail server cannot be reached or lets nobody in: that is nobody's fault, and counts against no mail."""


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: its next state, and why, without any address."""

    state: str
    error: str = ""


def never() -> bool:
    return False


def stop_stale() -> int:
    """Stop what is free and no longer to be sent, once for all that waits; each mail is looked at again before it goes.

    Returns how many were stopped.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STOP_STALE)
        return int(cursor.rowcount)


def claim(batch: int = BATCH) -> uuid.UUID | None:
    """Take up to `batch` deliveries for a few minutes, in a transaction of its own; None where nothing is due."""
    number = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [batch, number, LEASE])
        return number if cursor.rowcount else None


def take(pk: int, number: uuid.UUID) -> bool:
    """Look once more, and renew the lease: False where it was retracted, ended, grew stale or is another's now."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [LEASE, pk, number])
        return bool(cursor.rowcount)


def settle(pk: int, number: uuid.UUID, outcome: Outcome) -> bool:
    """Write down what became of a delivery, on disk before the next mail; False where the claim is not ours."""
    values = {"state": outcome.state, "error": outcome.error, "id": pk, "claim": number}
    with transaction.atomic(), connection.cursor() as cursor:
        # Without it a killed database forgets what was sent.
        cursor.execute("SET LOCAL synchronous_commit = on")
        cursor.execute(SETTLE, values | {"longest": LONGEST_WAIT_MINUTES})
        return bool(cursor.rowcount)


def let_go(number: uuid.UUID, *, error: str = "", wait: str = "0 seconds") -> None:
    """Give back what is claimed and was not tried, as if it had never been claimed."""
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, [error, wait, number])


def attempt(letter: EmailMultiAlternatives, attempts: int) -> Outcome:
    """Send one mail. A refusal for good fails it; anything passing is tried again, up to a limit."""
    passing = "failed" if attempts >= MOST_ATTEMPTS else "queued"
    try:
        return Outcome("sent") if letter.send() else Outcome(passing, "not sent")
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
    except smtplib.SMTPSenderRefused as refused:
        # The server dislikes us, not the recipient: somebody mends that.
        return Outcome(passing, f"SMTP {refused.smtp_code} for the sender")
    except smtplib.SMTPResponseException as refused:
        code = refused.smtp_code
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(passing, type(error).__name__)
    except ValueError as error:  # an address or header that no mail can carry
        return Outcome("failed", type(error).__name__)
    return Outcome("failed" if code >= 500 else passing, f"SMTP {code}")


def _open(over: BaseEmailBackend) -> None:
    try:
        over.open()
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(type(error).__name__) from error


def _close(over: BaseEmailBackend) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        over.close()


def _send_one(delivery: Delivery, letters: Letters, over: BaseEmailBackend) -> Outcome:
    try:
        letter = letters.letter(delivery, over)
    except Exception as error:  # one message that cannot be drawn must not hold up all others
        logger.exception("message %s cannot be drawn", delivery.message_id)
        return Outcome("failed" if delivery.attempts >= MOST_ATTEMPTS else "queued", type(error).__name__)
    _open(over)
    return attempt(letter, delivery.attempts)


def send_claimed(number: uuid.UUID, enough: Callable[[], bool] = never) -> int:
    """Send what was claimed over one kept connection, each settled before the next. Returns how many went out.

    Stops early where `enough()` says so, and gives the rest back. Raises ServerAway.
    """
    claimed = Delivery.objects.filter(claim=number, state=Delivery.State.CLAIMED)
    letters, sent, over = Letters(), 0, get_connection()
    try:
        for delivery in claimed.select_related("message", "person").order_by("due_at", "pk"):
            if enough():
                break
            if not take(delivery.pk, number):
                settle(delivery.pk, number, Outcome("stopped"))
                continue
            outcome = _send_one(delivery, letters, over)
            settle(delivery.pk, number, outcome)
            sent += outcome.state == "sent"
            if outcome.error:
                _close(over)
                logger.warning("delivery %s: %s (%s)", delivery.pk, outcome.state, outcome.error)
    except ServerAway as away:
        let_go(number, error=f"mail server away: {away}", wait=SERVER_AWAY)
        raise
    finally:
        _close(over)
    let_go(number)
    return sent


def send_all(enough: Callable[[], bool] = never) -> int:
    """Send what is due, batch by batch, until nothing is left or `enough()` says so. Returns how many went out.

    Raises PermissionError in a restored copy, ServerAway where the mail server does not answer.
    """
    objection = home.settle_in()
    if objection:
        raise PermissionError(objection)
    about_to_send.send_robust(sender=Delivery)  # it logs who fails; what is due goes out all the same
    stop_stale()
    total = 0
    while not enough():
        number = claim()
        if number is None:
            break
        total += send_claimed(number, enough)
    return total
