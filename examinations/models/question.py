from typing import ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person
from examinations.models.examination import Examination
from examinations.signals import answered, asked

LONGEST = 4_000
TWICE = "You have asked this about this examination already; your question waits for its answer."


class ResultQuestionQuerySet(VisibleQuerySet):
    def waiting(self) -> "ResultQuestionQuerySet":
        """Questions that nobody has answered yet, the oldest first."""
        return self.filter(answered_at=None).order_by("asked_at", "pk")

    def ask(self, examination: Examination, *, account: Account, kind: str, text: str, by: Person) -> "ResultQuestion":
        """Ask the account's manager about the result of a closed examination.

        account: for whom it is asked, the importer or the broker that filed. Raises PermissionDenied for who does not
        belong to it, ValidationError while the examination is open, for an empty or an overlong text, and for the
        second open question of one kind. Whoever takes questions over hears of it by `examinations.signals.asked`.
        """
        if account.pk not in reach_now(by).own or account.pk not in (examination.account_id, examination.filer_id):
            raise PermissionDenied("Only members of the account ask about its results.")
        if examination.closed is None:
            raise ValidationError("This examination is still open; there is no result to ask about yet.")
        question: ResultQuestion = self.model(
            examination=examination, account=account, kind=kind, text=text.strip(), asked_by=by
        )
        question.clean_fields()
        try:
            with transaction.atomic():
                question.save()
        except IntegrityError as error:
            raise ValidationError(TWICE) from error
        asked.send(sender=ResultQuestion, question=question)
        return question


class ResultQuestion(models.Model):
    """A question of an account about the result of one of its examinations, and the answer of its manager.

    An answer is help: it binds nobody and stops no deadline (19 CFR 177 has the binding ones).
    """

    class Kind(models.TextChoices):
        DATA = "data", "The data are wrong"
        DISAGREE = "disagree", "I do not agree with the result"
        UNCLEAR = "unclear", "I do not understand the result"

    examination = models.ForeignKey(Examination, on_delete=models.CASCADE, related_name="questions")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(max_length=LONGEST)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer_text = models.TextField(max_length=LONGEST, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["ResultQuestion"]] = models.Manager.from_queryset(ResultQuestionQuerySet)()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["account", "asked_at"], condition=Q(answered_at=None), name="question_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["examination", "asked_by", "kind"], condition=Q(answered_at=None), name="question_open_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer_text="") | Q(answered_at__isnull=False) & ~Q(answer_text=""),
                name="question_answered_by_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.examination}"

    @staticmethod
    def within(held: Reach) -> Q:
        """Of one's own accounts and of those that one manages; a delegation opens none."""
        return of_accounts(held, "own") | of_accounts(held, "managed")

    def answer(self, text: str, *, by: Person) -> None:
        """Answer once, in words. Raises PermissionDenied for who neither manages the account nor is headquarters,
        ValidationError for an empty or overlong text and for a question that has its answer. Whoever took the question
        over hears of it by `examinations.signals.answered`."""
        self._write(text, by)
        with transaction.atomic():
            written = (
                type(self)
                .objects.filter(pk=self.pk, answered_at=None)
                .update(answer_text=self.answer_text, answered_by=by, answered_at=self.answered_at)
            )
            if not written:
                raise ValidationError("This question has been answered already.")
            answered.send(sender=ResultQuestion, question=self)

    def amend(self, text: str, *, by: Person) -> None:
        """Say what has come of it since: the row tells the newest word. Raises as `answer`; nobody is told by this."""
        self._write(text, by)
        self.save(update_fields=["answer_text", "answered_by", "answered_at"])

    def _write(self, text: str, by: Person) -> None:
        if not reach_now(by).sees_law_enforcement_data(self.account_id):
            raise PermissionDenied("Only the account's manager and headquarters answer.")
        self.answer_text, self.answered_by, self.answered_at = text.strip(), by, timezone.now()
        if not self.answer_text:
            raise ValidationError("Write the answer.")
        self.clean_fields(exclude=["examination", "account", "asked_by"])
