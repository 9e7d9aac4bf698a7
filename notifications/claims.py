"""The rows of the queue of mails: stopped where they are stale, claimed, looked at once more, settled, let go.

A claim has a number of its own: who claimed a row after the lease ran out is not overwritten by who held it before.
"""

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import psycopg2
from django.db import Error, InterfaceError, OperationalError, connection, transaction

from notifications import gone
from notifications.aside import Aside
from notifications.beside import Beside
from notifications.gone import NOT_GONE

Answer = TypeVar("Answer")
logger = logging.getLogger("portal.notifications")

BATCH = 500
#: A claim outlives any one mail (EMAIL_TIMEOUT a step of SMTP), and is renewed each minute.
LEASE, RENEWED_SECONDS = "5 minutes", 60
#: Tries of one mail that was put off: 2, 4, 8 ... minutes apart, 4 hours at most; a day in all.
MOST_ATTEMPTS = 12
LONGEST_WAIT_MINUTES = 240
#: How long what became of a mail is kept in hand while the database is away; a restart takes seconds.
TRIES, WAIT_SECONDS = 60, 0.5
#: How often a commit waits for the disk while mails go out.
FLUSH_SECONDS = 0.1

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
SILENT = "EXISTS (SELECT 1 FROM notifications_suppression s WHERE s.address = p.email AND s.lifted_at IS NULL)"
FREE = f"(d.state = 'queued' OR (d.state = 'claimed' AND d.claimed_until < now() AND {NOT_GONE}))"
# What waited for a digest that ends so ends with it.
STOP_STALE = f"""
WITH stale AS (
    SELECT d.id, {CONCERNED} AS concerned FROM notifications_delivery d
    JOIN notifications_message m ON m.id = d.message_id JOIN accounts_person p ON p.id = d.person_id
    WHERE {FREE} AND d.state IN ('queued', 'claimed') AND d.channel = 'mail' AND (NOT {CONCERNED} OR {SILENT})
    ORDER BY d.id FOR UPDATE OF d SKIP LOCKED),
ended AS (
    UPDATE notifications_delivery d
    SET state = CASE WHEN concerned THEN 'suppressed' ELSE 'stopped' END, claimed_until = NULL
    FROM stale WHERE d.id = stale.id RETURNING d.id, d.state),
carried AS (
    UPDATE notifications_delivery c SET state = ended.state FROM ended
    WHERE c.digest_id = ended.id AND c.state = 'queued')
SELECT count(*) FROM ended
"""
# What has no sender, or one whose lease ran out, is claimed; others' claims are skipped, not waited for. What waits for
# a digest goes out with it.
CLAIM = f"""
WITH due AS (
    SELECT d.id FROM notifications_delivery d
    WHERE {FREE} AND d.state IN ('queued', 'claimed') AND d.channel = 'mail' AND d.due_at <= now()
    ORDER BY d.due_at, d.id LIMIT %s FOR UPDATE SKIP LOCKED)
UPDATE notifications_delivery d
SET state = 'claimed', claim = %s, claimed_until = now() + %s::interval, attempts = attempts + 1
FROM due WHERE d.id = due.id
"""
# The last look before mails go out: still ours, still concerned, and sent by nobody whose claim ran out meanwhile.
MAY_GO = f"CASE WHEN NOT {CONCERNED} THEN 'stopped' WHEN {SILENT} THEN 'suppressed' ELSE '' END"
LOOKED_AT = f"""
FROM notifications_delivery d
JOIN notifications_message m ON m.id = d.message_id JOIN accounts_person p ON p.id = d.person_id
WHERE d.claim = %s AND d.state = 'claimed' AND {NOT_GONE}
"""
LOOK = f"SELECT d.id, {MAY_GO} {LOOKED_AT} AND d.id = ANY (%s)"
# What a claim holds, the last to be sent first, with a first look.
HELD = f"""
SELECT d.id, d.message_id, d.person_id, p.email, d.attempts, d.told_for, p.role <> 'member', {MAY_GO} {LOOKED_AT} ORDER BY d.due_at DESC, d.id DESC
"""
# What went out needs no lease any more, and is just being written up beside: each would wait for the other.
RENEW = f"""
UPDATE notifications_delivery d SET claimed_until = now() + %s::interval
WHERE claim = %s AND state = 'claimed' AND {NOT_GONE}
"""
# Only who holds the claim settles it. A mail that went out while its notice was retracted is called sent: it was. What a
# digest carried is told with it.
SETTLE = """
UPDATE notifications_delivery
SET state = %(state)s, sent_at = CASE WHEN %(state)s = 'sent' THEN now() END, claimed_until = NULL,
    last_error = %(error)s,
    due_at = CASE WHEN %(state)s = 'queued'
        THEN now() + least(%(longest)s, 2 ^ attempts) * interval '1 minute' ELSE due_at END
WHERE id = %(id)s AND claim = %(claim)s AND (state = 'claimed' OR (state = 'stopped' AND %(state)s = 'sent'))
"""
# In one exchange with what it is about; both are one transaction.
WITHOUT_WAITING = "SET LOCAL synchronous_commit = off;"
SETTLE_CARRIED = """
UPDATE notifications_delivery c
SET state = d.state, sent_at = d.sent_at, last_error = d.last_error
FROM notifications_delivery d
WHERE d.id = %s AND c.digest_id = d.id AND c.state = 'queued' AND d.state NOT IN ('queued', 'claimed')
"""
LET_GO = f"""
UPDATE notifications_delivery d
SET state = 'queued', claimed_until = NULL, attempts = greatest(attempts - 1, 0), last_error = %s,
    due_at = greatest(due_at, now() + %s::interval)
WHERE claim = %s AND state = 'claimed' AND {NOT_GONE} AND coalesce(d.id = %s, true)
"""
# Who hangs once would hang again for each of its people: they wait as long as the one that was tried, and lose no try.
PUT_OFF = f"""
UPDATE notifications_delivery d
SET state = 'queued', claimed_until = NULL, last_error = %(error)s,
    attempts = CASE WHEN d.state = 'claimed' THEN greatest(attempts - 1, 0) ELSE attempts END,
    due_at = greatest(d.due_at, now() + %(wait)s::interval)
FROM accounts_person p
WHERE p.id = d.person_id AND split_part(p.email, '@', 2) = %(domain)s AND d.channel = 'mail'
  AND (d.state = 'queued' OR (d.state = 'claimed' AND d.claim = %(claim)s AND {NOT_GONE})) RETURNING d.id
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: its next state, and why, without any address."""

    state: str
    error: str = ""


