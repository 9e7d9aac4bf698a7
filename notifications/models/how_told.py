from typing import ClassVar

import pghistory
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.hours import ZONES
from accounts.models import Person
from notifications import kinds
from notifications.models.message import Delivery

#: The channel of what was chosen.
CHANNELS = {
    kinds.AT_ONCE: Delivery.Channel.MAIL,
    kinds.DAILY: Delivery.Channel.DAILY,
    kinds.WEEKLY: Delivery.Channel.WEEKLY,
    kinds.PORTAL: Delivery.Channel.PORTAL,
}


@pghistory.track()
class HowTold(models.Model):
    """How one person wants to be told, by kind of message; whoever chose nothing is told of everything at once.

    The portal's inbox has every message whatever is chosen here: a choice is about mail alone.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="how_told")
    choices = models.JSONField(default=dict, help_text="by kind: at once, daily, weekly, or in the portal alone")
    time_zone = models.CharField("whose morning", max_length=40, choices=ZONES, default="America/New_York")
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager["HowTold"]] = models.Manager.from_queryset(VisibleQuerySet)()

    def __str__(self) -> str:
        return f"How {self.person} is told"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(person=held.person)

    def of(self, kind: str) -> str:
        """What is chosen for a kind."""
        return str(self.choices.get(kind, kinds.AT_ONCE))

    @classmethod
    def of_person(cls, person: Person) -> "HowTold":
        """The person's choices, or those of somebody who chose nothing."""
        return cls.objects.filter(person=person).first() or cls(person=person)

    @classmethod
    def choose(
        cls, person: Person, choices: dict[str, str], *, time_zone: str = "", by: Person, verb: str = "choose how told"
    ) -> "HowTold":
        """Keep what a person wants from now on; kinds that are not named stay as they are.

        time_zone: a name of accounts.hours.ZONES; empty: as before. What waits for a digest, or for its turn as a mail,
        goes the new way. Raises ValidationError for a kind or a way that there is not, and for somebody else's choices.
        """
        if by != person:
            raise ValidationError("Each person chooses how they are told.")
        for kind, how in choices.items():
            if kind not in kinds.KINDS or how not in kinds.ways_of(kind):
                raise ValidationError("This cannot be chosen here.")
        if time_zone and time_zone not in ZONES:
            raise ValidationError({"time_zone": "Choose one of the time zones in the list."})
        with transaction.atomic(), acting(by, verb):
            cls.objects.get_or_create(person=person)
            told = cls.objects.select_for_update().get(person=person)
            told.choices |= choices
            told.time_zone = time_zone or told.time_zone
            told.save()
            for kind, how in choices.items():
                _send_the_new_way(person, kind, how)
        return told


def _send_the_new_way(person: Person, kind: str, how: str) -> None:
    """What waits, and is in no digest yet, follows the new choice; what shall not be mailed is in the inbox already."""
    waiting = Delivery.objects.filter(person=person, state=Delivery.State.QUEUED, digest=None).of_kind(kind)
    if how == kinds.PORTAL:
        waiting.update(channel=Delivery.Channel.PORTAL, state=Delivery.State.DELIVERED)
    else:
        waiting.update(channel=CHANNELS[how])
