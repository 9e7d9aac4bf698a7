"""A year's self-assessment of an account: started and submitted by its people, agreed to or asked back by its manager."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.history import acting
from accounts.models import Account, Person
from compliance.controls.models.questions import QuestionSet
from compliance.controls.scoring import Score, score_of

LONGEST = 2_000


def answers_for(account: Account, person: Person) -> bool:
    """Whether the person is of the account, and so may answer for it."""
    return account.pk in reach_now(person).own


def reviews(account: Account, person: Person) -> bool:
    """Whether the person manages the account today, or is headquarters."""
    held = reach_now(person)
    return held.everything or account.pk in held.managed


@pghistory.track()
class SelfAssessment(models.Model):
    """What an account says of its controls for one year, under the numbered set that was in force when it began.

    stated: the score of its own answers when submitted; reviewed: with the manager's corrections, when agreed to.
    Points from 0 to 100.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Being answered"
        SUBMITTED = "submitted", "With the account manager"
        RETURNED = "returned", "Asked back"
        REVIEWED = "reviewed", "Reviewed"

    OPEN = (State.DRAFT, State.RETURNED)
    #: The account reads what the manager corrected once the manager has said so.
    TOLD = (State.RETURNED, State.REVIEWED)

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="self_assessments", db_index=False)
    question_set = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    submitted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_on = models.DateField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_on = models.DateField(null=True, blank=True)
    words = models.TextField("what the manager says", max_length=LONGEST, blank=True)
    stated = models.DecimalField("score as stated", max_digits=4, decimal_places=1, null=True, blank=True)
    reviewed = models.DecimalField("score as reviewed", max_digits=4, decimal_places=1, null=True, blank=True)

    objects: ClassVar[models.Manager[SelfAssessment]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["account", "year"], name="self_assessment_one_a_year"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "returned", "reviewed"]),
                name="self_assessment_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="reviewed") | Q(reviewed_on__isnull=False), name="self_assessment_reviewed_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(stated__range=(0, 100), reviewed__range=(0, 100)), name="self_assessment_score_in_points"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}, {self.year}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")

    @property
    def is_open(self) -> bool:
        """Whether its account may answer."""
        return self.state in self.OPEN

    @property
    def score(self) -> Any:
        """The score that stands: reviewed, else as stated; None before it is submitted."""
        return self.reviewed if self.state == self.State.REVIEWED else self.stated

    # ---- verbs of the account --------------------------------------------------------------------------------

    @classmethod
    def start(cls, account: Account, *, by: Person, on: datetime.date) -> SelfAssessment:
        """Begin this year's, with the questions in force; begun at the same time by two it is one.

        Raises PermissionDenied for who is not of the account.
        """
        if not answers_for(account, by):
            raise PermissionDenied
        found = cls.objects.filter(account=account, year=on.year).first()
        if found:
            return found
        asked = QuestionSet.objects.in_force()  # type: ignore[attr-defined]
        try:
            with transaction.atomic(), acting(by, "start self-assessment"):
                made = cls.objects.create(
                    account=account, question_set=asked, year=on.year, started_by=by, started_on=on
                )
                answers = made.answers.model
                answers.objects.bulk_create(
                    answers(assessment=made, account=account, question=question) for question in asked.questions.all()
                )
        except IntegrityError:  # a colleague began at the same moment
            return cls.objects.get(account=account, year=on.year)
        return made

    def submit(self, *, by: Person, on: datetime.date) -> None:
        """Hand it to the account manager.

        Raises PermissionDenied for who does not administer the account; ValidationError while a question is open, or
        where it was handed in meanwhile.
        """
        if not self.account.is_administered_by(by):
            raise PermissionDenied
        with transaction.atomic(), acting(by, "submit self-assessment"):
            self.locked(self.OPEN)
            answers = list(self.answers.select_related("question"))
            left = sum(one.is_left for one in answers)
            if left:
                raise ValidationError(
                    f"{left} question{' is' if left == 1 else 's are'} open: answer {'it' if left == 1 else 'them'} first."
                )
            self.state, self.submitted_by, self.submitted_on = self.State.SUBMITTED, by, on
            self.stated = score_of([one.as_stated for one in answers], self.question_set.level_points).total
            self.save(update_fields=["state", "submitted_by", "submitted_on", "stated"])

    # ---- verbs of the manager ---------------------------------------------------------------------------------

    def agree(self, *, by: Person, on: datetime.date, words: str = "") -> None:
        """Take it, with the corrections there are; its score counts from today.

        Raises PermissionDenied for who does not manage the account, ValidationError where it is not with the manager.
        """
        self._settle(self.State.REVIEWED, words, by=by, on=on)

    def ask_back(self, *, by: Person, on: datetime.date, words: str) -> None:
        """Give it back to be answered better. Raises as `agree`, and ValidationError where nothing is said."""
        if not words.strip():
            raise ValidationError({"words": "Say what is to be answered better: the account reads it."})
        self._settle(self.State.RETURNED, words, by=by, on=on)

    def _settle(self, state: str, words: str, *, by: Person, on: datetime.date) -> None:
        if not reviews(self.account, by):
            raise PermissionDenied
        if len(words) > LONGEST:
            raise ValidationError({"words": f"Say it in up to {LONGEST:,} letters."})
        with transaction.atomic(), acting(by, f"{state} self-assessment"):
            self.locked((self.State.SUBMITTED,))
            self.state, self.words, self.reviewed_by, self.reviewed_on = state, words.strip(), by, on
            self.reviewed = self.scored().total if state == self.State.REVIEWED else None
            self.save(update_fields=["state", "words", "reviewed_by", "reviewed_on", "reviewed"])

    # ---- for both --------------------------------------------------------------------------------------------

    def scored(self) -> Score:
        """The score with what corrections this person sees, of the answers there are."""
        answers = self.answers.select_related("question", "correction")
        return score_of([one.as_corrected for one in answers], self.question_set.level_points)

    def locked(self, states: tuple[str, ...]) -> None:
        """Hold the row until the transaction ends. Raises ValidationError where it is in none of these states."""
        held = SelfAssessment.objects.select_for_update().filter(pk=self.pk, state__in=states).first()
        if held is None:
            raise ValidationError("It has moved on meanwhile: look at it again.")
        self.state = held.state
