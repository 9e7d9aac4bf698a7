from typing import Self

from django.db import models


class RootCauseQuerySet(models.QuerySet["RootCause"]):
    def offered(self) -> Self:
        """Those that may be chosen now."""
        return self.filter(retired=False)


class RootCause(models.Model):
    """Why things went wrong, from a list that headquarters edits. Public; what was chosen once is retired, not removed."""

    name = models.CharField(max_length=80, unique=True)
    explained = models.CharField("in a sentence", max_length=200, blank=True)
    place = models.PositiveSmallIntegerField("place in the list", default=100)
    retired = models.BooleanField("not offered any more", default=False)

    objects = RootCauseQuerySet.as_manager()

    class Meta:
        ordering = ["place", "name"]

    def __str__(self) -> str:
        return self.name
