"""The parts of a plan's population that are drawn from by themselves, and of what they consist."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from compliance.measurement import population
from compliance.measurement.models.of_headquarters import OfHeadquarters
from examinations.models.entry import MONEY


class Stratum(OfHeadquarters):
    """A part of a plan's population that is drawn from by itself."""

    class RateFrom(models.TextChoices):
        EVERYWHERE = "all", "as everywhere"
        EARLIER = "earlier", "from the plan before"
        FILE = "file", "from the file"

    plan = models.ForeignKey("measurement.MeasurementPlan", on_delete=models.CASCADE, related_name="strata")
    key = models.CharField(max_length=12)
    place = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=160)
    population = models.PositiveIntegerField("lines")
    value = models.DecimalField(**MONEY)
    duty = models.DecimalField(**MONEY)
    expected_rate = models.FloatField()
    rate_from = models.CharField(max_length=7, choices=RateFrom, default=RateFrom.EVERYWHERE)
    to_draw = models.PositiveIntegerField("lines to draw")

    class Meta:
        ordering = ["plan", "place"]
        verbose_name_plural = "strata"
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="stratum_once"),
            models.CheckConstraint(condition=Q(to_draw__lte=F("population")), name="sample_within_its_stratum"),
            models.CheckConstraint(condition=Q(population__gt=0), name="stratum_has_population"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def whole(self) -> bool:
        """Whether every line of it is examined."""
        return self.key == population.WHOLE

    def draw_this_many(self, lines: int) -> None:
        """Set how many lines are drawn, unsaved. Raises ValidationError for more than there are, or too few to tell."""
        if lines > self.population:
            raise ValidationError(
                f"{self.label}: {lines:,} lines cannot be drawn from {self.population:,}. Draw {self.population:,} or fewer."
            )
        if lines < min(2, self.population):
            raise ValidationError(
                f"{self.label}: fewer than two lines tell nothing. Draw two or more, or widen the strata."
            )
        if self.whole and lines != self.population:
            raise ValidationError(
                f"{self.label}: these are examined whole. To draw from them, raise the limit of duty."
            )
        self.to_draw = lines


class StratumPart(OfHeadquarters):
    """How many lines of a stratum belong to a Center, a chapter, a priority trade issue; counted when frozen."""

    class Dimension(models.TextChoices):
        CENTER = "center", "Center"
        CHAPTER = "chapter", "Chapter"
        ISSUE = "issue", "Priority trade issue"

    stratum = models.ForeignKey(Stratum, on_delete=models.CASCADE, related_name="parts")
    dimension = models.CharField(max_length=7, choices=Dimension)
    code = models.CharField(max_length=12, blank=True)
    population = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stratum", "dimension", "code"], name="stratum_part_once")]

    def __str__(self) -> str:
        return f"{self.dimension} {self.code}"
