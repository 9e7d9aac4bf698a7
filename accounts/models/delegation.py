import datetime

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.history import acting
from accounts.models.account import Account
from accounts.models.person import Person


@pghistory.track()
class Delegation(models.Model):
    """An importer opens more of its data to a broker: by kind, from the power of attorney until it expires.

    The dates bound when the delegate may look, not which rows.
    """

    class Kind(models.TextChoices):
        ENTRIES = "entries", "Entries"
        EXAMINATIONS = "examinations", "Examinations"
        COST = "cost", "Cost"
        BOND = "bonds", "Bond"
        TRENDS = "trends", "Trends and plans"

    importer = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="delegations_given")
    broker = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="delegations_held")
    kinds = ArrayField(models.CharField(max_length=12, choices=Kind), size=5)
    power_of_attorney = models.DateField("power of attorney signed on")
    expires = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires__gt=models.F("power_of_attorney")), name="delegation_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~models.Q(importer=models.F("broker")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=models.Q(kinds__contained_by=["entries", "examinations", "cost", "bonds", "trends"]),
                name="delegation_kinds_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.importer} to {self.broker}"

    def in_force(self, on: datetime.date) -> bool:
        """Whether the delegate may look on that date."""
        return self.revoked_at is None and self.power_of_attorney <= on <= self.expires

    def revoke(self, *, by: Person, at: datetime.datetime) -> None:
        """End the delegation at once."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = at, by
            with acting(by, "revoke"):
                self.save(update_fields=["revoked_at", "revoked_by"])
