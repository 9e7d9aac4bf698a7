"""One account in one round: its inputs as they were, where it stands, what was decided."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Account, Center, Person
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.selection import ranking
from compliance.selection.caseload import BROKERS, NO_CENTER
from examinations.models.entry import MONEY

POINTS = {"max_digits": 5, "decimal_places": 2, "null": True}


@pghistory.track(
    pghistory.UpdateEvent(condition=pghistory.AnyChange("decision", "reason")),
    fields=["round", "account", "decision", "reason", "decided_by"],
    model_name="DecisionEvent",
)
class Candidate(OfHeadquarters):
    """Frozen when the round is opened. What decided is kept whole (`inputs`: the score's row as it was), so that the
    list can be computed again, and the effect be adjusted for it, when the score is another."""

    class Mark(models.TextChoices):
        ENTERS = ranking.ENTERS, "Enters"
        STAYS = ranking.STAYS, "Stays"
        LEAVES = ranking.LEAVES, "Leaves"
        WAITS = ranking.WAITS, "No room"
        NOT_YET = ranking.NOT_YET, "Not yet"

    class Decision(models.TextChoices):
        NONE = "", "Undecided"
        ACCEPTED = ranking.ACCEPTED, "Accepted"
        DECLINED = ranking.DECLINED, "Declined"
        DEFERRED = ranking.DEFERRED, "Deferred"
        TAKEN_IN = ranking.TAKEN_IN, "Taken in out of turn"

    class Outcome(models.TextChoices):
        AS_BEFORE = "", "As before"
        ENTERED = ranking.ENTERED, "Entered"
        LEFT = ranking.LEFT, "Left"

    #: Marks that change something, and so need a decision.
    TO_DECIDE: ClassVar = (Mark.ENTERS, Mark.LEAVES)

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="candidates", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="candidacies")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Account.Kind)
    center = models.ForeignKey(Center, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    center_presumed = models.BooleanField("Center by what it imports most", default=False)
    pool = models.CharField("whose capacity", max_length=8)
    state_before = models.CharField(max_length=11, choices=Account.State)
    managed = models.BooleanField("had a manager", default=False)
    isa = models.BooleanField("takes part in ISA", default=False)
    programs = models.JSONField(default=list)
    assessed_on = models.DateField("score of", null=True)
    score = models.DecimalField(**POINTS)
    band = models.CharField(max_length=8, blank=True)
    expected_loss = models.DecimalField("expected loss a year", null=True, **MONEY)
    value12 = models.DecimalField("value, 12 months", default=0, **MONEY)
    duty12 = models.DecimalField("duty, 12 months", default=0, **MONEY)
    parts = models.JSONField("points by part", default=dict)
    inputs = models.JSONField("everything the score was made of", default=dict)
    weight = models.DecimalField("weight in a caseload", max_digits=4, decimal_places=1)

    rank = models.PositiveIntegerField(null=True)
    mark = models.CharField("in this round", max_length=8, choices=Mark, default=Mark.NOT_YET)
    because = models.CharField(max_length=16, blank=True)
    probability = models.DecimalField("of entering by lot", max_digits=7, decimal_places=6, null=True)

    decision = models.CharField(max_length=8, choices=Decision, blank=True, default=Decision.NONE)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default=Outcome.AS_BEFORE)

    class Meta:
        ordering = ["-round", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["round", "account"], name="candidate_once_a_round"),
            models.CheckConstraint(condition=Q(decision="") | ~Q(reason=""), name="decision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(isa=False) | ~Q(decision__in=["declined", "deferred"]), name="isa_always_has_a_manager"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "rank"], name="candidate_by_rank"),
            models.Index(fields=["round", "mark", "rank"], name="candidate_by_mark"),
            models.Index(fields=["round", "pool", "rank"], name="candidate_by_pool"),
            models.Index(fields=["round", "decision", "rank"], name="candidate_decided", condition=~Q(decision="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def was_active(self) -> bool:
        """In the program when the round was opened."""
        return self.state_before == Account.State.ACTIVE

    @property
    def is_to_decide(self) -> bool:
        return self.mark in self.TO_DECIDE

    @property
    def has_a_pool(self) -> bool:
        return self.pool not in (BROKERS, NO_CENTER)
