"""Long work on a plan, counting its population and drawing its lines: asked for by a person, done once by a worker."""

import uuid
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Person
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.measurement.signals import work_asked
from examinations.locks import is_in_hand, take_in_hand

#: First key of the lock that proves that a process does a piece of this work.
LOCK = 7_100_012
BUSY = "A worker counts or draws the lines of this plan just now. Wait until its page says how that ended."
FAILED = (
    "It ended with a fault of the portal, and nothing was changed. Ask again; if it stays so, tell who runs the portal."
)
GAVE_UP = "The process that did this ended three times before it was done, and nothing was changed. Ask again."


class PlanWork(OfHeadquarters):
    """One counting or drawing. Whatever becomes of its process, the plan is as before or the work is done, whole."""

    class Verb(models.TextChoices):
        COUNT = "count", "Counting the population"
        FREEZE = "freeze", "Drawing the lines"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"

    UNFINISHED = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey("measurement.MeasurementPlan", on_delete=models.CASCADE, related_name="work")
    verb = models.CharField(max_length=6, choices=Verb)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField("times begun", default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "counting or drawing"
        verbose_name_plural = "counting and drawing"
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=["waiting", "running"]), name="one_work_a_plan_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.get_state_display().lower()}"

    @property
    def finished(self) -> bool:
        return self.state not in self.UNFINISHED

    @property
    def stage(self) -> str:
        """What a worker does just now, in a few words."""
        return str(cache.get(f"plan-work:{self.pk}", "Waiting for a worker"))

    @classmethod
    def ask(cls, plan: models.Model, verb: str, *, by: Person) -> "PlanWork":
        """Ask a worker, on commit. Raises ValidationError while it counts or draws already."""
        try:
            with transaction.atomic():
                asked = cls.objects.create(plan=plan, verb=verb, by=by)
        except IntegrityError as error:  # the database counts, two at once included
            raise ValidationError(BUSY) from error
        transaction.on_commit(lambda: work_asked.send(cls, work=str(asked.pk)), robust=True)
        return asked

    @classmethod
    def under_way(cls, plan: models.Model) -> "PlanWork | None":
        """What a worker does with the plan now, or will; to be asked before its row is locked, which a worker may hold long."""
        return cls.objects.filter(plan=plan, state__in=cls.UNFINISHED).first()

    @classmethod
    def refuse_meanwhile(cls, plan: models.Model) -> None:
        """Raises ValidationError while a worker counts or draws: what it reads must not change under it."""
        if cls.under_way(plan):
            raise ValidationError(BUSY)

    # ---- the worker's side ---------------------------------------------------------------------------------------

    def is_in_hand(self) -> bool:
        """Whether a process does it now."""
        return is_in_hand(LOCK, self.pk)

    def do(self) -> bool:
        """Do it; False where another process does, or did. Raises nothing for what the plan refuses: its page says why."""
        mine = type(self).objects.filter(pk=self.pk, state__in=self.UNFINISHED)
        if self.is_in_hand() or not mine.update(
            state=self.State.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
        ):
            return False
        try:
            with transaction.atomic():
                if not take_in_hand(LOCK, self.pk) or not mine.select_for_update().exists():
                    return False
                self._act()
                self.finish(self.State.DONE)
        except ValidationError as refused:
            self.finish(self.State.REFUSED, " ".join(refused.messages))
        except Exception:
            self.finish(self.State.FAILED, FAILED)
            raise
        return True

    def _act(self) -> None:
        def tell(stage: str) -> None:
            cache.set(f"plan-work:{self.pk}", stage, 3600)

        plan: Any = self.plan
        if self.verb == self.Verb.COUNT:
            plan.count(by=self.by, tell=tell)
        else:
            plan.freeze(by=self.by, tell=tell)

    def finish(self, state: str, message: str = "") -> None:
        """Keep how it ended, once."""
        type(self).objects.filter(pk=self.pk, state__in=self.UNFINISHED).update(
            state=state, message=message, finished_at=timezone.now()
        )
        self.refresh_from_db()
