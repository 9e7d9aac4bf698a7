"""CBP's own notes of a call, a visit or a meeting, and what is to follow. No account ever sees them."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import ClassVar, Self
from uuid import UUID

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.history import acting
from accounts.models import Account, Person
from inquiries.attached import attachment_of

LONGEST, SHORT = 4_000, 200
#: A contact is written down within a year of it, and a follow-up planned for two years ahead at most: else it is a slip.
OLDEST = datetime.timedelta(days=366)
FARTHEST = datetime.timedelta(days=731)


def keeps_notes(account: Account, person: Person) -> bool:
    """Whether the person is of CBP's side of this account today: its manager, who covers, or headquarters."""
    held = reach_now(person)
    return held.everything or account.pk in held.managed


def _only_cbp(account: Account, person: Person) -> None:
    if not keeps_notes(account, person):
        raise PermissionDenied


@pghistory.track()
class Contact(models.Model):
    """A call, visit, meeting or letter, as CBP's side writes it down."""

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        VISIT = "visit", "Visit"
        MEETING = "meeting", "Meeting"
        LETTER = "letter", "Letter or mail"
        REVIEW = "review", "Yearly review"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=7, choices=Kind)
    on = models.DateField("day of the contact")
    whom = models.CharField("with whom", max_length=SHORT)
    words = models.TextField("what was said", max_length=LONGEST)
    about_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about_id = models.CharField(max_length=40, blank=True)
    about = GenericForeignKey("about_type", "about_id")
    about_words = models.CharField("what it concerns", max_length=SHORT, blank=True)
    about_path = models.CharField(max_length=SHORT, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Contact]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["account", "-on", "-id"], name="contact_of_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["call", "visit", "meeting", "letter", "review"]), name="contact_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.on}, {self.account}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed")

    @classmethod
    def note(
        cls,
        account: Account,
        *,
        kind: str,
        on: datetime.date,
        whom: str,
        words: str,
        by: Person,
        today: datetime.date,
        about: models.Model | None = None,
    ) -> Contact:
        """Write down a contact. about: the row that it concerns, which the writer may see (inquiries.attached).

        Raises PermissionDenied for anybody but CBP's side of the account; ValidationError for a day ahead or long past,
        or where nobody or nothing is named.
        """
        _only_cbp(account, by)
        values = cls._checked(kind=kind, on=on, whom=whom, words=words, today=today)
        if about is not None:
            attached = attachment_of(about, account, by)
            values |= {"about": about, "about_words": attached.words[:SHORT], "about_path": attached.path[:SHORT]}
        with acting(by, "note contact"):
            return cls.objects.create(account=account, by=by, **values)

    def change(self, *, kind: str, on: datetime.date, whom: str, words: str, by: Person, today: datetime.date) -> None:
        """Correct one's own note; what stood before stays in the history. Raises as `note`, and for another's note."""
        _only_cbp(self.account, by)
        if by.pk != self.by_id:
            raise PermissionDenied
        values = self._checked(kind=kind, on=on, whom=whom, words=words, today=today)
        for name, value in values.items():
            setattr(self, name, value)
        with acting(by, "change contact"):
            self.save(update_fields=[*values, "changed_at"])

    @classmethod
    def _checked(
        cls, *, kind: str, on: datetime.date, whom: str, words: str, today: datetime.date
    ) -> dict[str, object]:
        whom, words, wrong = " ".join(whom.split()), words.strip(), {}
        if kind not in cls.Kind.values:
            wrong["kind"] = "Choose what kind of contact it was."
        if on > today:
            wrong["on"] = "This day is ahead: plan it as a follow-up of an earlier contact."
        elif on < today - OLDEST:
            wrong["on"] = "This is more than a year ago: is the year right?"
        if not whom or len(whom) > SHORT:
            wrong["whom"] = f"Say with whom, in up to {SHORT} letters."
        if not words or len(words) > LONGEST:
            wrong["words"] = f"Say what was said, in up to {LONGEST:,} letters."
        if wrong:
            raise ValidationError(wrong)
        return {"kind": kind, "on": on, "whom": whom, "words": words}


class FollowUpQuerySet(VisibleQuerySet):
    def open(self) -> Self:
        """What is still to be done, the earliest first."""
        return self.filter(done_on=None).order_by("due", "pk")

    def due_in(self, accounts: Collection[UUID], until: datetime.date) -> Self:
        """Of these accounts what is to be done by that day, with what is late."""
        return self.open().filter(account__in=accounts, due__lte=until)


@pghistory.track()
class FollowUp(models.Model):
    """What follows from a contact, by when; whoever answers for the account then does it."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="follow_ups")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    what = models.CharField("what is to be done", max_length=SHORT)
    due = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[FollowUp]] = models.Manager.from_queryset(FollowUpQuerySet)()

    class Meta:
        ordering = ["due", "pk"]
        indexes = [
            models.Index(fields=["account", "due"], condition=Q(done_on=None), name="follow_up_open"),
            models.Index(fields=["due"], condition=Q(done_on=None), name="follow_up_due"),
        ]

    def __str__(self) -> str:
        return f"{self.what}, by {self.due}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed")

    @classmethod
    def plan(cls, contact: Contact, *, what: str, due: datetime.date, by: Person, today: datetime.date) -> FollowUp:
        """Say what follows from a contact. Raises PermissionDenied for anybody but CBP's side of the account;
        ValidationError where nothing is said, or the day is past or too far ahead."""
        _only_cbp(contact.account, by)
        what, wrong = " ".join(what.split()), {}
        if not what or len(what) > SHORT:
            wrong["what"] = f"Say what is to be done, in up to {SHORT} letters."
        if due < today:
            wrong["due"] = "This day is past."
        elif due > today + FARTHEST:
            wrong["due"] = "This is more than two years ahead: is the year right?"
        if wrong:
            raise ValidationError(wrong)
        with acting(by, "plan follow-up"):
            return cls.objects.create(contact=contact, account_id=contact.account_id, what=what, due=due, by=by)

    def finish(self, *, by: Person, on: datetime.date) -> bool:
        """It is done. False where somebody had said so already. Raises PermissionDenied for anybody but CBP's side."""
        _only_cbp(self.account, by)
        with transaction.atomic(), acting(by, "finish follow-up"):
            done = FollowUp.objects.filter(pk=self.pk, done_on=None).update(done_on=on, done_by=by)
        self.refresh_from_db()
        return bool(done)
