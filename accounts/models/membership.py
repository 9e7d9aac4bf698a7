import pghistory
from django.db import models

from accounts.models.account import Account
from accounts.models.person import Person


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
