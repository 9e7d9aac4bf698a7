"""What a search over all accounts leaves behind, so that after a load only the touched accounts are looked at."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Account


class PeerFit(models.Model):
    """What was learned over all accounts on a day: rates by reason and type, factors, how far accounts differ.

    Arrays as compliance.trends.fit writes them. For processes alone: rates by reason are law-enforcement data.
    """

    as_of = models.DateField()
    side = models.CharField(max_length=8, choices=Account.Kind)
    measure = models.CharField(max_length=11)
    made_at = models.DateTimeField(auto_now_add=True)
    examinations = models.PositiveIntegerField("examinations learned from")
    data = models.BinaryField()

    objects: ClassVar[models.Manager["PeerFit"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["side", "measure", "-id"], name="peer_fit_newest")]

    def __str__(self) -> str:
        return f"{self.side} {self.measure} {self.as_of}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=())


class AccountTest(models.Model):
    """The one p-value of an account in its last search, over which errors are held down. For processes alone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(max_length=11)
    p_value = models.FloatField()
    as_of = models.DateField()

    objects: ClassVar[models.Manager["AccountTest"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "measure"], name="account_test_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.measure} {self.p_value:.2g}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=())
