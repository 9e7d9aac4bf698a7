"""Claim, look, send, settle. Killed at any moment it loses nobody; at most the mail in hand goes out twice, and both
copies carry the same Message-ID."""

import contextlib
import logging
import smtplib
from collections.abc import Callable, Iterator
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from notifications import home
from notifications.aside import Aside
from notifications.batches import Batch, Batches
from notifications.beside import Beside
from notifications.claims import BATCH, MOST_ATTEMPTS, Ledger, Outcome, claim, let_go, settle, stop_stale
from notifications.letters import PLAIN, Body, Due, Letters, address_line, on_the_wire
from notifications.line import Envelope, Line, Refused
from notifications.models import Delivery
from notifications.own_words import OWN, NotYet
from notifications.reports import NO_MAILBOX, suppress
from notifications.return_address import return_address
from notifications.signals import about_to_send

logger = logging.getLogger("portal.notifications")

#: How long everything waits where the mail server itself does not answer. That counts as no try.
SERVER_AWAY = "2 minutes"
#: So many mails of one message are made at once: one by one, between two answers, each takes three times as long.
MADE_AT_ONCE = 50
#: The answer of a server that closes the connection.
HANGS_UP = 421


class ServerAway(Exception):
    """The mail server cannot be reached or lets nobody in: that is nobody's fault, and counts against no mail."""


def never() -> bool:
    return False


def outcome_of(refused: Refused, delivery: Due) -> Outcome:
    """A refusal for good fails a mail; anything passing is tried again, up to a limit."""
    if refused.step == "MAIL":  # the server dislikes us, not the recipient: somebody mends that
        return Outcome(_passing(delivery), f"SMTP {refused.code} for the sender")
    said = f"SMTP {refused.code}{' ' * bool(refused.enhanced)}{refused.enhanced}"
    if refused.code < 500:
        return Outcome(_passing(delivery), said)
    if refused.enhanced in NO_MAILBOX:
        suppress(delivery.email, "bounce", said)
    return Outcome("failed", said)


def _passing(delivery: Due) -> str:
    return "failed" if delivery.attempts >= MOST_ATTEMPTS else "queued"


def attempt(letter: EmailMultiAlternatives, delivery: Due) -> Outcome:
    """Send one mail over a backend that is not SMTP of our own."""
    try:
        return Outcome("sent") if letter.send() else Outcome(_passing(delivery), "not sent")
    except Exception as error:
        logger.exception("delivery %s", delivery.pk)
        return Outcome(_passing(delivery), type(error).__name__)


def _close(over: BaseEmailBackend) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        over.close()


