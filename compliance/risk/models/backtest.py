"""A backtest: asked for by a person, computed by a worker, kept."""

import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.history import acting
from accounts.models import Person
from compliance.risk.backtest.computing import backtested
from compliance.risk.models.risk_model import RiskModel
from compliance.risk.signals import backtest_asked

LEAST_DAYS = 30
#: One that runs longer died with its process.
GIVEN_UP = datetime.timedelta(hours=1)


class Backtest(models.Model):
    """The score as known on a past day against what random reviews selected after it found. For headquarters alone.

    found: as compliance/risk/backtest/computing.py gives it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Being computed"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    UNFINISHED = (State.WAITING, State.RUNNING)

    as_of = models.DateField("score as known on")
    until = models.DateField("reviews selected until")
    model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING, editable=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, editable=False)
    found = models.JSONField(null=True, editable=False)

    objects: ClassVar[models.Manager["Backtest"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("as_of")), name="backtest_until_later")]

    def __str__(self) -> str:
        return f"Backtest of {self.as_of}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=())

    @classmethod
    def ask(cls, *, by: Person, as_of: datetime.date, until: datetime.date | None = None) -> "Backtest":
        """Ask for one with the model in force; a worker computes it. until: today where None. Raises ValidationError."""
        today = timezone.localdate()
        until = until or today
        if until > today:
            raise ValidationError({"until": "Nothing is known yet of that day: choose today or a day before."})
        if (until - as_of).days < LEAST_DAYS:
            raise ValidationError({"as_of": f"Leave {LEAST_DAYS} days at least in which reviews can find something."})
        with transaction.atomic(), acting(by, "ask_backtest"):
            running = cls.objects.filter(state__in=cls.UNFINISHED, asked_at__gt=timezone.now() - GIVEN_UP)
            if running.exists():
                raise ValidationError("One is being computed already. Wait until it is done, then ask for the next.")
            asked = cls.objects.create(by=by, as_of=as_of, until=until, model=RiskModel.active())
            transaction.on_commit(lambda: backtest_asked.send(cls, backtest=asked.pk), robust=True)
        return asked

    def compute(self) -> bool:
        """Compute and keep it; False where another process does or did. Dying half-way keeps nothing."""
        if not type(self).objects.filter(pk=self.pk, state=self.State.WAITING).update(state=self.State.RUNNING):
            return False
        fields: dict[str, object] = {"state": self.State.FAILED}
        try:
            fields = {"found": backtested(self.model.weights, self.as_of, self.until), "state": self.State.DONE}
        finally:
            type(self).objects.filter(pk=self.pk).update(**fields, finished_at=timezone.now())
        self.refresh_from_db()
        return True
