"""From when on an error is major, by number."""

import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q

from accounts.models import Person
from compliance.measurement.major import Thresholds
from compliance.measurement.models.numbered import next_number, refuse_day
from compliance.measurement.models.of_headquarters import OfHeadquarters
from examinations.models.entry import MONEY
from examinations.models.examination import DiscrepancyType

LOCK = 7_100_072
ADMISSIBILITY = ["PGA", "IPR", "QUOTA", "FORCED_LABOR", "ADCVD"]
SHARE = {"max_digits": 6, "decimal_places": 4, "validators": [MinValueValidator(Decimal("0.0001"))]}


def default_admissibility() -> list[str]:
    return list(ADMISSIBILITY)


class MajorRules(OfHeadquarters):
    """A numbered set of thresholds from which on an error is major. Never changed: a new number takes its place."""

    number = models.PositiveSmallIntegerField(unique=True)
    since = models.DateField("in force since")
    revenue_amount = models.DecimalField("revenue difference of a line from, $", default=Decimal(1_000), **MONEY)
    revenue_share = models.DecimalField("or from this share of the duty owed", default=Decimal("0.10"), **SHARE)
    value_amount = models.DecimalField("value misstated by, $", default=Decimal(5_000), **MONEY)
    value_share = models.DecimalField("and by this share of the declared value", default=Decimal("0.10"), **SHARE)
    admissibility = ArrayField(
        models.CharField(max_length=12, choices=DiscrepancyType),
        default=default_admissibility,
        blank=True,
        verbose_name="major whatever they cost",
    )
    project_default = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "rules of what is major"
        constraints = [
            models.CheckConstraint(
                condition=Q(revenue_amount__gt=0, revenue_share__gt=0, value_amount__gt=0, value_share__gt=0),
                name="major_thresholds_above_zero",
            )
        ]

    def __str__(self) -> str:
        return f"Rules {self.number}"

    @classmethod
    def make(cls, *, by: Person, **fields: Any) -> "MajorRules":
        """The next numbered set. Raises ValidationError for thresholds that are none, for a day that is over or more
        than a year ahead, and where somebody writes one at once.

        An estimate is made by the rules of its day: a set that began earlier would change what was said of earlier plans.
        """
        if fields.get("since"):
            refuse_day(fields["since"], "estimates of before stand")
        with transaction.atomic():
            rules = cls(number=next_number(cls, LOCK), made_by=by, **fields)
            rules.full_clean()
            rules.save()
        return rules

    @classmethod
    def in_force(cls, day: datetime.date) -> "MajorRules":
        """The newest set in force on a day; before the first, the first."""
        rules: MajorRules | None = cls.objects.filter(since__lte=day).order_by("-number").first()
        return rules or cls.objects.order_by("number")[0]

    @property
    def named_admissibility(self) -> list[str]:
        """What is major whatever it costs, in words."""
        return [str(DiscrepancyType(code).label) for code in self.admissibility]

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(
            self.revenue_amount,
            self.revenue_share,
            self.value_amount,
            self.value_share,
            frozenset(self.admissibility),
        )
