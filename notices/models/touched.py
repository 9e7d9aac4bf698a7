from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account

MONEY = {"max_digits": 18, "decimal_places": 2}


class Touched(models.Model):
    """What an account traded of a notice's goods in the twelve whole months before it was published, in dollars.

    imported: under its own numbers; filed: for others. deposited, deposited_for_others: the duty of the same rows, all that
    a row of chapter 99 has. added: what the change of duty would have added to the duty of
    those months, below zero where less; None where value does not tell it, and for what was filed for others. An account
    with neither began in the month of publication. ports, origins: those with most value first, three at most.
    """

    notice = models.ForeignKey("notices.Notice", on_delete=models.CASCADE, related_name="touched")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    imported = models.DecimalField(default=0, **MONEY)
    filed = models.DecimalField(default=0, **MONEY)
    deposited = models.DecimalField(default=0, db_default=0, **MONEY)
    deposited_for_others = models.DecimalField(default=0, db_default=0, **MONEY)
    added = models.DecimalField(null=True, **MONEY)
    ports = ArrayField(models.CharField(max_length=4), default=list)
    origins = ArrayField(models.CharField(max_length=2), default=list)
    first_month = models.DateField("first of the months counted")
    last_month = models.DateField("last of the months counted")

    objects: ClassVar[models.Manager["Touched"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        verbose_name_plural = "touched"
        constraints = [models.UniqueConstraint(fields=["notice", "account"], name="touched_once")]

    def __str__(self) -> str:
        return f"{self.notice_id}, {self.account_id}"

    @staticmethod
    def within(held: Reach) -> models.Q:
        return of_accounts(held, "entries")
