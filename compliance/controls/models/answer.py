"""An answer, and what the account manager corrected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models import Account, Person
from compliance.controls.models.assessment import LONGEST, SelfAssessment, answers_for, reviews
from compliance.controls.models.questions import Level, Question
from compliance.controls.scoring import Scored


@dataclass(frozen=True)
class Given:
    """What a form brings for one question. version: of the answer that its writer was looking at."""

    version: int
    level: int | None
    applies: bool
    words: str

    @property
    def same_as(self) -> tuple[Any, ...]:
        return self.level, self.applies, self.words


class AnswerQuerySet(VisibleQuerySet):
    def save_all(self, assessment: SelfAssessment, given: Mapping[int, Given], *, by: Person) -> list[Answer]:
        """Save answers by their id, each that nobody else changed meanwhile; the others come back, as they stand.

        Whoever saves second loses nothing: their words are in `given`, the first one's in what is returned. Raises
        PermissionDenied for who is not of the account, ValidationError where it is no longer open.
        """
        if not answers_for(assessment.account, by):
            raise PermissionDenied
        overtaken, changed = [], []
        with transaction.atomic(), acting(by, "answer"):
            assessment.locked(SelfAssessment.OPEN)
            for one in self.filter(assessment=assessment, pk__in=given):
                new = given[one.pk]
                if new.same_as == (one.level, one.applies, one.words):
                    continue
                if new.version != one.version:
                    overtaken.append(one)
                    continue
                one.level, one.applies, one.words = new.same_as
                one.version, one.changed_by, one.changed_at = one.version + 1, by, timezone.now()
                changed.append(one)
            fields = ["level", "applies", "words", "version", "changed_by", "changed_at"]
            self.bulk_update(changed, fields)
        return overtaken


@pghistory.track()
class Answer(models.Model):
    """What the account says to one question. level None: open. applies: False where the question does not apply to it."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.CASCADE, related_name="answers", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level, null=True, blank=True)
    applies = models.BooleanField(default=True)
    words = models.TextField("how it is done, or why it does not apply", max_length=LONGEST, blank=True)
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Answer]] = models.Manager.from_queryset(AnswerQuerySet)()

    class Meta:
        ordering = ["assessment", "question__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="answer_once"),
            models.CheckConstraint(condition=Q(level=None) | Q(level__in=Level.values), name="answer_level_known"),
            models.CheckConstraint(condition=Q(applies=True) | Q(level=None), name="answer_applies_or_has_no_level"),
        ]

    def __str__(self) -> str:
        return self.said

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")

    @property
    def said(self) -> str:
        """The answer in words."""
        if not self.applies:
            return "Does not apply"
        return "Open" if self.level is None else Level(self.level).label

    @property
    def is_left(self) -> bool:
        """Whether the account has yet to answer: what does not apply says why."""
        return self.level is None if self.applies else not self.words

    @property
    def corrected(self) -> Correction | None:
        """What the manager put in its place, where there is that and this person may know."""
        return getattr(self, "correction", None)

    @property
    def as_stated(self) -> Scored:
        return Scored(self.question.component, self.question.weight, self.level, self.applies)

    @property
    def as_corrected(self) -> Scored:
        held = self.corrected
        if held is None:
            return self.as_stated
        return Scored(self.question.component, self.question.weight, held.level)

    def correct(self, level: int, *, reason: str, by: Person) -> None:
        """Put another level in its place; the account reads the reason with the outcome.

        Raises PermissionDenied for who does not manage the account; ValidationError without a reason, for a level that
        there is not, or where the assessment is not with the manager.
        """
        if not reviews(self.account, by):
            raise PermissionDenied
        reason = reason.strip()
        if level not in Level.values:
            raise ValidationError("This is no level.")
        if not reason or len(reason) > LONGEST:
            raise ValidationError("Say why: the account reads it.")
        with transaction.atomic(), acting(by, "correct answer"):
            self.assessment.locked((SelfAssessment.State.SUBMITTED,))
            Correction.objects.update_or_create(
                answer=self, defaults={"account_id": self.account_id, "level": level, "reason": reason, "by": by}
            )

    def let_stand(self, *, by: Person) -> None:
        """Take a correction back. Raises as `correct`."""
        if not reviews(self.account, by):
            raise PermissionDenied
        with transaction.atomic(), acting(by, "let answer stand"):
            self.assessment.locked((SelfAssessment.State.SUBMITTED,))
            Correction.objects.filter(answer=self).delete()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Correction(models.Model):
    """The level that the account manager found in place of the one stated, and why."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="correction")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level)
    reason = models.TextField(max_length=LONGEST)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Correction]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["answer"]
        constraints = [models.CheckConstraint(condition=Q(level__in=Level.values), name="correction_level_known")]

    def __str__(self) -> str:
        return f"{Level(self.level).label}: {self.reason}"

    @staticmethod
    def within(held: Reach) -> Q:
        told = Q(answer__assessment__state__in=SelfAssessment.TOLD)
        return of_accounts(held, "managed") | (of_accounts(held, "trends") & told)
