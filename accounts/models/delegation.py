from __future__ import annotations

import datetime
from collections.abc import Sequence

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils import timezone

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
            models.UniqueConstraint(
                fields=["importer", "broker"],
                condition=models.Q(revoked_at=None),
                name="delegation_once_at_a_time",
                violation_error_message="This broker has a delegation already.",
            ),
            models.CheckConstraint(condition=~models.Q(importer=models.F("broker")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=models.Q(kinds__contained_by=["entries", "examinations", "cost", "bonds", "trends"]),
                name="delegation_kinds_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.importer} to {self.broker}"

    @classmethod
    def grant(
        cls,
        importer: Account,
        *,
        broker: Account,
        kinds: Sequence[str],
        power_of_attorney: datetime.date,
        expires: datetime.date,
        by: Person,
        today: datetime.date,
    ) -> Delegation:
        """Open kinds of an importer's data to a broker, from the power of attorney to its last day.

        One at a time for a broker: what it held before ends. Raises ValidationError where the other side is no active
        broker, nothing is chosen, or the days make no sense; PermissionDenied for who does not administer the importer.
        """
        if not importer.is_administered_by(by):
            raise PermissionDenied
        if broker.kind != Account.Kind.BROKER or broker.state == Account.State.WITHDRAWN:
            raise ValidationError({"broker": "Data are opened to brokers that take part only."})
        if not kinds:
            raise ValidationError({"kinds": "Choose at least one kind of data."})
        if expires <= power_of_attorney:
            raise ValidationError({"expires": "The last day lies before the power of attorney."})
        if expires < today:
            raise ValidationError({"expires": "The last day is over already."})
        chosen = [kind for kind in cls.Kind.values if kind in kinds]
        days = {"power_of_attorney": power_of_attorney, "expires": expires}
        try:
            with transaction.atomic(), acting(by, "delegate"):
                for one in cls.objects.filter(importer=importer, broker=broker, revoked_at=None):
                    one.revoke(by=by, at=timezone.now())
                return cls.objects.create(importer=importer, broker=broker, kinds=chosen, **days)
        except IntegrityError as error:  # somebody else opened something to this broker at the same moment
            raise ValidationError("A colleague has just opened data to this broker; look at the list.") from error

    @property
    def opened(self) -> list[str]:
        """The kinds as people read them."""
        return [str(self.Kind(kind).label) for kind in self.kinds]

    def state_on(self, on: datetime.date) -> str:
        """In one or two words, how it stands on that date."""
        if self.revoked_at is not None:
            return "revoked"
        if on < self.power_of_attorney:
            return "to come"
        return "in force" if on <= self.expires else "expired"

    def revoke(self, *, by: Person, at: datetime.datetime) -> None:
        """End the delegation at once. Raises PermissionDenied for who does not administer the importer."""
        if not self.importer.is_administered_by(by):
            raise PermissionDenied
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = at, by
            with acting(by, "revoke"):
                self.save(update_fields=["revoked_at", "revoked_by"])


def brokers_known_to(importer: Account) -> QuerySet[Account]:
    """Brokers that have filed an entry for an importer, by name."""
    return Account.objects.filter(kind=Account.Kind.BROKER, filed_for__importer=importer).order_by("name")
