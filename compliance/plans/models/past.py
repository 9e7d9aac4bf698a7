"""What a plan was: its texts by version, its states by step."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from compliance.plans.models.cause import RootCause
from compliance.plans.models.verification import RATE

#: What the account writes, and what each version keeps.
TEXT = ("problem", "root_cause", "cause", "limit_rate", "hoped_rate", "counted_from")
LONGEST = 4000


class PlanState(models.TextChoices):
    DRAFT = "draft", "being written"
    REVIEW = "review", "with the account manager"
    AGREED = "agreed", "in work"
    CURED = "cured", "cured"
    NOT_CURED = "not_cured", "not cured"
    REOPENED = "reopened", "open again"
    CLOSED = "closed", "closed"


#: States in which the text may be changed; in work it stands, so that nobody moves the goal when data have come.
EDITABLE = (PlanState.DRAFT, PlanState.REVIEW, PlanState.NOT_CURED, PlanState.REOPENED)
#: States that still ask something of somebody.
OPEN = (*EDITABLE, PlanState.AGREED)


class PlanVersion(models.Model):
    """A plan's text as somebody left it. Only added to."""

    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="versions")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    problem = models.TextField()
    root_cause = models.ForeignKey(RootCause, null=True, on_delete=models.PROTECT, related_name="+")
    cause = models.TextField(blank=True)
    limit_rate = models.DecimalField(**RATE)
    hoped_rate = models.DecimalField(**RATE)
    counted_from = models.DateField()

    objects: ClassVar[models.Manager["PlanVersion"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")

    @property
    def text(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in TEXT}


class PlanStep(models.Model):
    """A state that a plan entered, by a person or by its verification. Only added to."""

    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="steps")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=9, choices=PlanState)
    on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)

    objects: ClassVar[models.Manager["PlanStep"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["plan", "pk"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} on {self.on}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")
