from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models.account import Account
from accounts.models.center import Center
from accounts.models.person import Person

#: Shorter reasons say nothing that could be decided; longer ones belong into a letter.
SHORTEST, LONGEST = 20, 4000
ONE_OPEN = "One appeal of this account is open already: wait for its decision, or withdraw it first."


class CenterAppealQuerySet(VisibleQuerySet):
    def open(self) -> Self:
        """Those that nobody decided or withdrew, the oldest first."""
        return self.filter(state=CenterAppeal.State.OPEN).order_by("asked_on", "pk")


@pghistory.track()
class CenterAppeal(models.Model):
    """An importer asks to be answered for by another Center, in writing and at any time (19 CFR 101.10)."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="center_appeals")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="+", verbose_name="Center when asked")
    wished = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField(max_length=LONGEST)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    moves_on = models.DateField("the Center changes on", null=True, blank=True)
    words = models.TextField("what the decision says", max_length=LONGEST, blank=True)

    objects: ClassVar[models.Manager[CenterAppeal]] = models.Manager.from_queryset(CenterAppealQuerySet)()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="open"), name="center_appeal_one_open"),
            models.CheckConstraint(condition=~Q(center=F("wished")), name="center_appeal_to_another"),
            models.CheckConstraint(
                condition=Q(state="open", decided_on=None) | Q(state="withdrawn") | Q(decided_on__isnull=False),
                name="center_appeal_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "granted", "refused", "withdrawn"]), name="center_appeal_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} to {self.wished}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    @classmethod
    def ask(cls, account: Account, *, wished: Center, reasons: str, by: Person, on: datetime.date) -> CenterAppeal:
        """Ask headquarters for another Center.

        Raises PermissionDenied for who does not administer the account, and for brokers, which have no Center;
        ValidationError where it has none yet, has that one already, gives no reasons, or has asked already.
        """
        if account.kind != Account.Kind.IMPORTER or not account.is_administered_by(by):
            raise PermissionDenied
        if account.center_id is None:
            raise ValidationError("The account has no Center yet: ask your account manager which one it is to be.")
        if wished.pk == account.center_id:
            raise ValidationError({"wished": "This is the Center that answers for you already: choose another."})
        reasons = reasons.strip()
        if not SHORTEST <= len(reasons) <= LONGEST:
            raise ValidationError(
                {
                    "reasons": f"Say why, in {SHORTEST} to {LONGEST:,} letters: what you import, and what that Center knows."
                }
            )
        if account.center_appeals.filter(state=cls.State.OPEN).exists():
            raise ValidationError(ONE_OPEN)
        try:
            with transaction.atomic(), acting(by, "appeal Center"):
                return cls.objects.create(
                    account=account,
                    center_id=account.center_id,
                    wished=wished,
                    reasons=reasons,
                    asked_by=by,
                    asked_on=on,
                )
        except IntegrityError as error:  # a colleague asked at the same moment
            raise ValidationError(ONE_OPEN) from error

    def withdraw(self, *, by: Person, on: datetime.date) -> None:
        """Take the appeal back. Raises PermissionDenied for who does not administer the account, ValidationError where
        it is decided."""
        if not self.account.is_administered_by(by):
            raise PermissionDenied
        with transaction.atomic(), acting(by, "withdraw appeal"):
            self._settle(self.State.WITHDRAWN, decided_by=by, decided_on=on)

    def grant(self, *, by: Person, from_day: datetime.date, words: str, on: datetime.date) -> None:
        """Let the wished Center answer for the account from a day on. Raises as `refuse`, and as
        `Account.move_to_center`."""
        with transaction.atomic(), acting(by, "grant appeal"):
            self._decide(self.State.GRANTED, by=by, words=words, on=on, moves_on=from_day)
            self.account.move_to_center(self.wished, by=by, starts=from_day, today=on)

    def refuse(self, *, by: Person, words: str, on: datetime.date) -> None:
        """Leave the account where it is. Raises PermissionDenied for anybody but headquarters; ValidationError where
        nothing is said, or where it is decided or withdrawn already."""
        with transaction.atomic(), acting(by, "refuse appeal"):
            self._decide(self.State.REFUSED, by=by, words=words, on=on)

    def _decide(self, state: str, *, by: Person, words: str, on: datetime.date, **more: Any) -> None:
        if not (by.is_active and by.is_headquarters):
            raise PermissionDenied
        words = words.strip()
        if not words or len(words) > LONGEST:
            raise ValidationError({"words": f"Say why, in up to {LONGEST:,} letters: the account reads it."})
        self._settle(state, decided_by=by, decided_on=on, words=words, **more)

    def _settle(self, state: str, **values: Any) -> None:
        """Once: whoever comes second is told so."""
        if not CenterAppeal.objects.filter(pk=self.pk, state=self.State.OPEN).update(state=state, **values):
            raise ValidationError("This appeal is decided or withdrawn already: look at it again.")
        self.refresh_from_db()
