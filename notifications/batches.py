"""What one claim holds, in the order in which it is sent; and the claim after it."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future

from django.db import Error

from notifications import claims
from notifications.claims import Ledger, Outcome, Row, claim, let_go
from notifications.letters import Due
from notifications.models import Delivery, Message

logger = logging.getLogger("portal.notifications")

#: So many mails are looked at once more together, and a look counts for so long.
LOOKED_AT, LOOK_SECONDS = 200, 1.0
#: Where so few are left, the next are claimed.
FEW = 150
#: How long a mail waits that cannot be drawn yet.
NOT_YET = "1 minute"


def _due(row: Row, message: Message) -> Due:
    told_for = tuple(row.told_for)
    return Due(row.pk, row.message, row.person, row.email, row.attempts, message, told_for, row.of_government)


class Held:
    """What a claim holds, the last to be sent first; each message is read once, and each mail looked at for the first time."""

    def __init__(self, number: uuid.UUID) -> None:
        self.number, self.looked_at = number, time.monotonic()
        rows = claims.held(number)
        messages = Message.objects.in_bulk({row.message for row in rows})
        self.waiting = [_due(row, messages[row.message]) for row in rows]
        self.looked: dict[int, str | None] = {row.pk: row.end for row in rows}


class Batch:
    """What one claim holds: each is looked at once more before it goes out."""

    def __init__(
        self,
        held: Held,
        enough: Callable[[], bool],
        ledger: Ledger | None = None,
        few: Callable[[], None] = lambda: None,
    ) -> None:
        self.number, self.enough, self.ledger, self.few = held.number, enough, ledger or Ledger(), few
        self.waiting, self.looked = held.waiting, held.looked
        self.looked_at = self.renewed_at = held.looked_at
        self.gone: set[int] = set()
        self.taken = self.settled = 0

    def next(self) -> Due | None:
        """The next that may go out; what may not is settled on the way. None where nothing is left."""
        while self.waiting:
            delivery = self.waiting.pop()
            if len(self.waiting) == FEW:
                self.few()
            end = self._look(delivery)
            if end is None:
                continue
            self.taken += 1
            if end == "":
                return delivery
            self.settle(delivery, Outcome(end))
        return None

    def _look(self, delivery: Due) -> str | None:
        now = time.monotonic()
        if delivery.pk not in self.looked or now - self.looked_at > LOOK_SECONDS:
            near = [delivery.pk, *(one.pk for one in self.waiting[-LOOKED_AT:])]
            found = self.ledger.patiently(lambda: claims.look(near, self.number))
            self.looked, self.looked_at = {pk: found.get(pk) for pk in near}, now
        if now - self.renewed_at > claims.RENEWED_SECONDS:
            self.ledger.patiently(lambda: claims.renew(self.number))
            self.renewed_at = now
        return self.looked.pop(delivery.pk)

    def settle(self, delivery: Due, outcome: Outcome) -> None:
        """Write down what became of it, before anything else goes out."""
        self.settled += 1
        carries = delivery.message.topic == Delivery.DIGEST
        self.ledger.write(delivery.pk, self.number, outcome, carries=carries)
        if outcome.error:
            logger.warning("delivery %s: %s (%s)", delivery.pk, outcome.state, outcome.error)

    def let_go(self, error: str = "", wait: str = "0 seconds") -> None:
        """Give back what was not tried, where anything is."""
        if self.waiting or self.taken > self.settled:
            self.ledger.flush()
            self.ledger.patiently(lambda: let_go(self.number, error=error, wait=wait))

    def wait(self, delivery: Due, error: str) -> None:
        """Give one back that cannot be drawn yet; it loses no try."""
        self.settled += 1
        self.ledger.patiently(lambda: let_go(self.number, error=error, wait=NOT_YET, pk=delivery.pk))

    def put_off(self, delivery: Due, error: str) -> None:
        """Let everybody of a domain that hangs wait, so that the others need not."""
        domain = delivery.email.rpartition("@")[2]
        self.gone |= self.ledger.patiently(
            lambda: claims.put_off(domain, self.number, attempts=delivery.attempts, error=error)
        )
        self.waiting = [one for one in self.waiting if one.pk not in self.gone]


def _hold() -> Held | None:
    number = claim()
    return Held(number) if number else None


class Batches:
    """Claim after claim until nothing is due or enough is done; the next is made while the last mails of one go out."""

    def __init__(self, enough: Callable[[], bool], ledger: Ledger) -> None:
        self.enough, self.ledger = enough, ledger
        self.coming: Future[Held | None] | None = None

    def __iter__(self) -> Iterator[Batch]:
        while not self.enough() and (held := self._next()):
            yield Batch(held, self.enough, self.ledger, self._soon)

    def _soon(self) -> None:
        if self.ledger.beside is not None and self.coming is None:
            self.coming = self.ledger.beside.ask(_hold)

    def _next(self) -> Held | None:
        coming, self.coming = self.coming, None
        if coming is not None:
            try:
                return coming.result()
            except Error:  # what it claimed, if anything, its lease gives back
                logger.warning("The database is away.")
        return self.ledger.patiently(_hold)

    def close(self) -> None:
        """Give back what was claimed and is not begun."""
        coming, self.coming = self.coming, None
        try:
            held = coming.result() if coming is not None else None
        except Error as error:  # what it claimed, if anything, its lease gives back
            logger.warning("What was claimed ahead, if anything, waits for its lease to end: %s", type(error).__name__)
            return
        if held is not None:
            self.ledger.patiently(lambda: let_go(held.number))
