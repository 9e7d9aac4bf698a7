"""An inquiry: what an account asks, what it is about, and whose turn it is."""

from __future__ import annotations

from typing import ClassVar, Self

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from examinations.models import ResultQuestion
from inquiries.asking import ask, write_down
from inquiries.models.category import Category, Urgency
from inquiries.models.experts import ExpertGroup, involved_now
from inquiries.verbs import InquiryVerbs

SUBJECT, BECAUSE = 150, 300


class State(models.TextChoices):
    """Whose turn it is."""

    OPEN = "open", "Waits for CBP"
    ASKED_BACK = "asked_back", "Waits for the account"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


class Outcome(models.TextChoices):
    """What came of a question about the result of an examination."""

    CORRECTED = "corrected", "The data are corrected"
    STANDS = "stands", "The result stands"
    EXPLAINED = "explained", "Explained"
    AT_THE_ROW = "at_row", "Answered at the examination"


class Overtaken(ValidationError):
    """Somebody has written since the page was opened; nothing of what was typed is lost."""


class InquiryQuerySet(VisibleQuerySet):
    ask, write_down = ask, write_down

    def waiting(self) -> Self:
        """Those that CBP has to answer, the oldest promise first."""
        return self.filter(state=State.OPEN).order_by(F("due_at").asc(nulls_last=True), "pk")

    def unfinished(self) -> Self:
        """Those that wait for CBP or for the account."""
        return self.filter(state__in=[State.OPEN, State.ASKED_BACK])


@pghistory.track(fields=["state", "category", "urgency", "group", "outcome", "due_at"], model_name="InquiryEvent")
class Inquiry(InquiryVerbs):
    """One question of an account, its thread, and what was promised about it.

    What it is about is any row whose manager has `visible_to`; its facts are kept as they were when it was attached, for
    an expert reads those and not the tables (decision 0050). `hours`: promised federal working hours; `due_at`, `half_at`,
    `quarter_at`: when they are over, half over, and a quarter is left; empty while the clock stands still.
    """

    Overtaken = Overtaken

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="inquiries")
    subject = models.CharField(max_length=SUBJECT)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    urgency = models.CharField(max_length=5, choices=Urgency, default=Urgency.USUAL)
    urgent_because = models.CharField("why it is urgent", max_length=BECAUSE, blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_down_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="put down in writing by"
    )
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    about_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about_id = models.CharField(max_length=40, blank=True)
    about = GenericForeignKey("about_type", "about_id")
    about_words = models.CharField("attached row", max_length=200, blank=True)
    about_path = models.CharField(max_length=200, blank=True)
    about_facts = models.JSONField("its facts, as attached", default=list, blank=True)
    question = models.OneToOneField(
        ResultQuestion, null=True, blank=True, on_delete=models.SET_NULL, related_name="inquiry"
    )

    heading = models.CharField(max_length=10, blank=True)
    port = models.CharField(max_length=4, blank=True)
    amount = models.DecimalField("money in question", max_digits=18, decimal_places=2, null=True, blank=True)
    not_imported = models.BooleanField("goods not imported yet", default=False)
    group = models.ForeignKey(ExpertGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)

    zone = models.CharField(max_length=40)
    hours = models.PositiveSmallIntegerField("promised federal working hours")
    clock_from = models.DateTimeField("from when the promise counts")
    due_at = models.DateTimeField(null=True, blank=True)
    half_at = models.DateTimeField(null=True, blank=True)
    quarter_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField("last answered", null=True, blank=True)
    routed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Inquiry]] = models.Manager.from_queryset(InquiryQuerySet)()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name_plural = "inquiries"
        indexes = [
            models.Index(fields=["account", "-changed_at", "-id"], name="inquiry_of_account"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="inquiry_waiting"),
            models.Index(fields=["asked_at"], condition=Q(routed_at=None), name="inquiry_unrouted"),
            models.Index(fields=["-asked_at", "-id"], name="inquiry_by_day"),
            models.Index(fields=["about_type", "about_id"], name="inquiry_about"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="inquiry_state_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="inquiry_urgency_known"),
            models.CheckConstraint(
                condition=Q(urgency="usual") | ~Q(urgent_because=""), name="inquiry_urgent_for_a_reason"
            ),
            models.CheckConstraint(condition=Q(about_type=None) | ~Q(about_id=""), name="inquiry_about_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.subject}"

    @staticmethod
    def within(held: Reach) -> Q:
        """Of one's own accounts, of those that one manages, and, for an expert, those that one was brought into."""
        return of_accounts(held, "own") | of_accounts(held, "managed") | Q(pk__in=involved_now(held.person))

    @property
    def number(self) -> str:
        """How people call it: the year, by the calendar of New York, and a number."""
        return f"{timezone.localdate(self.asked_at).year}-{self.pk:04}" if self.pk else "new"

    @property
    def is_over(self) -> bool:
        return self.state == State.CLOSED


class Pause(models.Model):
    """When the clock of an inquiry stood still, waiting for the account; `ended` empty: it still does."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="pauses")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Pause]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["began", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inquiry"], condition=Q(ended=None), name="pause_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended=None) | Q(ended__gte=F("began")), name="pause_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.began} to {self.ended}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed") | Q(inquiry__in=involved_now(held.person))


class Settled(models.Model):
    """What came of one promise: an inquiry that is taken up again gets another. Answered late is not kept."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="promises")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    urgency = models.CharField(max_length=5, choices=Urgency)
    group = models.ForeignKey(ExpertGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField("promised federal working hours")
    used = models.PositiveIntegerField("working minutes used")
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    kept = models.BooleanField()

    objects: ClassVar[models.Manager[Settled]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="settled_by_day")]

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {'kept' if self.kept else 'missed'}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed")
