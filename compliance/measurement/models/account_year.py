"""What the whole months before a month say of an account, kept."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from examinations.models.entry import MONEY


class AccountYear(models.Model):
    """What rates and scores read of an account: one row instead of some hundred sums.

    Importers by what they imported, brokers by what they filed, CBP's rows alone. Trade of twelve
    whole months (`_half`: of the last six of them, and of the six before), examinations of twenty-four. chapters, origins:
    codes with commas between; of_chapters, of_origins: their lines in the same order. numbers: its identifiers that imported,
    of_numbers: their duties, taxes and fees, dollars, for the bonds that cover them. Counted by compliance/measurement/own_rates/years.py; sums by month that change take it away in the
    same transaction (a trigger), and whoever reads next counts it again.
    """

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField("first day of the month before which the year lies")
    value12 = models.DecimalField(default=0, **MONEY)
    duty12 = models.DecimalField(default=0, **MONEY)
    entries12 = models.IntegerField(default=0)
    lines12 = models.IntegerField(default=0)
    value_last_half = models.DecimalField(default=0, **MONEY)
    value_half_before = models.DecimalField(default=0, **MONEY)
    unsure_entries = models.IntegerField("entries with estimated or unknown fees", default=0)
    reviews = models.IntegerField("closed random reviews of lines", default=0)
    reviews_wrong = models.IntegerField("of these with a discrepancy", default=0)
    reviews_major = models.IntegerField("of these major", default=0)
    other = models.IntegerField("other closed examinations and reviews", default=0)
    other_wrong = models.IntegerField("of these with a discrepancy", default=0)
    owed = models.DecimalField("more owed, on the discrepancies counted", default=0, **MONEY)
    chapters = models.TextField(default="")
    of_chapters = models.TextField(default="")
    origins = models.TextField(default="")
    of_origins = models.TextField(default="")
    numbers = ArrayField(models.BigIntegerField(), default=list)
    of_numbers = ArrayField(models.DecimalField(**MONEY), default=list)

    objects: ClassVar[models.Manager["AccountYear"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="account_year_once")]

    def __str__(self) -> str:
        return f"{self.account_id} before {self.month:%Y-%m}"

    @staticmethod
    def within(held: Reach) -> models.Q:
        return of_accounts(held, "managed")
