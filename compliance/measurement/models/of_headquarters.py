"""Who may see what measures compliance."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet


class OfHeadquarters(models.Model):
    """Draws, strata and probabilities are for headquarters alone: whoever knows them can steer around them."""

    objects: ClassVar[models.Manager[Any]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        abstract = True

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=())
