from typing import ClassVar

from django.db import models

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account

DOLLARS = {"max_digits": 18, "decimal_places": 2, "default": 0}


class TradeFacts(models.Model):
    """What sums by chapter, entry type, heading, origin and supplier say of an account before a month.

    Kept, because they change once a month or when a file comes, and scores are computed every night. Which inputs of
    the score they are: compliance/risk/inputs.py.
    """

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField("first day of the month scored")
    agriculture12 = models.DecimalField(**DOLLARS)
    textiles12 = models.DecimalField(**DOLLARS)
    adcvd12 = models.DecimalField(**DOLLARS)
    agreements12 = models.DecimalField(**DOLLARS)
    new_supplier_value = models.DecimalField(**DOLLARS)
    new_origin_value = models.DecimalField(**DOLLARS)
    new_heading_value = models.DecimalField(**DOLLARS)
    new_suppliers = models.IntegerField(default=0)
    new_origins = models.IntegerField(default=0)
    new_headings = models.IntegerField(default=0)

    objects: ClassVar[models.Manager["TradeFacts"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        verbose_name_plural = "facts of trade"
        constraints = [models.UniqueConstraint(fields=["month", "account"], name="trade_facts_once")]

    def __str__(self) -> str:
        return f"{self.account_id} before {self.month:%Y-%m}"

    @staticmethod
    def within(held: Reach) -> models.Q:
        return of_accounts(held, "managed")
