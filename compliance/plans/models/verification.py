import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from compliance.plans.sequential import CureTest

RATE: dict[str, Any] = {"max_digits": 4, "decimal_places": 3}


class Outcome(models.TextChoices):
    CURED = "cured", "cured"
    NOT_CURED = "not_cured", "not cured"


class Verification(models.Model):
    """A test whether a plan cured its problem: its terms, fixed when the plan was agreed, and what has come in since.

    The terms are never changed: web may only add a row. A worker counts. examined, found: closed examinations of goods
    entered from `counted_from` on, drawn by lot from the plan's cell, at random or as a follow-up.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="verifications")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="Of the plan: one for each time that it was agreed.")
    limit_rate = models.DecimalField(**RATE)
    hoped_rate = models.DecimalField(**RATE)
    counted_from = models.DateField()
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agreed_on = models.DateField()
    examined = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    as_of = models.DateField("counted as of", null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["Verification"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="verification_once_a_number"),
            models.CheckConstraint(
                condition=Q(hoped_rate__gt=0, hoped_rate__lt=F("limit_rate"), limit_rate__lte="0.15"),
                name="verification_rates_in_order",
            ),
            models.CheckConstraint(condition=Q(counted_from__gt=F("agreed_on")), name="verification_before_any_data"),
            models.CheckConstraint(condition=Q(found__lte=F("examined")), name="verification_finds_among_examined"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, verification {self.number}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")

    @property
    def test(self) -> CureTest:
        return CureTest(float(self.limit_rate), float(self.hoped_rate))

    @property
    def expected_needed(self) -> int:
        return self.test.expected_needed(self.examined, self.found)

    @property
    def least_needed(self) -> int:
        return self.test.least_needed(self.examined, self.found)


class Look(models.Model):
    """What a verification had counted by a day on which that was something new. Only added to, by a worker."""

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="looks")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    as_of = models.DateField()
    examined = models.PositiveIntegerField()
    found = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["Look"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["verification", "as_of"]
        constraints = [models.UniqueConstraint(fields=["verification", "as_of"], name="look_once_a_day")]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d}: {self.found} of {self.examined}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")


def day_before_any_data(wanted: datetime.date, on: datetime.date) -> datetime.date:
    """The start of counting, not before the day after the plan is agreed."""
    return max(wanted, on + datetime.timedelta(days=1))
