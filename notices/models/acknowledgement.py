from typing import ClassVar

from django.db import models

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person


class Acknowledgement(models.Model):
    """That somebody of an account confirmed to have read a notice that asks for action; the first one counts."""

    notice = models.ForeignKey("notices.Notice", on_delete=models.CASCADE, related_name="acknowledgements")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Acknowledgement"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["notice", "account"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.person}"

    @staticmethod
    def within(held: Reach) -> models.Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")
