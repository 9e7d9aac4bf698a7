"""What is written down about a program: where an application stands, what a person confirmed, letters sent, tests made."""

from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.history import acting
from accounts.models import Account, Enrollment, Person
from compliance.programs.criteria import TO_CONFIRM
from compliance.programs.obligations import letters_due

LONGEST = 1_000
EARLIEST = datetime.date(2002, 1, 1)


def looks_after(account: Account, person: Person) -> bool:
    """Whether the person manages the account today, or is headquarters."""
    held = reach_now(person)
    return held.everything or account.pk in held.managed


def takes_part_for(account: Account, person: Person) -> bool:
    """Whether the person may record what the account did: its people, its manager, headquarters."""
    return account.pk in reach_now(person).own or looks_after(account, person)


def _checked(on: datetime.date, words: str, today: datetime.date) -> str:
    """The words as they are kept. Raises ValidationError for a day ahead, before the programs began, or too many words."""
    if on > today:
        raise ValidationError({"on": "This day is ahead."})
    if on < EARLIEST:
        raise ValidationError({"on": "This is before the programs began: is the year right?"})
    if len(words.strip()) > LONGEST:
        raise ValidationError({"words": f"Say it in up to {LONGEST:,} letters."})
    return words.strip()


class Step(models.Model):
    """Where an account stands with a program from a day on. Only added to; the newest says how it stands."""

    class State(models.TextChoices):
        APPLIED = "applied", "Applied"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        SUSPENDED = "suspended", "Suspended"
        LEFT = "left", "Left"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="program_steps")
    program = models.CharField(max_length=8, choices=Enrollment.Program)
    state = models.CharField(max_length=9, choices=State)
    on = models.DateField()
    words = models.TextField(max_length=LONGEST, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Step]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["account", "program", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["applied", "accepted", "refused", "suspended", "left"]),
                name="program_step_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_program_display()}: {self.get_state_display()} on {self.on}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    @classmethod
    def record(
        cls,
        account: Account,
        program: str,
        state: str,
        *,
        on: datetime.date,
        by: Person,
        today: datetime.date,
        words: str = "",
        tier: int | None = None,
    ) -> Step:
        """Write down how it stands. Acceptance, and who has left, headquarters alone says: it enters the account's programs.

        Raises PermissionDenied for who may not; ValidationError for a day ahead, or a tier of anything but CTPAT.
        """
        decides = state in (cls.State.ACCEPTED, cls.State.LEFT)
        if not looks_after(account, by) or (decides and not by.is_headquarters):
            raise PermissionDenied
        if program not in Enrollment.Program.values or state not in cls.State.values:
            raise ValidationError("Choose the program and what happened.")
        if tier is not None and (program != Enrollment.Program.CTPAT or not 1 <= tier <= 3):
            raise ValidationError({"tier": "Only CTPAT has tiers, from 1 to 3."})
        words = _checked(on, words, today)
        with transaction.atomic(), acting(by, f"program {state}"):
            if state == cls.State.ACCEPTED:
                Enrollment.objects.update_or_create(
                    account=account, program=program, defaults={"since": on, "tier": tier}
                )
            elif state == cls.State.LEFT:
                Enrollment.objects.filter(account=account, program=program).delete()
            return cls.objects.create(account=account, program=program, state=state, on=on, by=by, words=words)


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class Confirmation(models.Model):
    """The account manager confirms a criterion that no data of the portal answer."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    program = models.CharField(max_length=8, choices=Enrollment.Program)
    criterion = models.CharField(max_length=20)
    on = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Confirmation]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["account", "program", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["account", "program", "criterion"], name="program_confirmed_once")
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.criterion}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    @classmethod
    def confirm(cls, account: Account, program: str, criterion: str, *, by: Person, on: datetime.date) -> Confirmation:
        """Say that it is so; said twice it is said once. Raises PermissionDenied for who does not look after the account,
        ValidationError for what the portal's data answer by themselves."""
        if not looks_after(account, by):
            raise PermissionDenied
        if criterion not in TO_CONFIRM.get(program, ()):
            raise ValidationError("This is answered by data, or is no criterion.")
        with acting(by, "confirm criterion"):
            return cls.objects.get_or_create(
                account=account, program=program, criterion=criterion, defaults={"on": on, "by": by}
            )[0]

    def take_back(self, *, by: Person) -> None:
        """It is not so after all. Raises PermissionDenied for who does not look after the account."""
        if not looks_after(self.account, by):
            raise PermissionDenied
        with acting(by, "take confirmation back"):
            self.delete()


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class Done(models.Model):
    """What a member of ISA did: an annual letter sent, by the day on which it was due, or a test of its own entries."""

    class Kind(models.TextChoices):
        LETTER = "letter", "Annual notification letter"
        TEST = "test", "Periodic test"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="program_deeds")
    kind = models.CharField(max_length=6, choices=Kind)
    due = models.DateField("letter due on", null=True, blank=True)
    on = models.DateField("sent or tested on")
    words = models.TextField(max_length=LONGEST, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Done]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "due"], name="program_letter_once"),
            models.CheckConstraint(
                condition=Q(kind="letter", due__isnull=False) | Q(kind="test", due=None),
                name="program_letter_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.on}, {self.account}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    @classmethod
    def letter(
        cls,
        account: Account,
        *,
        due: datetime.date,
        on: datetime.date,
        by: Person,
        today: datetime.date,
        words: str = "",
    ) -> Done:
        """A letter was sent. Raises PermissionDenied for who is not of the account or looks after it; ValidationError
        where the account is no member, none was due on that day, or somebody recorded it already."""
        if not takes_part_for(account, by):
            raise PermissionDenied
        words = _checked(on, words, today)
        held = Enrollment.objects.filter(account=account, program=Enrollment.Program.ISA).first()
        if held is None or held.since is None:
            raise ValidationError("The account is no member of ISA, or since when is not on file.")
        if not letters_due(held.since, due, due):
            raise ValidationError({"due": "No letter is due on that day."})
        try:
            with transaction.atomic(), acting(by, "record letter"):
                return cls.objects.create(account=account, kind=cls.Kind.LETTER, due=due, on=on, words=words, by=by)
        except IntegrityError as error:
            raise ValidationError({"due": "That this letter was sent is recorded already."}) from error

    @classmethod
    def test(cls, account: Account, *, on: datetime.date, words: str, by: Person, today: datetime.date) -> Done:
        """The account tested its own entries. Raises as `letter`, and where nothing is said of what was tested."""
        if not takes_part_for(account, by):
            raise PermissionDenied
        words = _checked(on, words, today)
        if not words:
            raise ValidationError({"words": "Say what was tested, and what was found."})
        with acting(by, "record test"):
            return cls.objects.create(account=account, kind=cls.Kind.TEST, on=on, words=words, by=by)
