from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Account, Person


class Heartbeat(models.Model):
    """When the scheduler last reached a worker: a scheduler that dies silently turns the health page red."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {timezone.localtime(self.at):%Y-%m-%d %H:%M:%S}"


class MonthlyReport(models.Model):
    """A person asked for the monthly report of an account by mail; the row goes when they stop it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["MonthlyReport"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "person"], name="monthly_report_once")]

    def __str__(self) -> str:
        return f"{self.account} for {self.person}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(person=held.person)

    @classmethod
    def ask(cls, account: Account, *, by: Person) -> None:
        """Have the report of the account sent to who asks; asked twice it comes once."""
        cls.objects.get_or_create(account=account, person=by)

    @classmethod
    def stop(cls, account: Account, *, by: Person) -> None:
        """End it, for who asks alone."""
        cls.objects.filter(account=account, person=by).delete()
