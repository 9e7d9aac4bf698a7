from __future__ import annotations

from typing import ClassVar

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models.account import Account
from accounts.models.person import Person, check_telephone


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class NightContact(models.Model):
    """Whom to call about a hold outside office hours: one for each account, recorded by its administrator."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="night_contact")
    name = models.CharField(max_length=120)
    telephone = models.CharField(max_length=30)
    note = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[NightContact]] = models.Manager.from_queryset(VisibleQuerySet)()

    def __str__(self) -> str:
        return f"{self.name} for {self.account}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    @classmethod
    def record(cls, account: Account, *, name: str, telephone: str, note: str, by: Person) -> NightContact:
        """Keep whom to call; what was kept before goes to the history.

        Raises PermissionDenied for who does not administer the account, ValidationError without a name or a number.
        """
        if not account.is_administered_by(by):
            raise PermissionDenied
        name, telephone = name.strip(), telephone.strip()
        if not name:
            raise ValidationError({"name": "Say whom to call."})
        if not telephone:
            raise ValidationError({"telephone": "Say at which number."})
        check_telephone(telephone)
        values = {"name": name, "telephone": telephone, "note": note.strip(), "recorded_by": by}
        with transaction.atomic(), acting(by, "record night contact"):
            return cls.objects.update_or_create(account=account, defaults=values)[0]

    def remove(self, *, by: Person) -> None:
        """Have nobody called at night. Raises PermissionDenied for who does not administer the account."""
        if not self.account.is_administered_by(by):
            raise PermissionDenied
        with acting(by, "remove night contact"):
            self.delete()