def stop_stale() -> int:
    """Stop what is free and no longer to be sent, once for all that waits; each mail is looked at again before it goes.
    What a killed sender marked is called sent.

    Returns how many were stopped.
    """
    gone.write_up()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STOP_STALE)
        return int(cursor.fetchone()[0])


def claim(batch: int = BATCH) -> uuid.UUID | None:
    """Take up to `batch` deliveries for a few minutes, in a transaction of its own; None where nothing is due."""
    number = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [batch, number, LEASE])
        return number if cursor.rowcount else None


def look(pks: Collection[int], number: uuid.UUID) -> dict[int, str]:
    """Look once more: for each of these that is still ours "" where it may go out, else the state that ends it.

    What is missing was retracted meanwhile, or is another's.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [number, list(pks)])
        return dict(cursor.fetchall())


class Row(NamedTuple):
    """A delivery that a claim holds. end: what `look` says of it."""

    pk: int
    message: uuid.UUID
    person: uuid.UUID
    email: str
    attempts: int
    told_for: list[uuid.UUID]
    of_government: bool
    end: str


def held(number: uuid.UUID) -> list[Row]:
    """What a claim holds, the last to be sent first."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [number])
        return [Row(*row) for row in cursor.fetchall()]


def renew(number: uuid.UUID) -> None:
    """Let the lease begin anew."""
    with connection.cursor() as cursor:
        cursor.execute(RENEW, [LEASE, number])


def settle(pk: int, number: uuid.UUID, outcome: Outcome, *, carries: bool = False, durable: bool = True) -> bool:
    """Write down what became of a delivery; False where the claim is not ours.

    carries: it is a digest, and with it go the messages that it carries. durable: wait until it is on the disk.
    """
    values = {"state": outcome.state, "error": outcome.error[:200], "id": pk, "claim": number}
    values["longest"] = LONGEST_WAIT_MINUTES
    statement = ("" if durable else WITHOUT_WAITING) + SETTLE
    if not carries:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return bool(cursor.rowcount)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        settled = bool(cursor.rowcount)
        cursor.execute(SETTLE_CARRIED, [pk])
    return settled


