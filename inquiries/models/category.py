"""What inquiries are about, how soon they are answered, and what answers begin from: headquarters edits all of it."""

from __future__ import annotations

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from inquiries.placeholders import unknown_in

MOST_HOURS = 900


class Urgency(models.TextChoices):
    """How soon an answer is needed; anything but the usual needs a reason."""

    USUAL = "usual", "As usual"
    SOON = "soon", "Soon"
    NOW = "now", "Goods wait, or a day runs out"


@pghistory.track()
class Category(models.Model):
    """What an inquiry is about."""

    code = models.SlugField(max_length=24, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    explained = models.CharField(max_length=200, blank=True)
    place = models.PositiveSmallIntegerField("place in the list", default=100)
    offered = models.BooleanField(default=True, help_text="Whether it can be chosen for a new inquiry.")
    of_results = models.BooleanField(
        "of results", default=False, help_text="Asked from the result of an examination alone; needs an outcome."
    )
    before_import = models.BooleanField(
        "asks whether goods are imported yet",
        default=False,
        help_text="For goods not yet imported the answer is a ruling request, not an expert.",
    )
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="How much work one is, against others: experts are chosen by the work that they have open.",
    )  # fmt: skip

    class Meta:
        ordering = ["place", "name"]
        verbose_name_plural = "categories"
        constraints = [models.CheckConstraint(condition=Q(weight__gte=1), name="category_weighs_something")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Target(models.Model):
    """Within how many federal working hours an answer is promised: for a category, or for all that have none of their own."""

    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="targets",
        help_text="Empty: all others.",
    )
    urgency = models.CharField(max_length=5, choices=Urgency)
    hours = models.PositiveSmallIntegerField(
        "federal working hours", validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)]
    )

    class Meta:
        ordering = ["category__place", "urgency"]
        constraints = [
            models.UniqueConstraint(fields=["category", "urgency"], nulls_distinct=False, name="target_once"),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="target_hours_make_sense"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="target_urgency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.category or 'All others'}, {self.get_urgency_display().lower()}: {self.hours} hours"


@pghistory.track()
class AnswerTemplate(models.Model):
    """What an answer may begin with. Words in braces are filled in with the account's figures."""

    name = models.CharField(max_length=80, unique=True)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="Empty: for all."
    )
    text = models.TextField(max_length=4000)
    offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for a placeholder that nothing fills in."""
        wrong = unknown_in(self.text)
        if wrong:
            raise ValidationError({"text": wrong})
