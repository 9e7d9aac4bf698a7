import pghistory
from django.db import models, transaction
from django.utils import timezone

from accounts.history import acting
from accounts.models.account import Account
from accounts.models.person import Person
from accounts.signals import left


@pghistory.track()
class Membership(models.Model):
    """A person belongs to an account, perhaps as its administrator, until the membership ends."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    administrator = models.BooleanField("manages the account's people", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"], condition=models.Q(ended_at=None), name="membership_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} of {self.account}"

    def end(self, *, by: Person | None) -> None:
        """Close the account to this person from the next request on; what they did stays theirs."""
        if self.ended_at is not None:
            return
        self.ended_at = timezone.now()
        with transaction.atomic(), acting(by, "end membership"):
            self.save(update_fields=["ended_at"])
            left.send(sender=Membership, membership=self)
