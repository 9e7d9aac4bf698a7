"""Messages and people in numbers, for tests of the sender."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from accounts.models import Person
from notifications import batches, sending
from notifications.models import Delivery, Message

#: PostgreSQL's now() is the beginning of the transaction, in which a whole test may stand.
AN_HOUR = datetime.timedelta(hours=1)


def make_people(count: int) -> list[Person]:
    return Person.objects.bulk_create(
        Person(email=f"person{at:04}@people.example", name=f"Person {at}", password="!") for at in range(count)
    )


def make_message(people: list[Person], subject: str = "A change", **fields: Any) -> Message:
    """A message queued for these people, for no account in particular."""
    message = Message.objects.create(
        key=f"test:{subject}", topic="test", subject=subject, text="The lead.\n\nThe rest.", path="/", **fields
    )
    Delivery.objects.bulk_create(
        Delivery(message=message, person=one, due_at=timezone.now() - AN_HOUR) for one in people
    )
    return message


def states(message: Message) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in message.deliveries.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def let_leases_run_out() -> None:
    """As if five minutes had passed since the last claim."""
    Delivery.objects.filter(state="claimed").update(claimed_until=timezone.now() - AN_HOUR)


def let_waits_run_out() -> None:
    """As if the time until the next try had passed."""
    Delivery.objects.filter(state="queued").update(due_at=timezone.now() - AN_HOUR)


def send_held(number: uuid.UUID) -> int:
    """Send what was claimed, as `send_all` does with each of its claims; returns how many went out."""
    with sending._sender() as (sender, ledger):
        sender.send(batches.Batch(batches.Held(number), sending.never, ledger))
        ledger.flush()
        return sender.sent
