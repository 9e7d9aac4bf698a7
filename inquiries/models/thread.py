"""What stands in the thread: messages that the account reads, notes that it never does, and what happened between."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from inquiries.authorities import SAID, link_of
from inquiries.models.experts import involved_now
from inquiries.models.inquiry import Inquiry
from notices.models import Notice

LONGEST, WHY = 10_000, 200


class Message(models.Model):
    """What the account asked or wrote, or what CBP wrote to it: both sides read it. It is never changed."""

    class Kind(models.TextChoices):
        QUESTION = "question", "Question"
        REPLY = "reply", "Reply"
        ANSWER = "answer", "Answer"
        ASK_BACK = "ask_back", "Question back"

    class Via(models.TextChoices):
        PORTAL = "portal", "Portal"
        MAIL = "mail", "Mail"
        CALL = "call", "By telephone"
        VISIT = "visit", "In person"
        LETTER = "letter", "By letter"

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    from_cbp = models.BooleanField()
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(max_length=LONGEST)
    via = models.CharField(max_length=6, choices=Via, default=Via.PORTAL)
    authority_kind = models.CharField(max_length=6, choices=SAID, blank=True)
    authority = models.CharField(max_length=60, blank=True)
    why_no_authority = models.CharField("why it rests on nothing", max_length=WHY, blank=True)
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Message]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
            models.CheckConstraint(
                condition=Q(from_cbp=True, kind__in=["answer", "ask_back"])
                | Q(from_cbp=False, kind__in=["question", "reply"]),
                name="message_kind_of_its_side",
            ),
            models.CheckConstraint(
                condition=~Q(kind="answer") | ~Q(authority_kind=""), name="message_answer_says_what_it_rests_on"
            ),
            models.CheckConstraint(
                condition=Q(authority_kind="none") & ~Q(why_no_authority="")
                | ~Q(authority_kind="none") & Q(why_no_authority=""),
                name="message_on_nothing_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.by}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed") | Q(inquiry__in=involved_now(held.person))

    @property
    def written_down(self) -> bool:
        """Whether CBP's side put down in writing what the account asked otherwise."""
        return self.via in WRITTEN_DOWN

    @property
    def how_it_came(self) -> str:
        """ "by telephone", for a sentence."""
        return self.get_via_display().lower()

    @property
    def authority_link(self) -> str:
        """Where the authority can be read; empty where it names none, or is a notice."""
        return link_of(self.authority_kind, self.authority)


#: How a question comes that somebody of CBP's side writes down.
WRITTEN_DOWN = (Message.Via.CALL, Message.Via.VISIT, Message.Via.LETTER)


class PrivateNote(models.Model):
    """What CBP's side writes to itself: no account ever reads it. It is never changed."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        PROPOSAL = "proposal", "Proposed answer"

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="private_notes")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NOTE)
    text = models.TextField(max_length=LONGEST)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[PrivateNote]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="private_note_says_something")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.by}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed") | Q(inquiry__in=involved_now(held.person))


class Step(models.Model):
    """What happened between two messages: routed, the clock stopped, closed. `staff_only`: not for the account."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="steps")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=400)
    staff_only = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Step]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.words

    @staticmethod
    def within(held: Reach) -> Q:
        told = Q(staff_only=False) & of_accounts(held, "own")
        return told | of_accounts(held, "managed") | Q(inquiry__in=involved_now(held.person))
