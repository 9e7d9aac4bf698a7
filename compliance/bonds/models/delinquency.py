from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models import Account, Person
from compliance.bonds.models.step import looks_after
from compliance.bonds.signals import stepped


class DelinquencyQuerySet(VisibleQuerySet):
    def on(self, day: datetime.date) -> DelinquencyQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


@pghistory.track()
class Delinquency(models.Model):
    """Bills of the account that are unprotested and over 120 days old, unpaid vouchers, or bills that the surety paid.

    From then on CBP's Analytical formula applies, whose arithmetic is not public: the amount is for CBP to determine, and
    the basic amount is shown as a minimum alone (domain 1.2).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Delinquency]] = models.Manager.from_queryset(DelinquencyQuerySet)()

    class Meta:
        verbose_name_plural = "delinquencies"
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(until=None), name="delinquency_one_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="delinquency_days"),
        ]

    def __str__(self) -> str:
        return f"{self.account} since {self.since}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "bonds")

    @classmethod
    def record(
        cls, account: Account, *, since: datetime.date, by: Person, today: datetime.date, words: str = ""
    ) -> Delinquency:
        """Write down that the account is delinquent; the review then says so of its bonds. Raises PermissionDenied for who does not look after it,
        ValidationError for a day ahead or while one is open."""
        if not looks_after(account, by):
            raise PermissionDenied
        if since > today:
            raise ValidationError({"since": "This day is ahead."})
        if cls.objects.filter(account=account, until=None).exists():
            raise ValidationError("It is recorded already.")
        with transaction.atomic(), acting(by, "delinquent"):
            made = cls.objects.create(account=account, since=since, by=by, words=words.strip()[:500])
            stepped.send(cls, account=account.pk)
        return made

    def end(self, *, on: datetime.date, by: Person, today: datetime.date) -> None:
        """It is over: the bills are paid or protested. Raises as `record` does, and for a day before its first."""
        if not looks_after(self.account, by):
            raise PermissionDenied
        if on < self.since:
            raise ValidationError({"on": "This day lies before its first."})
        if on > today:
            raise ValidationError({"on": "This day is ahead."})
        with transaction.atomic(), acting(by, "delinquency over"):
            self.until = on
            self.save(update_fields=["until"])
            stepped.send(Delinquency, account=self.account_id)
