import dataclasses
import datetime
import uuid
from typing import ClassVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models, transaction
from django.db.models import F, Func

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.identifiers import parse_filer_code, parse_importer_number
from accounts.models.account import Account
from accounts.sealing import fingerprint
from accounts.signals import asked_what_moves, identifiers_moved


@dataclasses.dataclass(frozen=True)
class Move:
    """An identifier went from one account to another."""

    identifier: int
    kind: str
    source: uuid.UUID
    target: uuid.UUID


class IdentifierQuerySet(VisibleQuerySet):
    def find(self, text: str) -> "Identifier | None":
        """The importer number or filer code that this text writes; None where no account has it.

        Raises ValueError, saying what is wrong with the text.
        """
        if len(text.strip()) <= 3:
            return self.filter(kind=Identifier.Kind.FILER, key=parse_filer_code(text)).first()
        return self.filter(kind=Identifier.Kind.IMPORTER, key=self.key_of(text)).first()

    @staticmethod
    def key_of(text: str) -> str:
        """By what an importer number is found: itself without hyphens, of a Social Security number a keyed hash.

        Raises ValueError where it is none.
        """
        number = parse_importer_number(text)
        return fingerprint(number.value) if number.kind == "SSN" else number.value.replace("-", "")

    def move(self, targets: dict[int, uuid.UUID], *, on: datetime.date) -> list[Move]:
        """Give identifiers (ids) to other accounts (ids) from the day `on`, their rows with them.

        One transaction; whoever keeps rows by identifier moves them on `identifiers_moved`. A prospective
        account that loses its last identifier is withdrawn. Returns the moves that were made.
        """
        with transaction.atomic():
            # Not the accounts, and not their keys: whoever writes a row of the account meanwhile need not wait.
            mine = self.select_for_update(of=("self",), no_key=True)
            held = list(mine.filter(pk__in=targets).select_related("account"))
            moves = [
                Move(one.pk, one.kind, one.account_id, targets[one.pk])
                for one in held
                if one.account_id != targets[one.pk]
            ]
            for one in held:
                one.account_id = targets[one.pk]
            self.bulk_update(held, ["account"])
            moved = [move.identifier for move in moves]
            current = IdentifierOwnership.objects.filter(identifier__in=moved, until=None)
            current.filter(since__gte=on).delete()
            current.update(until=on)
            IdentifierOwnership.objects.bulk_create(
                IdentifierOwnership(identifier_id=move.identifier, account_id=move.target, since=on) for move in moves
            )
            identifiers_moved.send(sender=Identifier, moves=moves)
            Account.objects.filter(
                pk__in={move.source for move in moves}, state=Account.State.PROSPECTIVE, identifiers=None
            ).update(state=Account.State.WITHDRAWN)
        return moves


@pghistory.track(exclude=["sealed", "key"])
class Identifier(models.Model):
    """An importer number or a filer code, and the account that holds it now.

    A Social Security number is kept only here: `value` shows its last four, `key` finds it by a keyed
    hash, `sealed` holds it encrypted.
    """

    class Kind(models.TextChoices):
        IMPORTER = "importer", "Importer number"
        FILER = "filer", "Filer code"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField("as shown", max_length=12)
    key = models.CharField("as found", max_length=44, editable=False)
    sealed = models.BinaryField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["Identifier"]] = models.Manager.from_queryset(IdentifierQuerySet)()

    class Meta:
        ordering = ["kind", "value"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="identifier_once")]

    def __str__(self) -> str:
        return self.value

    @staticmethod
    def within(held: Reach) -> models.Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    def what_moves(self) -> list[str]:
        """What goes along when this changes owner, as each room says it: phrases of a number and what it counts."""
        answers = asked_what_moves.send(sender=Identifier, identifier=self)
        return [phrase for _, phrases in answers for phrase in phrases]


class IdentifierOwnership(models.Model):
    """Which account held an identifier on which days; an empty `since` means from the beginning."""

    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="ownerships")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="ownerships")
    since = models.DateField(null=True, blank=True)
    until = models.DateField("until before", null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="identifier_one_owner_at_a_time",
                expressions=[
                    ("identifier", RangeOperators.EQUAL),
                    (
                        Func(
                            F("since"),
                            F("until"),
                            RangeBoundary(),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.identifier} of {self.account}"
