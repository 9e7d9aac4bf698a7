from __future__ import annotations

import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person
from compliance.bonds.models.bond import Bond
from compliance.bonds.signals import stepped
from compliance.bonds.states import Letter, State

LONGEST = 500
#: Two who enter at once: the second finds what the first entered.
LOCK = 7_100_062


class BondStepQuerySet(VisibleQuerySet):
    def letter_of(self, bond: Bond) -> Letter | None:
        """What people entered about the letter that is open on this bond; one statement."""
        return letter_from(list(self.filter(bond=bond, by__isnull=False).order_by("pk")))


class BondStep(models.Model):
    """What happened to a bond, from a day on. Only added to.

    Without a person: the review found it in another state. With one: a letter of CBP by its date, or what was done about
    it; the review judges by these from then on.
    """

    class Kind(models.TextChoices):
        REVIEWED = "reviewed", "Found by the review"
        LETTER = "letter", "CBP’s letter: too small"
        AT_ONCE = "at_once", "CBP’s letter: insufficient at once"
        FILED = "filed", "Request to end it received by CBP"
        REPLACED = "replaced", "New bond in force"
        SETTLED = "settled", "Letter settled or entered in error"

    bond = models.ForeignKey(Bond, on_delete=models.CASCADE, related_name="steps")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField("state found", max_length=17, choices=State, blank=True)
    on = models.DateField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=LONGEST, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[BondStep]] = models.Manager.from_queryset(BondStepQuerySet)()

    class Meta:
        ordering = ["bond", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reviewed", by=None) & ~Q(state="") | ~Q(kind="reviewed") & Q(by__isnull=False),
                name="bond_step_by_a_person_or_found",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.on}"

    @property
    def said(self) -> str:
        """What happened, in words."""
        return self.get_state_display() if self.kind == self.Kind.REVIEWED else self.get_kind_display()

    @classmethod
    def record(
        cls, bond: Bond, kind: str, *, on: datetime.date, by: Person, today: datetime.date, words: str = ""
    ) -> BondStep:
        """Enter a letter of CBP by its date, or what was done about it. The review judges the bond anew by it.

        Raises PermissionDenied for who is neither of the account nor looks after it; ValidationError for a bond that the
        formula does not judge, a day that cannot be, or a deed without a letter.
        """
        if not may_record(bond.account, by):
            raise PermissionDenied
        words = words.strip()
        if len(words) > LONGEST:
            raise ValidationError({"words": f"Say it in up to {LONGEST:,} letters."})
        with transaction.atomic():
            # Not a lock on the bond's row: who may only read a row may not lock it either.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            _check(bond, kind, on, cls.objects.letter_of(bond), today)
            step = cls.objects.create(bond=bond, account_id=bond.account_id, kind=kind, on=on, by=by, words=words)
            stepped.send(cls, account=bond.account_id)
        return step

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "bonds")


def letter_from(steps: list[BondStep]) -> Letter | None:
    """The open letter from what people entered about one bond, in their order; None without, or once it is settled."""
    kinds, letter = BondStep.Kind, None
    for step in steps:
        if step.kind in (kinds.LETTER, kinds.AT_ONCE):
            letter = Letter(step.on, immediate=step.kind == kinds.AT_ONCE)
        elif step.kind == kinds.SETTLED:
            letter = None
        elif letter and step.kind == kinds.FILED:
            letter = Letter(letter.dated, step.on, letter.replaced, letter.immediate)
        elif letter and step.kind == kinds.REPLACED:
            letter = Letter(letter.dated, letter.filed, step.on, letter.immediate)
    return letter


def may_record(account: Account, person: Person) -> bool:
    """Whether the person may enter what happened to a bond: its people, who manages the account, headquarters."""
    held = reach_now(person)
    return held.everything or account.pk in held.own or account.pk in held.managed


def looks_after(account: Account, person: Person) -> bool:
    """Whether the person manages the account, or is headquarters."""
    held = reach_now(person)
    return held.everything or account.pk in held.managed


def _check(bond: Bond, kind: str, on: datetime.date, letter: Letter | None, today: datetime.date) -> None:
    kinds = BondStep.Kind
    if not bond.is_judged:
        raise ValidationError("Only continuous bonds of activity 1 are judged by the formula.")
    if kind not in kinds.values or kind == kinds.REVIEWED:
        raise ValidationError({"kind": "Choose what happened."})
    if on > today + (AHEAD if kind == kinds.REPLACED else datetime.timedelta(0)):
        raise ValidationError({"on": "This day is ahead." if kind != kinds.REPLACED else "This day is too far ahead."})
    if on < today - LATE or on < bond.effective:
        raise ValidationError({"on": "This is before the bond took effect, or over a year ago: is the year right?"})
    if kind in (kinds.LETTER, kinds.AT_ONCE):
        if letter is not None and (kind == kinds.LETTER or letter.immediate):
            raise ValidationError(f"The letter of {letter.dated:%m/%d/%Y} is open already: settle it first.")
        return
    if letter is None:
        raise ValidationError("No letter is open on this bond: enter it first, with the date on it.")
    if on < letter.dated:
        raise ValidationError({"on": "This day lies before the date of the letter."})


#: The longest that a letter may lie back when it is entered, and a new bond ahead.
LATE, AHEAD = datetime.timedelta(days=366), datetime.timedelta(days=92)
