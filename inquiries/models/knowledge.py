"""Answers that everybody may read: stripped of who asked, after a second person's look, as long as what they rest on holds."""

from __future__ import annotations

import datetime
import hashlib
import re
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models import Account, Person
from inquiries.authorities import AUTHORITIES, NAMED, in_words, link_of
from inquiries.knowledge.asker import traces
from inquiries.models.category import Category
from inquiries.models.experts import involved_now
from inquiries.models.inquiry import Inquiry
from inquiries.models.thread import Message
from notices.models import Notice

QUESTION, ANSWER, BECAUSE = 2_000, 10_000, 300
HEADING = re.compile(r"(\d{4}(\d{2}){0,3})?")
CHANGED = "Somebody has changed this meanwhile: look at it again."
#: At most so many of what still tells who asked are named at once.
MOST_NAMED = 5


def _searched() -> Any:
    return SearchVector("question", weight="A", config="english") + SearchVector("answer", weight="C", config="english")


class KnowledgeQuerySet(VisibleQuerySet):
    def published(self) -> Self:
        """Those that everybody reads."""
        return self.filter(state=KnowledgeEntry.State.PUBLISHED)

    def drafts_for(self, person: Person) -> Self:
        """Those that wait for a second person and that this one may publish: not their own."""
        return self.filter(state=KnowledgeEntry.State.DRAFT).exclude(written_by=person)


