import datetime
import hashlib
import secrets
import uuid
from typing import ClassVar, Self

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Account, Membership, Person


class Message(models.Model):
    """Something to tell, once: `key` names the event, so that the same thing is never told twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    topic = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    path = models.CharField("page that shows it", max_length=200, blank=True)
    about_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.CASCADE)
    about_id = models.CharField(max_length=40, blank=True)
    about = GenericForeignKey("about_type", "about_id")
    stop_after = models.DateTimeField("nothing is sent after", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Message"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.subject

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(deliveries__in=Delivery.objects.filter(Delivery.within(held)))


class Delivery(models.Model):
    """One message for one person over one channel: queued, claimed, then sent, failed or stopped for good."""

    class Channel(models.TextChoices):
        MAIL = "mail", "Mail"

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Refused"
        STOPPED = "stopped", "Stopped"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deliveries")
    account = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="+", verbose_name="told for this account"
    )
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.MAIL)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField()
    told_for = ArrayField(models.UUIDField(), default=list, help_text="every account for which they are told")
    claimed_until = models.DateTimeField(null=True)
    claim = models.UUIDField("who claimed it last", null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["message", "person", "channel"], name="delivery_once_a_person"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "claimed", "sent", "failed", "stopped"]), name="delivery_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_due", condition=Q(state__in=["queued", "claimed"])),
            models.Index(fields=["person", "-due_at", "-id"], name="delivery_of_person"),
            models.Index(fields=["account", "-due_at"], name="delivery_of_account"),
            models.Index(fields=["claim"], name="delivery_claim", condition=Q(state="claimed")),
            GinIndex(fields=["told_for"], name="delivery_told_for"),
        ]

    def __str__(self) -> str:
        return f"{self.message} for {self.person}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(person=held.person) | Q(told_for__overlap=list(held.managed))


class MailHome(models.Model):
    """The one installation that may send this database's mail: a restored copy stands elsewhere, and is silent."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    address = models.CharField(max_length=255)
    database = models.CharField(max_length=60)
    since = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="mail_home_is_one")]

    def __str__(self) -> str:
        return self.address


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
