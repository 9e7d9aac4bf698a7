"""Into which groups chapters fall, by number."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models import Person
from compliance.measurement import chapter_groups
from compliance.measurement.chapter_groups import Group
from compliance.measurement.models.numbered import next_number, refuse_day
from compliance.measurement.models.of_headquarters import OfHeadquarters

LOCK = 7_100_071


class ChapterGroups(OfHeadquarters):
    """A numbered set of groups of chapters. Never changed: a new number takes its place, and a frozen plan keeps its own."""

    number = models.PositiveSmallIntegerField(unique=True)
    since = models.DateField("in force since")
    groups = models.JSONField("groups: name and chapters of each")
    project_default = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "groups of chapters"

    def __str__(self) -> str:
        return f"Groups {self.number}"

    @classmethod
    def make(cls, *, by: Person, since: datetime.date, text: str) -> "ChapterGroups":
        """The next numbered set. text: a group a line, its name, a colon, its chapters.

        Raises ValidationError for a day that is over or more than a year ahead, where somebody writes one at once, and
        unless each chapter stands in exactly one group.
        """
        try:
            groups = chapter_groups.parsed(text)
        except ValueError as refused:
            raise ValidationError({"text": str(refused)}) from refused
        refuse_day(since, "plans that were counted before keep theirs")
        with transaction.atomic():
            made = cls(
                number=next_number(cls, LOCK),
                since=since,
                groups=[{"name": one.name, "chapters": list(one.chapters)} for one in groups],
                made_by=by,
            )
            made.full_clean()
            made.save()
        return made

    def clean(self) -> None:
        try:
            chapter_groups.refuse_what_divides_badly(self.named)
        except ValueError as refused:
            raise ValidationError(str(refused)) from refused

    @classmethod
    def in_force(cls, day: datetime.date) -> "ChapterGroups":
        """The newest set in force on a day; before the first, the first."""
        found: ChapterGroups | None = cls.objects.filter(since__lte=day).order_by("-number").first()
        return found or cls.objects.order_by("number")[0]

    @property
    def named(self) -> list[Group]:
        """The groups, in the order of their strata."""
        return [Group(one["name"], tuple(one["chapters"])) for one in self.groups]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Name and chapters of each, as a page shows them."""
        return [(one.name, chapter_groups.as_text(one.chapters)) for one in self.named]

    @property
    def text(self) -> str:
        """The set as it would be written, a group a line."""
        return "\n".join(f"{name}: {chapters}" for name, chapters in self.rows)

    def shared(self, other: "ChapterGroups") -> dict[str, str]:
        """Places of groups that have the same chapters in another set: there, and here, as keys of strata begin."""
        here: dict[Any, int] = {one.chapters: place for place, one in enumerate(self.named)}
        return {str(place): str(here[one.chapters]) for place, one in enumerate(other.named) if one.chapters in here}
