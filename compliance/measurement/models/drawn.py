"""The lines that a frozen plan drew."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Center
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.measurement.models.strata import Stratum
from examinations.models import Examination
from examinations.models.entry import MONEY
from examinations.models.examination import ExaminationType


def reviewed() -> Exists:
    """True of a drawn line that a closed random review of its papers, or of its whole entry, fills in (results.py)."""
    return Exists(
        Examination.objects.filter(
            Q(line=OuterRef("line")) | Q(line=None),
            entry_number=OuterRef("entry_number"),
            type=ExaminationType.ESR,
            selection__reason="RANDOM",
            closed__isnull=False,
            selected__gte=OuterRef("plan__frozen_on"),
        )
    )


def owed_by(reviewer: str) -> "models.QuerySet[DrawnLine]":
    """Lines of plans that are being examined which this reviewer, by name, has not reviewed yet."""
    running = {"plan__state": "frozen", "reviewer": reviewer}
    found: models.QuerySet[DrawnLine] = DrawnLine.objects.filter(~reviewed(), **running)
    return found


class DrawnLine(OfHeadquarters):
    """A line that a frozen plan drew, as it was filed on that day."""

    plan = models.ForeignKey(
        "measurement.MeasurementPlan", on_delete=models.PROTECT, related_name="drawn", db_index=False
    )
    stratum = models.ForeignKey(Stratum, on_delete=models.PROTECT, related_name="drawn")
    entry_number = models.CharField(max_length=11)
    line = models.PositiveSmallIntegerField()
    hts = models.CharField(max_length=10)
    origin = models.CharField(max_length=2)
    port = models.CharField(max_length=4)
    value = models.DecimalField(**MONEY)
    duty = models.DecimalField(**MONEY)
    entry_lines = models.PositiveIntegerField("lines of its entry")
    entry_duty = models.DecimalField("duty of its entry", **MONEY)
    center = models.ForeignKey(Center, null=True, on_delete=models.PROTECT, related_name="+")
    issues = ArrayField(models.CharField(max_length=12), default=list)
    probability = models.DecimalField(max_digits=10, decimal_places=9)
    reviewer = models.CharField(max_length=120)
    due = models.DateField()
    kept = models.JSONField(
        "what its review found, as it was when the plan was closed", null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["plan", "entry_number", "line"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "entry_number", "line"], name="drawn_once"),
            models.CheckConstraint(condition=Q(probability__gt=0, probability__lte=1), name="drawn_with_a_probability"),
            models.CheckConstraint(condition=Q(entry_lines__gt=0), name="drawn_of_an_entry_with_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_number} line {self.line}"
