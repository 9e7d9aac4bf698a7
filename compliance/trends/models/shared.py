"""The same problem in many accounts, with each account's part of it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from examinations.models.entry import MONEY
from examinations.models.examination import DiscrepancyType


class SharedQuerySet(VisibleQuerySet):
    def standing(self) -> Self:
        return self.filter(ended_on=None)


class SharedTrend(models.Model):
    """A supplier, a heading or an origin that goes wrong in many accounts; one row from run to run.

    For headquarters, and for managers of an account that has a part in it: sums over all accounts stand here, which
    account has which part in SharedPart.
    """

    heading = models.CharField(max_length=4, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    manufacturer_id = models.CharField(max_length=15, blank=True)
    discrepancy_type = models.CharField(max_length=12, choices=DiscrepancyType, blank=True)
    found_on = models.DateField("announced on")
    as_of = models.DateField("counted as of")
    ended_on = models.DateField(null=True, blank=True)
    since = models.DateField("began about")
    since_low = models.DateField("began at the earliest, 90 %")
    since_high = models.DateField("began at the latest, 90 %")
    older = models.BooleanField("may be older than what is looked at", default=False)
    accounts = models.PositiveIntegerField("accounts in which it was found")
    examinations = models.PositiveIntegerField("closed examinations since it began")
    discrepancies = models.PositiveIntegerField("of these with the discrepancy")
    expected = models.FloatField("discrepancies expected of them")
    added = models.FloatField("share of lines that it adds, by random examinations", default=0)
    q_value = models.FloatField("share of such announcements that are wrong, at most")
    revenue_found = models.DecimalField("more owed, as found", default=0, **MONEY)
    revenue_at_stake = models.DecimalField("at stake", default=0, **MONEY)

    objects: ClassVar[models.Manager["SharedTrend"]] = models.Manager.from_queryset(SharedQuerySet)()

    class Meta:
        ordering = ["-revenue_at_stake", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["heading", "origin", "manufacturer_id", "discrepancy_type"], name="shared_trend_once"
            ),
            models.CheckConstraint(
                condition=Q(discrepancies__lte=F("examinations")), name="shared_finds_among_examinations"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.heading or self.origin or self.manufacturer_id} since {self.since}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=SharedPart.objects.filter(SharedPart.within(held)).values("shared"))


class SharedPart(models.Model):
    """What one account has of a problem that many have. For its manager and headquarters: it tells who else is meant."""

    shared = models.ForeignKey(SharedTrend, on_delete=models.CASCADE, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    examinations = models.PositiveIntegerField()
    discrepancies = models.PositiveIntegerField()
    expected = models.FloatField()
    lines = models.PositiveIntegerField("entry lines of it since it began", default=0)
    revenue_found = models.DecimalField(default=0, **MONEY)
    revenue_at_stake = models.DecimalField(default=0, **MONEY)

    objects: ClassVar[models.Manager["SharedPart"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["shared", "-revenue_at_stake", "pk"]
        constraints = [models.UniqueConstraint(fields=["shared", "account"], name="shared_part_once")]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.shared_id}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed")
