from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach
from accounts.models import Account
from examinations.duty.programs import Program
from examinations.models.entry import MONEY, OfEntriesQuerySet, Source, entries_within


class DutyMonth(models.Model):
    """Duty, fees or tax of one program, of one account, filer and month of entry date, in dollars.

    Counted again for the accounts that a load touched, by a task behind it. What a preference saved stands with the
    regular duty, an estimate: the row's value at the account's own rate for the same HTS number without a claim. `removed` and `added` compare the
    first version of each entry with the one that stands, program by program; `amount` is of the one that stands.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    month = models.DateField("first day of the month")
    program = models.CharField(max_length=7, choices=Program)
    amount = models.DecimalField(default=0, **MONEY)
    saved = models.DecimalField("saved by preference claims, estimated", default=0, **MONEY)
    claimed_value = models.DecimalField("value under a preference claim", default=0, **MONEY)
    unknown_value = models.DecimalField("of this, without a row to compare with", default=0, **MONEY)
    removed = models.DecimalField("taken off by later versions of entries", default=0, **MONEY)
    added = models.DecimalField("added by later versions of entries", default=0, **MONEY)

    objects: ClassVar[models.Manager["DutyMonth"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "filer", "source", "month", "program"],
                nulls_distinct=False,
                name="duty_month_once",
            )
        ]
        indexes = [
            models.Index(fields=["account", "month"], name="duty_month_of_account"),
            models.Index(fields=["filer", "month"], name="duty_month_of_filer"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m} {self.program}"

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)
