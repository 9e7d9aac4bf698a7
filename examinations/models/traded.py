from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Identifier
from examinations.models.entry import MONEY, OfEntriesQuerySet, Source, entries_within


class TradedGoods(models.Model):
    """What one importer number traded of one HTS number and origin, through one port, type of entry and claim.

    Tariff rows of the twelve whole months before the last count, and of the month that ran then; `value` and `duty` are
    of the whole months alone. A chapter 99 row has duty and no value. Counted again for the accounts that a load
    touched, by a task behind it, with the sums by dimension.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    entry_type = models.CharField(max_length=2)
    port = models.CharField(max_length=4)
    hts = models.CharField(max_length=10, db_collation="C")
    origin = models.CharField(max_length=2)
    spi = models.CharField(max_length=4, blank=True)
    months = ArrayField(models.DateField(), verbose_name="first days of the months with any of it, the oldest first")
    values = ArrayField(models.DecimalField(**MONEY), verbose_name="value of each of these months")
    duties = ArrayField(models.DecimalField(**MONEY), verbose_name="duty of each of these months")
    value = models.DecimalField(default=0, **MONEY)
    duty = models.DecimalField(default=0, **MONEY)

    objects: ClassVar[models.Manager["TradedGoods"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta:
        verbose_name_plural = "traded goods"
        indexes = [
            models.Index(fields=["account", "hts"], name="traded_goods_of_account"),
            models.Index(fields=["filer", "hts"], name="traded_goods_of_filer"),
            # A notice asks for a range of numbers, or for an origin: the index alone answers, by who imported and who filed.
            models.Index(
                fields=["hts", "origin"],
                include=["account", "filer", "source", "port", "spi", "entry_type", "value"],
                condition=models.Q(source=Source.CBP),
                name="traded_goods_by_hts",
            ),
            models.Index(
                fields=["origin", "account", "filer"],
                include=["source", "hts", "port", "spi", "entry_type", "value"],
                condition=models.Q(source=Source.CBP),
                name="traded_goods_by_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.hts} {self.origin}"

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)


class TradedOrigin(models.Model):
    """What one account and filer traded from one origin, through one port, type of entry and claim: `TradedGoods` of CBP's
    rows without the article, for questions that name none and would touch nearly every row there.

    Summed from it in the transaction that counts it; `value` is of the twelve whole months.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    origin = models.CharField(max_length=2)
    port = models.CharField(max_length=4)
    entry_type = models.CharField(max_length=2)
    spi = models.CharField(max_length=4, blank=True)
    value = models.DecimalField(default=0, **MONEY)

    objects: ClassVar[models.Manager["TradedOrigin"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["account"], name="traded_origin_of_account"),
            models.Index(fields=["filer"], name="traded_origin_of_filer"),
            # In this order the sums of importers need no hash.
            models.Index(
                fields=["origin", "account"],
                include=["filer", "port", "entry_type", "spi", "value"],
                name="traded_origin_by_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.origin}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "entries") | of_accounts(held, "filed", "filer")
