from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Identifier
from examinations.models.entry import MONEY, OfEntriesQuerySet, Source, entries_within


class EntryMonth(models.Model):
    """Sums of the entries of one importer number, one filer and one month of entry date.

    `entries` and `lines` count the types of domain 2.7; `duties_taxes_fees` leaves out the types whose
    duty no bond of activity 1 counts. Kept by the loader in the transaction that brings the rows.
    """

    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="entry_months", db_index=False)
    filer = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="filed_entry_months", db_index=False
    )
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    month = models.DateField("first day of the month")
    entries = models.IntegerField(default=0)
    lines = models.IntegerField(default=0)
    value = models.DecimalField(default=0, **MONEY)
    duty = models.DecimalField(default=0, **MONEY)
    mpf = models.DecimalField(default=0, **MONEY)
    hmf = models.DecimalField(default=0, **MONEY)
    tax = models.DecimalField(default=0, **MONEY)
    other_fees = models.DecimalField(default=0, **MONEY)
    duties_taxes_fees = models.DecimalField(default=0, **MONEY)
    refunded = models.DecimalField("deposited less liquidated duty", default=0, **MONEY)
    estimated_entries = models.IntegerField("entries with estimated fees", default=0)
    hmf_unknown_entries = models.IntegerField("entries whose harbor fee is unknown", default=0)

    objects: ClassVar[models.Manager["EntryMonth"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identifier", "filer", "source", "month"], nulls_distinct=False, name="entry_month_once"
            )
        ]
        indexes = [
            models.Index(fields=["account", "month"], name="entry_month_of_account"),
            models.Index(fields=["filer", "month"], name="entry_month_of_filer"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}"

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)


class ExaminationMonth(models.Model):
    """Counts of an account's examinations by the month in which they were selected.

    Reviews of lines (ESR) are counted when closed only, and never as cargo examinations. `reviews` of
    random selection estimate a rate; `other` gives a hit rate.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField("first day of the month selected")
    cargo = models.IntegerField("cargo examinations", default=0)
    cargo_closed = models.IntegerField(default=0)
    entries_examined = models.IntegerField("entries with a cargo examination", default=0)
    reviews = models.IntegerField("closed random reviews of lines", default=0)
    reviews_wrong = models.IntegerField("of these with a discrepancy", default=0)
    reviews_major = models.IntegerField("of these major", default=0)
    other = models.IntegerField("other closed examinations and reviews", default=0)
    other_wrong = models.IntegerField("of these with a discrepancy", default=0)
    owed = models.DecimalField("revenue difference, more owed", default=0, **MONEY)
    overpaid = models.DecimalField("revenue difference, overpaid", default=0, **MONEY)
    owed_on_finds = models.DecimalField("more owed, on the discrepancies counted above", default=0, **MONEY)

    objects: ClassVar[models.Manager["ExaminationMonth"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "filer", "month"], nulls_distinct=False, name="examination_month_once"
            )
        ]
        indexes = [models.Index(fields=["filer", "month"], name="examination_month_of_filer")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "examinations") | of_accounts(held, "filed", "filer")
