from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account

POINTS = {"max_digits": 6, "decimal_places": 2, "default": Decimal(0)}


class Assessment(models.Model):
    """An account's score on a day, with its parts and the inputs from which the words are made.

    The score is the sum of the stored parts, exactly; the database refuses anything else. For the
    account's manager and headquarters; the account itself never sees it.
    """

    class Band(models.TextChoices):
        LOW = "low", "Low"
        MODERATE = "moderate", "Moderate"
        HIGH = "high", "High"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assessments", db_index=False)
    as_of = models.DateField()
    model_version = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=8, choices=Band)
    duty_at_stake = models.DecimalField(**POINTS)
    likelihood = models.DecimalField(**POINTS)
    severity = models.DecimalField(**POINTS)
    change = models.DecimalField(**POINTS)
    bond_use = models.DecimalField(**POINTS)
    data_quality = models.DecimalField(**POINTS)
    programs = models.DecimalField(**POINTS)
    limit_of_scale = models.DecimalField(**POINTS)
    value12 = models.DecimalField("value, 12 months", max_digits=18, decimal_places=2)
    duty12 = models.DecimalField("duty, 12 months", max_digits=18, decimal_places=2)
    entries12 = models.IntegerField("entries, 12 months")
    lines12 = models.IntegerField("lines, 12 months")
    reviews = models.IntegerField("closed random reviews")
    reviews_wrong = models.IntegerField("of these with a discrepancy")
    finds = models.IntegerField("discrepancies found in all")
    owed = models.DecimalField("revenue found owed", max_digits=18, decimal_places=2)
    value_last_half = models.DecimalField(max_digits=18, decimal_places=2)
    value_half_before = models.DecimalField(max_digits=18, decimal_places=2)
    unsure_entries = models.IntegerField("entries with estimated or unknown fees")
    bond_amount = models.DecimalField(max_digits=18, decimal_places=2)
    duties_taxes_fees12 = models.DecimalField(max_digits=18, decimal_places=2)
    ctpat_tier = models.PositiveSmallIntegerField(default=0)
    isa = models.PositiveSmallIntegerField("takes part in ISA", default=0)
    computed_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Assessment"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "as_of"], name="assessment_once_a_day"),
            models.CheckConstraint(
                condition=Q(
                    score=F("duty_at_stake")
                    + F("likelihood")
                    + F("severity")
                    + F("change")
                    + F("bond_use")
                    + F("data_quality")
                    + F("programs")
                    + F("limit_of_scale")
                ),
                name="score_is_the_sum_of_its_parts",
            ),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="score_on_its_scale"),
        ]
        indexes = [models.Index(fields=["account", "-as_of"], name="assessment_newest")]

    def __str__(self) -> str:
        return f"{self.score} on {self.as_of}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed")