class Sender:
    """Sends batches over one SMTP connection, each mail settled before the body of the next is on its way."""

    def __init__(self, over: EmailBackend) -> None:
        self.over, self.letters = over, Letters()
        self.sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self.batch: Batch
        self.line: Line | None = None
        self.made: dict[int, bytes] = {}
        self.sent = 0

    def send(self, batch: Batch) -> None:
        """Send all of it, or until enough is done; what was not tried is given back. Raises ServerAway."""
        self.batch = batch
        try:
            self._send()
        except ServerAway as away:
            self.close()
            batch.let_go(f"mail server away: {away}", SERVER_AWAY)
            raise
        if self.line and self.line.offered:
            self.close()
        batch.let_go()

    def _send(self) -> None:
        letters = self._drawn()
        coming = [one for one in (next(letters, None), next(letters, None)) if one]
        while coming and not self.batch.enough():
            delivery, envelope, body = coming.pop(0)
            try:
                self._offered(envelope)
                self._open().hand_over(body, coming[0][1] if coming else None)
                coming += filter(None, [next(letters, None)])  # drawn while the server works
                self.batch.ledger.caught_up()
                self._open().taken()
            except Refused as refused:
                self._done(delivery, outcome_of(refused, delivery))
                if refused.code == HANGS_UP:
                    self.close()
            except (smtplib.SMTPException, OSError) as error:
                self._broken(delivery, error)
                coming = [one for one in coming if one[0].pk not in self.batch.gone]
            else:
                self._done(delivery, Outcome("sent"))
            if not coming:
                coming += filter(None, [next(letters, None)])

    def _drawn(self) -> Iterator[tuple[Due, Envelope, bytes]]:
        """The mails of the batch as they go out, with where they come back and whom they are for."""
        while delivery := self.batch.next():
            try:
                body = self.letters.body(delivery)
                address = address_line(delivery.email)
            except NotYet as reason:
                self.batch.wait(delivery, str(reason))
            except ValueError as error:  # an address or a header that no mail can carry
                self._done(delivery, Outcome("failed", type(error).__name__))
            except Exception as error:  # one message that cannot be drawn must not hold up all others
                logger.exception("message %s cannot be drawn", delivery.message_id)
                self._done(delivery, Outcome(_passing(delivery), type(error).__name__))
            else:
                if body is None:
                    self._done(delivery, Outcome("stopped"))
                else:
                    back = return_address(delivery.pk, delivery.email) or self.sender
                    yield delivery, Envelope(back, address), self._made(delivery, body, address)

    def _made(self, delivery: Due, body: Body, address: str) -> bytes:
        """The mail as it goes out; those that follow are made with it, where they read alike."""
        made = self.made.pop(delivery.pk, None)
        if made is None:
            made = on_the_wire(delivery, body, address)
            # Where a message says something to some of its readers alone, none is made for others by one to whom it says nothing.
            if delivery.message.topic not in OWN and self.letters.bodies.get(delivery.message_id) is body:
                near = [one for one in self.batch.waiting[-MADE_AT_ONCE:] if one.message_id == delivery.message_id]
                plain = [one for one in near if PLAIN.fullmatch(one.email)]
                self.made = {one.pk: on_the_wire(one, body, one.email) for one in plain}
        return made

    def _open(self) -> Line:
        if self.line is None:
            try:
                self.over.open()
                self.line = Line(self.over)
            except (smtplib.SMTPException, OSError) as error:
                raise ServerAway(type(error).__name__) from error
        return self.line

    def _offered(self, envelope: Envelope) -> None:
        """Have the server want the body of a mail; one that hung up after an earlier mail is called again, once."""
        line = self._open()
        if not line.offered:
            line.offer(envelope)
        try:
            line.accepted()
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            if not line.carried:
                raise
        except Refused as refused:
            if refused.code != HANGS_UP or not line.carried:
                raise
        else:
            return
        self.close()
        self._open().offer(envelope)
        self._open().accepted()

    def _broken(self, delivery: Due, error: Exception) -> None:
        hangs = isinstance(error, TimeoutError) and self.line is not None and self.line.step != "MAIL"
        name = type(error).__name__
        self.close(broken=True)
        self._done(delivery, Outcome(_passing(delivery), name))
        if hangs:
            self.batch.put_off(delivery, name)

    def _done(self, delivery: Due, outcome: Outcome) -> None:
        self.batch.settle(delivery, outcome)
        self.sent += outcome.state == "sent"

    def close(self, *, broken: bool = False) -> None:
        """Hang up; without a word where nobody listens, or where a body is awaited and the word would be the body."""
        line, self.line = self.line, None
        if line and (broken or line.offered):
            line.smtp.close()
            self.over.connection = None
        _close(self.over)


class AnySender:
    """Sends batches over any backend of Django's, one mail after the other."""

    def __init__(self, over: BaseEmailBackend) -> None:
        self.over, self.letters, self.sent = over, Letters(), 0

    def send(self, batch: Batch) -> None:
        """Send all of it, or until enough is done; what was not tried is given back."""
        while not batch.enough() and (delivery := batch.next()):
            try:
                letter = self.letters.letter(delivery, self.over)
            except NotYet as reason:
                batch.wait(delivery, str(reason))
                continue
            except ValueError as error:
                outcome = Outcome("failed", type(error).__name__)
            except Exception as error:
                logger.exception("message %s cannot be drawn", delivery.message_id)
                outcome = Outcome(_passing(delivery), type(error).__name__)
            else:
                outcome = attempt(letter, delivery) if letter else Outcome("stopped")
            batch.settle(delivery, outcome)
            self.sent += outcome.state == "sent"
        batch.let_go()


@contextlib.contextmanager
def _sender() -> Iterator[tuple[Sender | AnySender, Ledger]]:
    """One connection to the mail server, one for marks and one beside, for all batches."""
    with contextlib.ExitStack() as stack:
        over, aside, beside = get_connection(), Aside(), Beside()
        stack.callback(_close, over)
        stack.callback(aside.close)
        stack.callback(beside.close)
        yield Sender(over) if isinstance(over, EmailBackend) else AnySender(over), Ledger(aside, beside)


def send_all(enough: Callable[[], bool] = never) -> int:
    """Send what is due, batch by batch, until nothing is left or `enough()` says so. Returns how many went out.

    Raises PermissionError in a restored copy, ServerAway where the mail server does not answer.
    """
    objection = home.settle_in()
    if objection:
        raise PermissionError(objection)
    about_to_send.send_robust(sender=Delivery)  # it logs who fails; what is due goes out all the same
    stop_stale()
    with _sender() as (sender, ledger), contextlib.closing(Batches(enough, ledger)) as batches:
        for batch in batches:
            sender.send(batch)
        ledger.flush()
        return sender.sent


__all__ = ["BATCH", "MOST_ATTEMPTS", "Outcome", "ServerAway", "claim", "let_go", "send_all", "settle"]
