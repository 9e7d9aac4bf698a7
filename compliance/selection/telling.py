"""What an account hears of a round: that it entered or left, once. Never why, nor where it stood."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Membership
from notifications.models import Message
from notifications.queue import tell_each

if TYPE_CHECKING:
    from compliance.selection.models.round import Round

TOPIC = "selection"
ENTERED = (
    "{name} is now an account of the program",
    "{name} has been taken into the Account Management Program.\n\n"
    "From now on your company is handled as one account, not one shipment at a time. You will be given an account "
    "manager, whose name and hours then stand on your first page. What you see there of your examinations, your bond and "
    "the changes ahead stays as it is.\n\n"
    "You need not do anything. Shipments on their way are handled as before.",
)
LEFT = (
    "{name} leaves the program",
    "{name} is no longer handled by an account manager of the Account Management Program.\n\n"
    "You can sign in as before, and everything that you saw stays. For questions write under Ask, or call your Center.\n\n"
    "You need not do anything. Shipments on their way are handled as before.",
)


def tell(chosen: "Round", entered: QuerySet[Any], left: QuerySet[Any]) -> int:
    """Queue one message for each account that has people; returns how many. The key names round and account."""
    people: dict[UUID, list[UUID]] = defaultdict(list)
    moved = chosen.candidates.filter(outcome__in=["entered", "left"]).values("account")
    for account, person in Membership.objects.filter(
        account__in=moved, ended_at=None, person__is_active=True
    ).values_list("account", "person"):
        people[account].append(person)
    told = [
        (_message(chosen, account, name, words), account, people[account])
        for rows, words in ((entered, ENTERED), (left, LEFT))
        for account, name in rows.values_list("account", "name")
    ]
    return tell_each(told)


def _message(chosen: "Round", account: UUID, name: str, words: tuple[str, str]) -> Message:
    subject, text = (part.format(name=" ".join(name.split())) for part in words)
    return Message(key=f"{TOPIC}:{chosen.pk}:{account}", topic=TOPIC, subject=subject[:200], text=text, path="/")
