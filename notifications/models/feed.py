import datetime
import hashlib
import secrets
from typing import ClassVar, Self

import pghistory
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Account, Membership, Person


def _digest(secret: str) -> str:
    """256 random bits need no salt and no slow hash: nobody can try them all."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class FeedQuerySet(VisibleQuerySet):
    def open(self) -> Self:
        """Those that were not revoked."""
        return self.filter(revoked_at=None)


@pghistory.track(exclude=["digest", "read_on"])
class Feed(models.Model):
    """A secret address at which a calendar program reads the dates of one account, for one person.

    Whoever has the address reads them, without signing in: it is shown once, kept as a hash, and opens nothing any
    more once it is revoked, or its person left the account or may no longer sign in.
    """

    #: Open addresses that a person may have for one account: one for each program, and then some.
    MOST = 5

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="feeds")
    digest = models.CharField("hash of the secret", max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    read_on = models.DateField("last read on", null=True, editable=False)

    objects: ClassVar[models.Manager["Feed"]] = models.Manager.from_queryset(FeedQuerySet)()

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.person} of {self.account}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(person=held.person)

    @classmethod
    def make(cls, account: Account, *, by: Person) -> "tuple[Feed, str]":
        """Make an address for a member of the account. Returns it with its secret, which nobody can tell afterwards.

        Raises ValidationError for who is no member, and where the person has as many as one may have.
        """
        with transaction.atomic(), acting(by, "make feed"):
            if not Membership.objects.filter(account=account, person=by, ended_at=None).exists():
                raise ValidationError("Only members of the account have addresses for its dates.")
            if cls.objects.open().filter(account=account, person=by).count() >= cls.MOST:
                raise ValidationError(f"You have {cls.MOST} addresses already: revoke one first.")
            secret = secrets.token_urlsafe(32)
            return cls.objects.create(account=account, person=by, digest=_digest(secret)), secret

    def revoke(self, *, by: Person) -> None:
        """Let the address open nothing any more, from the next request on."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            with acting(by, "revoke feed"):
                self.save(update_fields=["revoked_at"])

    @classmethod
    def of_secret(cls, secret: str) -> "Feed | None":
        """The address that a secret belongs to, if it was not revoked: the one row that row security opens for it.

        Whether its person may still read the account is asked under that person's own scope (`may_be_read`).
        """
        digest = _digest(secret)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.feed', %s, true)", [digest])
            found = cls.objects.open().select_related("person").filter(digest=digest).first()
            cursor.execute("SELECT set_config('app.feed', '', true)")
        return found

    def may_be_read(self, held: Reach) -> bool:
        """Whether the person's reach still has the account as its own, by the membership under which it was made:
        somebody who left and came back makes another.
        """
        member = Membership.objects.filter(account=self.account_id, person=self.person_id, ended_at=None)
        return self.account_id in held.own and member.filter(created_at__lte=self.made_at).exists()

    def note_reading(self, on: datetime.date) -> None:
        """Keep on which day it was read last: an address that nobody knows of should show."""
        if self.read_on != on:
            self.read_on = on
            self.save(update_fields=["read_on"])
