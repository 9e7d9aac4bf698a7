"""How people of the invented world are told, and whose mailboxes are no more: from their addresses, not from chance."""

import datetime
import hashlib

from django.utils import timezone

from accounts.models import Person
from demonstration.world import World
from notifications import kinds
from notifications.models import Delivery, HowTold, Suppression

#: What the sign-ins chose, to be seen on their pages.
CHOSEN = {
    "importer@demo.example": ({"findings": kinds.DAILY, "program": kinds.WEEKLY}, "America/Chicago"),
    "broker@demo.example": ({"changes": kinds.WEEKLY, "findings": kinds.DAILY}, "America/Los_Angeles"),
    "manager@demo.example": ({"findings": kinds.DAILY, "answers": kinds.DAILY}, "America/New_York"),
}
#: Of every hundred others so many each: a daily digest of what may wait, a weekly one, the portal alone.
DAILY, WEEKLY, ALONE = 16, 10, 4
WAIT = ("changes", "answers", "findings", "program", kinds.OTHER)
ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles")
SAID = ("550 5.1.1 The email account does not exist", "550 5.1.1 User unknown", "550 5.1.10 Recipient not found")


def _share(email: str, of: int = 100) -> int:
    """A number below `of` that belongs to an address."""
    return int(hashlib.sha256(email.encode()).hexdigest()[:8], 16) % of


def _way(share: int) -> str | None:
    if share < DAILY:
        return kinds.DAILY
    if share < DAILY + WEEKLY:
        return kinds.WEEKLY
    return kinds.PORTAL if share < DAILY + WEEKLY + ALONE else None


def choose(world: World) -> None:
    """Let a third of the people choose, before the newest notices go out; of the sign-ins those alone that are said above."""
    sign_ins = {one.email for one in world.sign_ins}
    people = {person.email: person for person in Person.objects.order_by("email")}
    made = [
        HowTold(person=people[email], choices=choices, time_zone=zone)
        for email, (choices, zone) in CHOSEN.items()
        if email in people
    ]
    for email, person in people.items():
        way = _way(_share(email))
        if way and email not in sign_ins:
            made.append(HowTold(person=person, choices=dict.fromkeys(WAIT, way), time_zone=ZONES[_share(email, 3)]))
    HowTold.objects.bulk_create(made)


def come_back(world: World) -> None:
    """Three mailboxes are no more, and one reader called a mail spam: the newest mail that they were sent shows it."""
    told = Delivery.objects.filter(state=Delivery.State.SENT, channel=Delivery.Channel.MAIL)
    told = told.exclude(person__email__in=[one.email for one in world.sign_ins])
    rows = told.filter(person__role=Person.Role.MEMBER).order_by("person__email", "-sent_at").distinct("person__email")
    some = sorted(rows.select_related("person"), key=lambda one: _share(one.person.email, 10**6))[:4]
    at = timezone.make_aware(datetime.datetime.combine(world.as_of - datetime.timedelta(days=6), datetime.time(9, 4)))
    for one, said in zip(some, SAID, strict=False):
        Suppression.objects.create(address=one.person.email, reason="bounce", because=said, since=at)
        Delivery.objects.filter(pk=one.pk).update(state=Delivery.State.BOUNCED, last_error=said)
    for one in some[len(SAID) :]:
        Suppression.objects.create(address=one.person.email, reason="complaint", since=at)
