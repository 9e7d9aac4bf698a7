import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Account, Center, Person
from notices import audience, telling
from notifications.models import Delivery


class NoticeQuerySet(VisibleQuerySet):
    def told_to(self, person: Person) -> Self:
        """Notices that were told to a person or to its accounts, those that were retracted since among them.

        With `told_me`, and `unread`: told to this person, who has not said yet that it was read.
        """
        mine = Delivery.objects.filter(person=person, message__about_id=OuterRef("about"))
        notices = self.visible_to(person).exclude(state="draft").annotate(about=telling.about_of("pk"))
        return notices.annotate(told_me=Exists(mine), unread=Exists(mine.filter(read_at=None)))

    def read_by(self, person: Person) -> Self:
        """The same, those alone that still hold."""
        return self.told_to(person).filter(state="published")

    def draft(
        self, *, by: Person, centers: Iterable[Center] = (), accounts: Iterable[Account] = (), **fields: Any
    ) -> "Notice":
        """Write a draft. Raises ValidationError for fields that a notice cannot have."""
        notice: Notice = self.model(author=by, **fields)
        notice.full_clean()
        with transaction.atomic(), acting(by, "draft"):
            notice.save()
            notice.centers.set(centers)
            notice.accounts.set(accounts)
        return notice


@pghistory.track()
class Notice(models.Model):
    """A change of program or policy that accounts should hear of before it happens."""

    class Kind(models.TextChoices):
        CSMS = "CSMS", "CSMS message"
        FEDERAL_REGISTER = "FR", "Federal Register"
        TRADE_NOTICE = "TRADE", "Trade notice"
        RULING = "RULING", "Ruling"
        ADCVD = "ADCVD", "AD/CVD message"
        BULLETIN = "BULLETIN", "Customs Bulletin"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETRACTED = "retracted", "Retracted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CSMS)
    number = models.CharField(max_length=40, help_text="As the source numbers it, for example 65313729 or 90 FR 34665.")
    title = models.CharField(max_length=180)
    body = models.TextField("what changes")
    to_do = models.TextField("what you must do", blank=True, help_text="Leave empty where nothing is asked for.")
    effective_date = models.DateField(null=True, blank=True)
    source_url = models.URLField(blank=True)
    account_kinds = ArrayField(
        models.CharField(max_length=8, choices=Account.Kind),
        default=list,
        blank=True,
        verbose_name="for importers, brokers",
        help_text="Importers, brokers or both; none chosen means both.",
    )
    centers = models.ManyToManyField(Center, blank=True, help_text="None chosen means all.")
    accounts = models.ManyToManyField(Account, blank=True, help_text="Named accounts alone; none means all.")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    retracted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager["Notice"]] = models.Manager.from_queryset(NoticeQuerySet)()

    class Meta:
        ordering = ["-published_at", "-created_at"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="notice_once")]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def within(held: Reach) -> Q:
        """Told to this person or to one of the accounts that it manages; a retracted one too: its mail has been read."""
        told = Delivery.objects.filter(Delivery.within(held), message__topic=telling.TOPIC)
        return Q(state__in=["published", "retracted"], pk__in=telling.notices_of(told))

    @property
    def days_ahead(self) -> int | None:
        """Calendar days between publication and effect; negative where it came too late."""
        if self.effective_date is None or self.published_at is None:
            return None
        return (self.effective_date - timezone.localdate(self.published_at)).days

    def publish(self, *, by: Person) -> int:
        """Publish the draft and queue one mail for each person it is for. Returns how many people.

        Raises ValidationError for anything but a draft: publishing twice sends once.
        """
        with transaction.atomic(), acting(by, "publish"):
            notice = Notice.objects.select_for_update().get(pk=self.pk)
            if notice.state != self.State.DRAFT:
                raise ValidationError("This notice is published already." if notice.published_at else "Not a draft.")
            notice.state = self.State.PUBLISHED
            notice.published_at, notice.published_by = timezone.now(), by
            notice.save(update_fields=["state", "published_at", "published_by"])
            told = telling.queue(notice, audience.people_of(notice))
        self.refresh_from_db()
        return told

    def retract(self, *, by: Person) -> int:
        """Take a published notice back; what has not been sent yet is stopped. Returns how many were stopped."""
        with transaction.atomic(), acting(by, "retract"):
            notice = Notice.objects.select_for_update().get(pk=self.pk)
            if notice.state != self.State.PUBLISHED:
                raise ValidationError("Only a published notice can be retracted.")
            notice.state, notice.retracted_at = self.State.RETRACTED, timezone.now()
            notice.save(update_fields=["state", "retracted_at"])
            stopped = telling.stop(notice)
        self.refresh_from_db()
        return stopped
