from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Center


class PeerMeasure(models.TextChoices):
    """What is compared. Each account has one value, of the twelve months up to the figure's month."""

    EXAMINED = "examined", "Entries examined"
    DAYS = "days", "Days held, median"
    LONG_STAYS = "long", "Over five business days"
    WRONG = "wrong", "Error rate, at random"


class PeerGroup(models.Model):
    """Accounts that are compared with each other, fixed for a year; no viewer narrows it.

    Importers of one Center (or of all, where one has too few) and of like size, brokers of like size, or whoever had
    goods examined at one port. At least ten accounts, none with more than a quarter of the group's entries.
    """

    class Kind(models.TextChoices):
        IMPORTERS = "importers", "importers"
        BROKERS = "brokers", "brokers"
        PORT = "port", "accounts at this port"

    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=Kind)
    center = models.ForeignKey(Center, null=True, on_delete=models.CASCADE, related_name="+")
    port = models.CharField(max_length=4, blank=True)
    size = models.CharField("which part by size", max_length=20, blank=True)
    accounts = models.PositiveIntegerField("how many accounts")

    objects: ClassVar[models.Manager["PeerGroup"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["year", "kind", "port"], name="peer_group_of_year")]
        constraints = [models.CheckConstraint(condition=Q(accounts__gte=10), name="peer_group_of_ten")]

    def __str__(self) -> str:
        where = self.port or (f"{self.center.name} Center" if self.center else "all Centers")
        return f"{self.year} {self.get_kind_display()}, {where} {self.size}".strip()

    @staticmethod
    def within(held: Reach) -> Q:
        """The groups to which one's own accounts, or those that one manages, belong."""
        return Q(pk__in=PeerMember.objects.filter(PeerMember.within(held)).values("group"))


class PeerMember(models.Model):
    """An account in a group. Only its own people and its manager read that it is there."""

    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[models.Manager["PeerMember"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "account"], name="peer_member_once")]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.group_id}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")


class PeerFigure(models.Model):
    """The median of a group, rounded; of no account. Missing where fewer than ten have a value, or one is too large."""

    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=8, choices=PeerMeasure)
    month = models.DateField("first day of the last month counted")
    median = models.FloatField()

    objects: ClassVar[models.Manager["PeerFigure"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "measure", "month"], name="peer_figure_once")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.measure} {self.median}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(group__in=PeerMember.objects.filter(PeerMember.within(held)).values("group"))


class PeerStanding(models.Model):
    """Where one account stands in its group: between which percentiles, in steps. Its own to see, and its manager's."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="standings")
    measure = models.CharField(max_length=8, choices=PeerMeasure)
    month = models.DateField("first day of the last month counted")
    low = models.PositiveSmallIntegerField("percentile from")
    high = models.PositiveSmallIntegerField("percentile to")

    objects: ClassVar[models.Manager["PeerStanding"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "account", "measure", "month"], name="peer_standing_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.measure} {self.low} to {self.high}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")
