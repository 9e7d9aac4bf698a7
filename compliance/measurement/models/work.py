"""Long work on a plan: counting its population and drawing its lines."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.models import Person
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.measurement.signals import work_asked
from examinations.work import AskedWork, Tell


class PlanWork(AskedWork, OfHeadquarters):
    """One counting or drawing. Whatever becomes of its process, the plan is as before or the work is done, whole."""

    class Verb(models.TextChoices):
        COUNT = "count", "Counting the population"
        FREEZE = "freeze", "Drawing the lines"

    LOCK = 7_100_012
    ASKED = work_asked
    BUSY = "A worker counts or draws the lines of this plan just now. Wait until its page says how that ended."
    FAILED = "It ended with a fault of the portal, and nothing was changed. Ask again; if it stays so, tell who runs the portal."
    GAVE_UP = "The process that did this ended three times before it was done, and nothing was changed. Ask again."

    plan = models.ForeignKey("measurement.MeasurementPlan", on_delete=models.CASCADE, related_name="work")
    verb = models.CharField(max_length=6, choices=Verb)

    class Meta(AskedWork.Meta):
        verbose_name = "counting or drawing"
        verbose_name_plural = "counting and drawing"
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=["waiting", "running"]), name="one_work_a_plan_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.get_state_display().lower()}"

    @classmethod
    def ask(cls, plan: models.Model, verb: str, *, by: Person) -> "PlanWork":
        """Ask a worker, on commit. Raises ValidationError while it counts or draws already."""
        return cls.ask_for(plan=plan, verb=verb, by=by)

    @classmethod
    def under_way(cls, plan: models.Model) -> "PlanWork | None":
        """What a worker does with the plan now, or will; to be asked before its row is locked, which a worker may hold long."""
        return cls.objects.filter(plan=plan, state__in=cls.UNFINISHED).first()

    @classmethod
    def refuse_meanwhile(cls, plan: models.Model) -> None:
        """Raises ValidationError while a worker counts or draws: what it reads must not change under it."""
        if cls.under_way(plan):
            raise ValidationError(cls.BUSY)

    def act(self, tell: Tell) -> None:
        plan: Any = self.plan
        if self.verb == self.Verb.COUNT:
            plan.count(by=self.by, tell=tell)
        else:
            plan.freeze(by=self.by, tell=tell)
