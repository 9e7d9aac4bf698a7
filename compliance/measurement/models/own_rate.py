"""The account's own rate of discrepancies, and the fit by which it was computed."""

import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from compliance.measurement.models.of_headquarters import OfHeadquarters


class RateFit(OfHeadquarters):
    """What was learned over all accounts on a day: coefficients, cuts, a grid for each group. Never changed; made anew
    each month, and where reviews have grown.

    `data` is what compliance.measurement.own_rates.fitting wrote; from it an account's rate is computed again to the
    last digit. For headquarters alone: coefficients are weights.
    """

    as_of = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    accounts = models.PositiveIntegerField("importers with a random review")
    reviews = models.PositiveIntegerField("their closed random reviews of lines")
    discrepancies = models.PositiveIntegerField("of these with a discrepancy")
    data = models.JSONField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Fit of {self.as_of}"

    @classmethod
    def keep(cls, *, fit_data: dict[str, Any], as_of: datetime.date) -> "RateFit":
        """Keep a fit as `fitting.as_data` gives it."""
        counts = {"reviews": fit_data["reviews"], "discrepancies": fit_data["wrong"]}
        return cls.objects.create(as_of=as_of, accounts=fit_data["accounts"], data=fit_data, **counts)


class OwnRate(models.Model):
    """How often an account's lines are wrong, with an interval; a fact about itself, and no score.

    Rates are shares between 0 and 1. `rate`: the posterior mean. `low`, `high`: its 95 % interval, over what is unknown of
    the mean and of how far accounts differ. `alpha`, `beta`: the one beta with the posterior's mean and variance.
    `prior_mean`: what is usual for an account of such a trade, before its own reviews. `as_of`: the day since which it stands;
    it is computed each night and written where it moved, which `digest` tells.
    """

    class Level(models.TextChoices):
        BAND = "band", "importers of the same Center and of like size"
        CENTER = "center", "importers of the same Center"
        BROKERS = "brokers", "brokers"
        ALL = "all", "importers of all Centers"

    # Written anew for every account with each fit: keys that the database asks for one by one would cost as much as the rest.
    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="own_rate", db_constraint=False
    )
    fit = models.ForeignKey(RateFit, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    as_of = models.DateField()
    reviews = models.PositiveIntegerField("closed random reviews of lines")
    discrepancies = models.PositiveIntegerField("of these with a discrepancy")
    rate = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    alpha = models.FloatField()
    beta = models.FloatField()
    prior_mean = models.FloatField()
    group = models.CharField(max_length=12)
    level = models.CharField(max_length=7, choices=Level)
    group_accounts = models.PositiveIntegerField("accounts of the group with a random review")
    group_reviews = models.PositiveIntegerField("their closed random reviews of lines", default=0)
    group_discrepancies = models.PositiveIntegerField("their discrepancies in random reviews")
    group_mean = models.FloatField("discrepancies of the group by its reviews")
    differs = models.BooleanField("whether accounts of the group differ by more than chance")
    digest = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager["OwnRate"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(low__gte=0, low__lte=models.F("rate"), rate__lte=models.F("high"), high__lte=1),
                name="own_rate_within_its_interval",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.rate:.4f}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")
