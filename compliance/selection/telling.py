"""What is told of a round, once: headquarters that it waits for a second person; accounts that they entered or left, and
never why, nor where they stood."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from accounts.models import Membership, Person
from examinations.telling.once import tell_once
from look.formats import long_day
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


def tell_ready(chosen: "Round") -> bool:
    """Tell everybody of headquarters but who opened it that the round waits to be approved. False where they know."""
    nowhere = Cast(Value(None), UUIDField())
    others = Person.objects.filter(role=Person.Role.HEADQUARTERS, is_active=True).exclude(pk=chosen.opened_by_id)
    text = (
        f"Every proposal of the selection round of {long_day(chosen.as_of)} is decided. Nothing changes before a second person "
        f"of headquarters, who is not {chosen.opened_by}, has approved it.\n\n"
        "Read the list and the reasons in the portal, then approve and close the round, or ask for another decision."
    )
    subject = f"To approve: the selection round of {long_day(chosen.as_of)}"
    return tell_once(
        f"{TOPIC}-ready:{chosen.pk}", f"{TOPIC}-ready", subject, text,
        path=f"/selection/{chosen.pk}/close/", about=chosen, people=[others.values_list("pk", nowhere)],
    )  # fmt: skip


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
