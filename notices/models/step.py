from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Person


class Step(models.Model):
    """What was done with a notice, by whom and when; only added to. Staff of headquarters read it."""

    class What(models.TextChoices):
        WRITTEN = "written", "Written"
        CHANGED = "changed", "Changed"
        SUBMITTED = "submitted", "Sent for review"
        SENT_BACK = "sent_back", "Sent back"
        SCHEDULED = "scheduled", "Approved and scheduled"
        CALLED_OFF = "called_off", "Taken off the schedule"
        PUBLISHED = "published", "Published"
        CORRECTED = "corrected", "Corrected by another"
        SUPERSEDED = "superseded", "Superseded by another"
        RETRACTED = "retracted", "Retracted"

    notice = models.ForeignKey("notices.Notice", on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    words = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager["Step"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()} on {timezone.localtime(self.at):%Y-%m-%d}"

    @staticmethod
    def within(held: Reach) -> models.Q:
        return models.Q(pk__in=[])
