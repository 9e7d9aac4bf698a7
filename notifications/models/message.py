import uuid
from typing import ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Account, Person
from notifications import kinds

#: Models of rows that people may stop seeing while their account stays, such as an inquiry that an expert was brought into:
#: what was told about such a row is read as long as the row is. Whoever knows them adds them; row security says the same.
READ_WITH: list[type[models.Model]] = []


def _about_what_is_seen(held: Reach) -> Q:
    found = Q()
    for model in READ_WITH:
        of_model = ContentType.objects.get_for_model(model)
        seen = model._default_manager.filter(model.within(held))  # type: ignore[attr-defined]
        keys = seen.order_by().annotate(key=Cast("pk", models.CharField())).values("key")
        found &= Q(message__about_type=None) | ~Q(message__about_type=of_model) | Q(message__about_id__in=keys)
    return found


class Message(models.Model):
    """Something to tell, once: `key` names the event, so that the same thing is never told twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    topic = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    path = models.CharField("page that shows it", max_length=200, blank=True)
    asks = models.BooleanField(
        "asks for action", default=False, db_default=False, help_text="Then it waits for no digest."
    )
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

    @property
    def kind(self) -> kinds.Kind | None:
        """What a person chooses about it with; None where there is nothing to choose."""
        return kinds.kind_of(self.topic, self.asks)


class DeliveryQuerySet(VisibleQuerySet):
    def inbox_of(self, person: Person) -> Self:
        """What this person was told and may read still; a digest says nothing that does not stand there already."""
        return self.visible_to(person).filter(person=person).exclude(message__topic=Delivery.DIGEST)

    def of_kind(self, name: str) -> Self:
        """Those of one kind of message."""
        kind = kinds.KINDS[name]
        found = Q(message__topic__in=kind.topics)
        if name == kinds.ASKED:
            return self.filter(found | Q(message__asks=True)).exclude(message__topic__in=kinds.ALWAYS)
        if name == kinds.OTHER:
            named = {topic for one in kinds.KINDS.values() for topic in one.topics}
            found = ~Q(message__topic__in=named | kinds.ALWAYS)
        return self.filter(found, message__asks=False)


class Delivery(models.Model):
    """One message for one person, over the channel that they chose: queued, claimed, then one of the ends.

    The row is the message in the person's inbox as well, whatever becomes of the mail.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", "Mail"
        DAILY = "daily", "Daily digest"
        WEEKLY = "weekly", "Weekly digest"
        PORTAL = "portal", "Portal alone"

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Came back"
        FAILED = "failed", "Refused"
        SUPPRESSED = "suppressed", "Not sent: earlier mail came back"
        STOPPED = "stopped", "Stopped"

    #: The topic of digests: mails that carry what waited for them.
    DIGEST = "digest"
    WAITING = (State.QUEUED, State.CLAIMED)

    # The indexes below begin with these keys: one more for each would cost every mail four times. Constraint triggers would cost
    # a row more than all of its indexes; the statement that queues takes all three from rows that have them (decision 6).
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="deliveries", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="deliveries", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="told for this account",
        db_index=False,
        db_constraint=False,
    )
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.MAIL)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField()
    told_for = ArrayField(models.UUIDField(), default=list, help_text="every account for which they are told")
    digest = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="carried",
        verbose_name="digest that carries it",
        db_index=False,
    )
    claimed_until = models.DateTimeField(null=True)
    claim = models.UUIDField("who claimed it last", null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager.from_queryset(DeliveryQuerySet)()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["message", "person", "channel"], name="delivery_once_a_person"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("queued", "claimed", "sent", "delivered", "bounced", "failed", "suppressed", "stopped"),
                    ]
                ),
                name="delivery_state_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["mail", "daily", "weekly", "portal"]), name="delivery_channel_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="delivery_due",
                condition=Q(state__in=["queued", "claimed"], channel="mail"),
            ),
            models.Index(
                fields=["person"],
                name="delivery_to_gather",
                condition=Q(state="queued", digest=None, channel__in=["daily", "weekly"]),
            ),
            models.Index(fields=["person", "-due_at", "-id"], name="delivery_of_person"),
            models.Index(fields=["account", "-due_at"], name="delivery_of_account"),
            models.Index(fields=["claim"], name="delivery_claim", condition=Q(state="claimed")),
            models.Index(fields=["digest"], name="delivery_carried", condition=Q(digest__isnull=False)),
            GinIndex(fields=["told_for"], name="delivery_told_for"),
        ]

    def __str__(self) -> str:
        return f"{self.message} for {self.person}"

    @property
    def mail_in_words(self) -> str:
        """What became of the mail, as its reader reads it."""
        if self.channel == self.Channel.PORTAL:
            return "None: in the portal alone"
        words = str(self.get_state_display())
        if self.channel == self.Channel.MAIL:
            return words
        digest = str(self.get_channel_display())
        return f"Waits for the {digest.lower()}" if self.state == self.State.QUEUED else f"{digest}: {words.lower()}"

    @staticmethod
    def within(held: Reach) -> Q:
        """One's own, while one belongs to an account for which one was told, or answers for it; and those of people of the
        accounts that one answers for. Who left reads nothing of it any more, whatever was mailed."""
        mine = Q(told_for=[]) | Q(told_for__overlap=list(held.own | held.managed))
        told = Q(person=held.person) & mine | Q(told_for__overlap=list(held.managed))
        return told & _about_what_is_seen(held)
