"""A backtest: asked for by a person, computed by a worker, kept."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.history import acting
from accounts.models import Person
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.risk.backtest.computing import backtested
from compliance.risk.models.risk_model import RiskModel
from compliance.risk.signals import backtest_asked
from examinations.work import AskedWork, Tell

LEAST_DAYS = 30


class Backtest(AskedWork, OfHeadquarters):
    """The score as known on a past day against what random reviews selected after it found. For headquarters alone.

    found: as compliance/risk/backtest/computing.py gives it.
    """

    LOCK = 7_100_015
    ASKED = backtest_asked
    BUSY = "One is being computed already. Wait until it is done, then ask for the next."
    FAILED = "It ended with a fault of the portal. Ask again; if it stays so, tell who runs the portal."
    GAVE_UP = "The process that computed it ended three times before it was done. Ask again."

    as_of = models.DateField("score as known on")
    until = models.DateField("reviews selected until")
    model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="+")
    found = models.JSONField(null=True, editable=False)

    class Meta(AskedWork.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("as_of")), name="backtest_until_later"),
            models.UniqueConstraint(
                fields=["finished_at"],  # which the unfinished have none of
                nulls_distinct=False,
                condition=Q(state__in=["waiting", "running"]),
                name="one_backtest_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Backtest of {self.as_of}"

    @classmethod
    def ask(cls, *, by: Person, as_of: datetime.date, until: datetime.date | None = None) -> "Backtest":
        """Ask for one with the model in force; a worker computes it. until: today where None. Raises ValidationError for
        days that make none, and while another is being computed."""
        today = timezone.localdate()
        until = until or today
        if until > today:
            raise ValidationError({"until": "Nothing is known yet of that day: choose today or a day before."})
        if (until - as_of).days < LEAST_DAYS:
            raise ValidationError({"as_of": f"Leave {LEAST_DAYS} days at least in which reviews can find something."})
        with transaction.atomic(), acting(by, "ask_backtest"):
            return cls.ask_for(by=by, as_of=as_of, until=until, model=RiskModel.active())

    def act(self, tell: Tell) -> None:
        self.found = backtested(self.model.weights, self.as_of, self.until)
        self.save(update_fields=["found"])
