"""To which Center the goods of a chapter belong, dated: project defaults that headquarters changes."""

import datetime

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from accounts.history import acting
from accounts.models import Center, Person
from compliance.measurement.models.of_headquarters import OfHeadquarters


@pghistory.track()
class ChapterCenter(OfHeadquarters):
    """From a day on goods of this chapter belong to this Center; of several rows of a chapter the newest day counts.

    What begins is added, never changed: a round of a past day goes by the table of that day. The first rows are a project
    default (compliance/selection/classification.py).
    """

    chapter = models.CharField(
        max_length=2, validators=[RegexValidator(r"\A[0-9]{2}\Z", "Write a chapter of two digits, like 07 or 85.")]
    )
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts = models.DateField("from")
    by = models.ForeignKey(Person, null=True, editable=False, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["chapter", "-starts"]
        verbose_name = "Center of a chapter"
        verbose_name_plural = "Centers of chapters"
        constraints = [models.UniqueConstraint(fields=["chapter", "starts"], name="one_center_a_chapter_and_day")]

    def __str__(self) -> str:
        return f"Chapter {self.chapter} from {self.starts:%m/%d/%Y}"

    def clean(self) -> None:
        if (self.chapter and not "01" <= self.chapter <= "97") or self.chapter == "77":
            raise ValidationError({"chapter": "There is no such chapter of goods: 01 to 97 without 77."})

    @classmethod
    def begin(
        cls, chapter: str, center: Center, *, starts: datetime.date, by: Person, today: datetime.date
    ) -> "ChapterCenter":
        """Let a chapter belong to a Center from a day on. Raises ValidationError for no chapter, a day past, and a day on
        which it changes already."""
        if starts < today:
            raise ValidationError(
                {"starts": "The day is past, and rounds of it are made: choose today or a later day."}
            )
        made = cls(chapter=chapter, center=center, starts=starts, by=by)
        made.full_clean()
        with acting(by, "begin"):
            made.save()
        return made
