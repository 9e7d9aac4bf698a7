import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.history import acting
from accounts.models.account import Account
from accounts.models.person import Person
from accounts.signals import left

LAST_ADMINISTRATOR = (
    "This is the account's last administrator. Make somebody else one first: without one nobody could invite, remove or "
    "delegate."
)


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

    def check_another_administrator(self) -> None:
        """Raise ValidationError where the account would have no administrator without this membership.

        Locks the account's memberships until the transaction ends: of two administrators who remove each other at the same
        moment the second is refused.
        """
        administer = self.account.memberships.select_for_update().filter(administrator=True, ended_at=None)
        others = [one.pk for one in administer.order_by("pk") if one.pk != self.pk]
        if self.administrator and not others:
            raise ValidationError(LAST_ADMINISTRATOR)

    def change_role(self, *, administrator: bool, by: Person) -> None:
        """Let the person manage the account's people, or not any more.

        Raises PermissionDenied for who does not administer the account and for a membership that ended; ValidationError for
        the last administrator.
        """
        if self.ended_at is not None or not self.account.is_administered_by(by):
            raise PermissionDenied
        with transaction.atomic(), acting(by, "change role"):
            if not administrator:
                self.check_another_administrator()
            self.administrator = administrator
            self.save(update_fields=["administrator"])

    def remove(self, *, by: Person) -> None:
        """Take the person out of the account, by one of its administrators; the same as `end`, and nobody removes the last
        administrator. Raises as `change_role`."""
        if self.ended_at is not None or not self.account.is_administered_by(by):
            raise PermissionDenied
        with transaction.atomic():
            self.check_another_administrator()
            self.end(by=by)

    def end(self, *, by: Person | None) -> None:
        """Close the account to this person from the next request on; what they did stays theirs.

        In the same transaction triggers take what would open it again: tokens, where this was the person's last account,
        addresses of calendars, and open invitations to them and by them.
        """
        if self.ended_at is not None:
            return
        self.ended_at = timezone.now()
        with transaction.atomic(), acting(by, "end membership"):
            self.save(update_fields=["ended_at"])
            left.send(sender=Membership, membership=self)
