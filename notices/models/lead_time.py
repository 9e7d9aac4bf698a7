from typing import ClassVar

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models

from accounts.access import Reach, VisibleQuerySet


class Subject(models.TextChoices):
    """What a notice is about: by this, notice in advance is promised."""

    TARIFF = "tariff", "Tariff action"
    RULING = "ruling", "Ruling, or its revocation"
    FEE = "fee", "Change of a fee"
    REGULATION = "regulation", "Regulation"
    SYSTEM = "system", "Change of a system"
    ADCVD = "adcvd", "AD/CVD"
    OUTAGE = "outage", "Outage"
    FORCED_LABOR = "forced_labor", "Forced labor listing"
    PORT = "port", "Port operations"
    PROGRAM = "program", "Program"
    OTHER = "other", "Other"


#: Days of notice promised (domain 6, project defaults); what is not here is promised none.
PROMISED = {Subject.RULING: 60, Subject.FEE: 60, Subject.REGULATION: 30, Subject.SYSTEM: 14}


@pghistory.track()
class LeadTime(models.Model):
    """How many days of notice headquarters promises for a subject, instead of the project's default."""

    MOST = 365

    subject = models.CharField(max_length=12, choices=Subject, unique=True)
    days = models.PositiveSmallIntegerField(
        "days promised",
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST)],
        help_text="Empty: none is promised.",
    )

    objects: ClassVar[models.Manager["LeadTime"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["subject"]
        verbose_name = "promised lead time"
        constraints = [
            models.CheckConstraint(condition=models.Q(days=None) | models.Q(days__lte=365), name="lead_time_of_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}: {'none' if self.days is None else f'{self.days} days'}"

    @staticmethod
    def within(held: Reach) -> models.Q:
        """What is promised is public: everybody who is signed in."""
        return models.Q() if held.person else models.Q(pk__in=[])

    @classmethod
    def promised(cls, subject: str) -> int | None:
        """Days of notice promised for a subject today; None: none is promised."""
        kept = cls.objects.filter(subject=subject).first()
        return kept.days if kept else PROMISED.get(Subject(subject))
