"""The questions of a self-assessment, in numbered sets: one that is in force, or was, is never changed."""

from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Person

FEWEST, MOST = 15, 25
#: One drafts or puts in force at a time.
LOCK = 7_100_031


class Component(models.TextChoices):
    """The five of COSO's framework of internal control, in its order (domain.md, internal control)."""

    ENVIRONMENT = "environment", "Control environment"
    RISK = "risk", "Risk assessment"
    ACTIVITIES = "activities", "Control activities"
    INFORMATION = "information", "Information and communication"
    MONITORING = "monitoring", "Monitoring"


class Level(models.IntegerChoices):
    """How far a control is in place."""

    NONE = 0, "Not in place"
    HABIT = 1, "Done, but not written down"
    WRITTEN = 2, "Written down and done"
    CHECKED = 3, "Written down, done, and checked by somebody else"


def first_points() -> list[int]:
    return [0, 35, 70, 100]


class QuestionSetQuerySet(VisibleQuerySet):
    def in_force(self) -> QuestionSet:
        """The set that a new self-assessment asks."""
        return self.filter(in_force_on__isnull=False).latest("number")


@pghistory.track()
class QuestionSet(models.Model):
    """Questions with their weights, the points of the levels, and below what a component is weak; by number."""

    number = models.PositiveIntegerField(unique=True)
    level_points = ArrayField(
        models.PositiveSmallIntegerField(),
        size=4,
        default=first_points,
        help_text="Points of the four levels, from not in place (0) to checked (100).",
    )
    weak_below = models.PositiveSmallIntegerField(
        "a component is weak below",
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Points of 100. This project's own choice, not a rule of CBP.",
    )
    drafted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drafted_on = models.DateField()
    in_force_on = models.DateField("in force since", null=True, blank=True)
    put_in_force_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[QuestionSet]] = models.Manager.from_queryset(QuestionSetQuerySet)()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(weak_below__range=(1, 100)), name="question_set_weak_in_points"),
            models.CheckConstraint(
                condition=Q(level_points__0=0, level_points__3=100)
                & Q(level_points__1__lte=models.F("level_points__2"), level_points__2__lte=100),
                name="question_set_points_rise",
            ),
        ]

    def __str__(self) -> str:
        return f"Question set {self.number}"

    @staticmethod
    def within(held: Reach) -> Q:
        """Everybody reads what is or was asked; a draft is headquarters' own."""
        return Q(in_force_on__isnull=False)

    @property
    def is_draft(self) -> bool:
        return self.in_force_on is None

    def clean(self) -> None:
        """Raises ValidationError where points do not rise from 0 to 100."""
        points = self.level_points or []
        if len(points) != len(Level) or points[0] != 0 or points[-1] != 100 or points != sorted(points):
            raise ValidationError({"level_points": "Four numbers that rise from 0 to 100, for example 0, 35, 70, 100."})

    @classmethod
    def draft(cls, *, by: Person, on: datetime.date) -> QuestionSet:
        """A copy of the set in force under the next number, to be edited.

        Raises PermissionDenied for anybody but headquarters, ValidationError while there is a draft already.
        """
        _only_headquarters(by)
        with transaction.atomic(), acting(by, "draft questions"):
            _one_at_a_time()
            if cls.objects.filter(in_force_on=None).exists():
                raise ValidationError("There is a draft already: edit that one, or put it in force.")
            held = cls.objects.in_force()  # type: ignore[attr-defined]
            newest = cls.objects.order_by("-number").values_list("number", flat=True)[0]
            made = cls.objects.create(
                number=newest + 1,
                level_points=held.level_points,
                weak_below=held.weak_below,
                drafted_by=by,
                drafted_on=on,
            )
            copies = list(held.questions.all())
            for one in copies:
                one.pk, one.question_set = None, made
                one._state.adding = True
            Question.objects.bulk_create(copies)
        return made

    def put_in_force(self, *, by: Person, on: datetime.date) -> None:
        """Ask this set from now on; what was answered under another keeps it.

        Raises PermissionDenied for anybody but headquarters; ValidationError where it is in force already, has too few or
        too many questions, or a component without one.
        """
        _only_headquarters(by)
        with transaction.atomic(), acting(by, "put questions in force"):
            _one_at_a_time()
            self.refresh_from_db()
            if not self.is_draft:
                raise ValidationError(f"{self} is in force, or was: make a draft of it.")
            self.clean()
            components = list(self.questions.values_list("component", flat=True))
            if not FEWEST <= len(components) <= MOST:
                raise ValidationError(f"A set has {FEWEST} to {MOST} questions; this one has {len(components)}.")
            missing = [one.label for one in Component if one.value not in components]
            if missing:
                raise ValidationError(f"No question asks about {', '.join(missing).lower()}.")
            self.in_force_on, self.put_in_force_by = on, by
            self.save(update_fields=["in_force_on", "put_in_force_by"])


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Question(models.Model):
    """One question of a set. code: the same in later sets where it asks the same, so that years can be compared."""

    question_set = models.ForeignKey(QuestionSet, on_delete=models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=30)
    component = models.CharField(max_length=11, choices=Component)
    position = models.PositiveSmallIntegerField()
    text = models.CharField("question", max_length=300)
    evidence = models.CharField("what shows it", max_length=300, help_text="Papers that would show it to a stranger.")
    action = models.CharField("what to do where it is weak", max_length=300)
    weight = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text="1 to 5, within its component."
    )

    objects: ClassVar[models.Manager[Question]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["question_set", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question_set", "code"], name="question_once_in_its_set"),
            models.CheckConstraint(condition=Q(weight__range=(1, 5)), name="question_weight_known"),
            models.CheckConstraint(condition=Q(component__in=Component.values), name="question_component_known"),
        ]

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(question_set__in_force_on__isnull=False)


def _only_headquarters(person: Person) -> None:
    if not (person.is_active and person.is_headquarters):
        raise PermissionDenied


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