@pghistory.track(exclude=["search"])
class KnowledgeEntry(models.Model):
    """A question and its answer, with the authority that it rests on and the day of which it is.

    doubted_on: since when a notice or ruling touches its heading; until somebody says that it still holds, it is marked
    "may be out of date". Who asked stands in `KnowledgeSource`, and in no text here.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Waits for a second look"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    question = models.TextField(max_length=QUESTION)
    answer = models.TextField(max_length=ANSWER)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    heading = models.CharField("HTS number, or its beginning", max_length=10, blank=True)
    authority_kind = models.CharField(max_length=6, choices=AUTHORITIES)
    authority = models.CharField(max_length=60)
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    published_on = models.DateField(null=True)
    confirmed_on = models.DateField("still right on", null=True)
    doubted_on = models.DateField(null=True)
    doubted_by = models.ForeignKey(
        Notice, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="notice that touches it"
    )
    withdrawn_because = models.CharField(max_length=BECAUSE, blank=True)
    search = models.GeneratedField(expression=_searched(), output_field=SearchVectorField(), db_persist=True)

    objects: ClassVar[models.Manager[KnowledgeEntry]] = models.Manager.from_queryset(KnowledgeQuerySet)()

    class Meta:
        ordering = ["-answered_on", "-pk"]
        verbose_name_plural = "knowledge entries"
        indexes = [
            GinIndex(fields=["search"], name="knowledge_search"),
            models.Index(fields=["heading"], name="knowledge_heading", condition=Q(state="published")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "withdrawn"]), name="knowledge_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(authority_kind="") & ~Q(authority=""), name="knowledge_rests_on_something"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_by__isnull=False, published_on__isnull=False),
                name="knowledge_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("written_by")), name="knowledge_second_look"
            ),
        ]

    def __str__(self) -> str:
        return self.question[:80]

    @staticmethod
    def within(held: Reach) -> Q:
        """What is published, for everybody; the rest for those who work for CBP."""
        staff = Person.objects.filter(pk=held.person, is_active=True).exclude(role=Person.Role.MEMBER)
        return Q(state="published") | Q(pk__isnull=not staff.exists())

    @property
    def rests_on(self) -> str:
        return in_words(self.authority_kind, self.authority)

    @property
    def authority_link(self) -> str:
        return link_of(self.authority_kind, self.authority)

    # ---- verbs ------------------------------------------------------------------------------------------------

    @classmethod
    def propose(cls, message: Message, *, question: str, answer: str, heading: str, by: Person) -> KnowledgeEntry:
        """Propose an answer for everybody; it is published by a second person.

        Raises PermissionDenied for who does not work on the inquiry; ValidationError for what is no answer or names no
        authority, is proposed already, or still tells who asked.
        """
        inquiry = message.inquiry
        if not by.is_government or not inquiry.is_worked_by(by):
            raise PermissionDenied
        if message.kind != Message.Kind.ANSWER or message.authority_kind not in NAMED:
            raise ValidationError(
                "Only an answer that names a ruling, a section of 19 CFR or a notice can be published."
            )
        if KnowledgeSource.objects.filter(message=message).exclude(entry__state=cls.State.WITHDRAWN).exists():
            raise ValidationError("This answer is in the knowledge base already.")
        texts = cls._checked(question, answer, heading, inquiry=inquiry.pk)
        with transaction.atomic(), acting(by, "propose knowledge"):
            made = cls.objects.create(
                **texts, category=inquiry.category, authority_kind=message.authority_kind, authority=message.authority,
                notice=message.notice, answered_on=timezone.localdate(message.at), written_by=by,
            )  # fmt: skip
            KnowledgeSource.objects.create(entry=made, message=message, inquiry=inquiry, account_id=inquiry.account_id)
        return made

    def change(self, *, question: str, answer: str, heading: str, by: Person) -> None:
        """Write a draft anew; who did is its writer then, and somebody else publishes it. Raises as `propose`.

        Only who wrote it or knows where it came from: what is looked for in the words tells who asked.
        """
        self._only_staff(by)
        if self.state != self.State.DRAFT:
            raise ValidationError(CHANGED)
        if not self._known_to(by):
            raise PermissionDenied
        texts = self._checked(question, answer, heading, entry=self.pk)
        with transaction.atomic(), acting(by, "change knowledge"):
            self._settle(self.State.DRAFT, **texts, written_by=by)

    @property
    def wording(self) -> str:
        """A mark of the words as they are now: what was read is what is published."""
        words = "\0".join((self.question, self.answer, self.heading))
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    def publish(self, *, by: Person, on: datetime.date, wording: str | None = None) -> None:
        """Let everybody read it. wording: of what was looked at; None: as it is held here. Raises PermissionDenied for who does
        not work for CBP; ValidationError for who wrote it, where it was changed since, still tells who asked, or is no draft.

        What is looked at is held until it is published: a change waits, and is told that it came too late.
        """
        self._only_staff(by)
        read = self.wording if wording is None else wording
        with transaction.atomic(), acting(by, "publish knowledge"):
            held = KnowledgeEntry.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if held.wording != read:
                raise ValidationError("Somebody changed it since you opened it: read it again before you publish it.")
            if by.pk == held.written_by_id:
                raise ValidationError("You wrote it: somebody else has to look at it and publish it.")
            # Once more: names that came since, and a draft that was kept before all of them were looked for.
            if found := traces(f"{held.question}\n{held.answer}", entry=held.pk):
                named = f": {', '.join(found[:MOST_NAMED])}" if held._known_to(by) else ""
                raise ValidationError(f"This still tells who asked{named}. Its writer takes it out first.")
            held._settle(self.State.DRAFT, state=self.State.PUBLISHED, published_by=by, published_on=on)
        self.refresh_from_db()

    def confirm(self, *, by: Person, on: datetime.date) -> None:
        """Say that it still holds, whatever touched its heading until then. Raises as `publish`, but anybody may."""
        self._only_staff(by)
        with transaction.atomic(), acting(by, "confirm knowledge"):
            self._settle(self.State.PUBLISHED, confirmed_on=on, doubted_on=None, doubted_by=None)

    def withdraw(self, *, by: Person, because: str) -> None:
        """Take it out; nobody but staff reads it any more. Raises ValidationError without a reason."""
        self._only_staff(by)
        because = " ".join(because.split())
        if not because or len(because) > BECAUSE:
            raise ValidationError({"because": f"Say why, in up to {BECAUSE} letters."})
        if self.state == self.State.WITHDRAWN:
            raise ValidationError("It is withdrawn already.")
        with transaction.atomic(), acting(by, "withdraw knowledge"):
            self._settle(self.state, state=self.State.WITHDRAWN, withdrawn_because=because)

    def _known_to(self, by: Person) -> bool:
        """Whether this person knows who asked: by having written it, or by what they may see."""
        return by.pk == self.written_by_id or KnowledgeSource.objects.visible_to(by).filter(entry=self).exists()

    @staticmethod
    def _only_staff(by: Person) -> None:
        if not (by.is_active and by.is_government):
            raise PermissionDenied

    @staticmethod
    def _checked(question: str, answer: str, heading: str, **of: int) -> dict[str, str]:
        """of: `inquiry` or `entry`, as `traces` takes it."""
        question, answer = question.strip(), answer.strip()
        heading, wrong = re.sub(r"[. ]", "", heading), {}
        for name, text, most in (("question", question, QUESTION), ("answer", answer, ANSWER)):
            if not text or len(text) > most:
                wrong[name] = f"Write the {name}, in up to {most:,} letters."
            elif found := traces(text, **of):
                wrong[name] = f"This still tells who asked: {', '.join(found[:MOST_NAMED])}."
        if not HEADING.fullmatch(heading):
            wrong["heading"] = "Write 4, 6, 8 or 10 digits, or nothing."
        if wrong:
            raise ValidationError(wrong)
        return {"question": question, "answer": answer, "heading": heading}

    def _settle(self, was: str, **values: Any) -> None:
        """Once: whoever comes second is told so."""
        if not KnowledgeEntry.objects.filter(pk=self.pk, state=was).update(**values):
            raise ValidationError(CHANGED)
        self.refresh_from_db()


class KnowledgeSource(models.Model):
    """Which answer an entry came from: for CBP's side alone."""

    entry = models.OneToOneField(KnowledgeEntry, on_delete=models.CASCADE, related_name="source")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)

    objects: ClassVar[models.Manager[KnowledgeSource]] = models.Manager.from_queryset(VisibleQuerySet)()

    def __str__(self) -> str:
        return f"{self.entry_id} of {self.inquiry_id}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed") | Q(inquiry__in=involved_now(held.person))


class ThreadText(models.Model):
    """The words of a thread by which it is found; a trigger on messages keeps it (migration 0009)."""

    inquiry = models.OneToOneField(Inquiry, on_delete=models.CASCADE, primary_key=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    vector = SearchVectorField()

    objects: ClassVar[models.Manager[ThreadText]] = models.Manager.from_queryset(VisibleQuerySet)()

    def __str__(self) -> str:
        return str(self.inquiry_id)

    @staticmethod
    def within(held: Reach) -> Q:
        """Nobody reads it: find_threads() gives the numbers of those that one may see."""
        return Q(pk__in=[])