class Ledger:
    """What became of mails: each is written before the body of the next goes out.

    A commit that waits for the disk costs as much as several mails, so one in a tenth of a second does; it takes all
    before it along, and the next mails do not wait for it. What is not on the disk yet is kept in hand here: a database
    that is killed, and comes back without it, is told again. So a mail goes out twice where its sender is killed with it
    in hand; or where sender and database die in the same tenth of a second, as when the machine loses its power.
    """

    def __init__(self, aside: Aside | None = None, beside: Beside | None = None) -> None:
        self.in_hand = list[tuple[int, uuid.UUID, Outcome, bool]]()
        self.flushed_at = time.monotonic()
        # In a transaction that is open nobody else sees its rows.
        self.aside, self.beside = (None, None) if connection.in_atomic_block else (aside, beside)
        self.flushing: Future[int] | None = None
        self.flushed = 0

    def write(self, pk: int, number: uuid.UUID, outcome: Outcome, *, carries: bool = False) -> None:
        """Write one of a claim down, in hand until it is on the disk. A mail that went out is only handed to the database,
        between two commits that wait for the disk: that is enough for it to be written."""
        self.in_hand.append((pk, number, outcome, carries))
        if outcome.state != "sent" or carries:
            self.patiently(lambda: settle(pk, number, outcome, carries=carries, durable=False))
        elif self.aside is None:
            self.patiently(lambda: gone.mark(pk))
        else:
            self._mark_aside(self.aside, pk)
        if time.monotonic() - self.flushed_at > FLUSH_SECONDS:
            self._flush_beside()

    def caught_up(self) -> None:
        """Wait until the last mark is written: asked while the mail server works, it takes no time of its own."""
        try:
            if self.aside is not None:
                self.aside.wait()
        except (psycopg2.Error, OSError):
            self._tell_again()

    def flush(self) -> None:
        """Call what is in hand sent, on the disk."""
        self._flushed()
        if self.in_hand:
            pks = self._sent(len(self.in_hand))
            self.patiently(lambda: gone.write_up(pks))
            self._let_go()
        self.flushed_at = time.monotonic()

    def _sent(self, first: int) -> list[int]:
        return [pk for pk, _, outcome, _ in self.in_hand[:first] if outcome.state == "sent"]

    def _flush_beside(self) -> None:
        """Flush while the next mails go out, one flush at a time, all but the last mail: its mark is on its way still."""
        if self.beside is None:
            self.flush()
        elif self.flushing is None or self.flushing.done():
            self._flushed()
            self.flushed = len(self.in_hand) - 1
            pks = self._sent(self.flushed)
            self.flushing = self.beside.ask(lambda: gone.write_up(pks))
            self.flushed_at = time.monotonic()

    def _flushed(self) -> None:
        """Let go of what was flushed beside. Where that failed it stays in hand, and the next flush takes it along."""
        flushing, self.flushing = self.flushing, None
        if flushing is None:
            return
        try:
            flushing.result()
        except Error as error:
            logger.warning("What became of %s mails is kept in hand: %s", len(self.in_hand), type(error).__name__)
        else:
            del self.in_hand[: self.flushed]

    def _let_go(self) -> None:
        self.in_hand.clear()
        self.flushed = 0  # a flush that is under way still has nothing more to let go of

    def _mark_aside(self, aside: Aside, pk: int) -> None:
        try:
            aside.mark(pk)
        except (psycopg2.Error, OSError):
            self._tell_again()

    def _tell_again(self) -> None:
        """Its own connection broke, and the last marks with it, perhaps: tell all that is in hand over the other one."""
        if self.aside is not None:
            self.aside.close()
        self.patiently(self._tell)

    def _tell(self) -> None:
        for pk, number, outcome, carries in self.in_hand:
            settle(pk, number, outcome, carries=carries)
        gone.write_up([pk for pk, _, _, _ in self.in_hand])  # marks that are settled now

    def patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the database; where it is away, wait for it, half a minute at most, and tell it again what is in hand. What is
        on its way to it comes first."""
        self.caught_up()
        for left in reversed(range(TRIES)):
            try:
                return ask()
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or not left:
                    raise
                self._again()
        raise AssertionError

    def _again(self) -> None:
        logger.warning("The database is away; what became of %s mails is kept in hand.", len(self.in_hand))
        connection.close()
        time.sleep(WAIT_SECONDS)
        with contextlib.suppress(OperationalError, InterfaceError):
            self._tell()
            self._let_go()


def let_go(number: uuid.UUID, *, error: str = "", wait: str = "0 seconds", pk: int | None = None) -> None:
    """Give back what is claimed and was not tried, or one of it, as if it had never been claimed."""
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, [error, wait, number, pk])


def put_off(domain: str, number: uuid.UUID, *, attempts: int, error: str) -> set[int]:
    """Let all that waits for this domain wait as long as the mail that hung; returns the numbers of the deliveries."""
    wait = f"{min(LONGEST_WAIT_MINUTES, 2**attempts)} minutes"
    with connection.cursor() as cursor:
        cursor.execute(PUT_OFF, {"domain": domain, "claim": number, "wait": wait, "error": error})
        return {pk for (pk,) in cursor.fetchall()}
