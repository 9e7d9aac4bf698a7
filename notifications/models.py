import uuid
from typing import ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Account, Person


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
