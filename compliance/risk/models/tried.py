from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Person
from compliance.risk.models.risk_model import RiskModel


class TryOut(models.Model):
    """What a draft would change, computed from the inputs of the newest scores while nothing changed.

    found: `bands` (counts by band now and then), `moves` (accounts whose rank would move most, first) and `crossing`
    (accounts that would change band), as compliance/risk/trying.py makes them. For headquarters alone.
    """

    model = models.ForeignKey(RiskModel, on_delete=models.CASCADE, related_name="tries")
    against = models.ForeignKey(RiskModel, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    as_of = models.DateField("scores of", null=True)
    accounts = models.PositiveIntegerField()
    found = models.JSONField()

    objects: ClassVar[models.Manager["TryOut"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.model} on {self.accounts} accounts"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=())
