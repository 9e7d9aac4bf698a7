"""A trend: one cell of an account's trade in which more is found than its past and its peers lead one to expect."""

import datetime
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Case, ExpressionWrapper, F, FloatField, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from compliance.trends.signals import crossed
from examinations.models.entry import MONEY
from examinations.models.examination import DiscrepancyType


class Measure(models.TextChoices):
    """What runs above what is expected."""

    DISCREPANCY = "discrepancy", "discrepancies"
    LONG_STAY = "long_stay", "long stays"
    COST = "cost", "costly examinations"
    LATE = "late", "late summaries"
    CORRECTED = "corrected", "corrections"


MEASURES = tuple(Measure.values)


class RestsOn(models.TextChoices):
    """Which examinations show it. Members read "other" in place of "targeted hits"."""

    RANDOM = "random", "random"
    TARGETED = "targeted", "targeted hits"
    BOTH = "both", "both"


class TrendState(models.TextChoices):
    NEW = "new", "new"
    SEEN = "seen", "seen"
    IN_PLAN = "in_plan", "in a plan"
    EASING = "easing", "easing"
    RESOLVED = "resolved", "resolved"
    BACK = "back", "back again"


#: States in which a trend stands: it is followed, and neither announced again nor tested again.
STANDING = (TrendState.NEW, TrendState.SEEN, TrendState.IN_PLAN, TrendState.EASING, TrendState.BACK)
#: States that nobody has looked at yet.
UNSEEN = (TrendState.NEW, TrendState.BACK)


class TrendQuerySet(VisibleQuerySet):
    def standing(self) -> Self:
        """Those that are not over."""
        return self.filter(state__in=STANDING)

    def once(self) -> Self:
        """Without those of a broker that its client's own trend explains: many accounts' sums count these there."""
        return self.filter(shadow=False)

    def with_weight(self) -> Self:
        """Each with `weight`: dollars at stake times how sure; what a worklist is ordered by."""
        sure = ExpressionWrapper(Value(1.0) - F("q_value"), output_field=FloatField())
        return self.annotate(
            weight=ExpressionWrapper(Cast("revenue_at_stake", FloatField()) * sure, output_field=FloatField())
        )

    def by_weight(self) -> Self:
        """The heaviest first; what stands before what is over."""
        over = Case(When(state=TrendState.RESOLVED, then=1), default=0)
        return self.with_weight().order_by(over, "-weight", "-discrepancies", "pk")


class Trend(models.Model):
    """A cell in which discrepancies (or another measure) run above what is expected, from run to run one row.

    The cell: the dimensions that are not empty, with their values. Counts are of closed examinations selected since it
    began; `expected`: discrepancies that peers and the account's own past lead one to expect among them. Which
    examinations those are: compliance.trends.behind. Why they were selected is told to members as "random measurement"
    or "other" alone.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="trends")
    measure = models.CharField(max_length=11, choices=Measure, default=Measure.DISCREPANCY)
    port = models.CharField(max_length=4, blank=True)
    heading = models.CharField(max_length=4, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    manufacturer_id = models.CharField(max_length=15, blank=True)
    other_side = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="filer of an importer's, client of a broker's",
    )
    discrepancy_type = models.CharField(max_length=12, choices=DiscrepancyType, blank=True)

    state = models.CharField(max_length=8, choices=TrendState, default=TrendState.NEW)
    rests_on = models.CharField(max_length=8, choices=RestsOn)
    found_on = models.DateField("announced on", help_text="The day as of which it was announced first.")
    as_of = models.DateField("counted as of")
    since = models.DateField("began about")
    since_low = models.DateField("began at the earliest, 90 %")
    since_high = models.DateField("began at the latest, 90 %")
    older = models.BooleanField("may be older than what is looked at", default=False)

    examinations = models.PositiveIntegerField("closed examinations since it began")
    discrepancies = models.PositiveIntegerField("of these with the discrepancy")
    expected = models.FloatField("discrepancies expected of them")
    random_examinations = models.PositiveIntegerField("of these picked at random", default=0)
    random_discrepancies = models.PositiveIntegerField(default=0)
    random_expected = models.FloatField(default=0)
    added_share = models.FloatField("share of lines that it adds, by examinations drawn by lot", default=0)
    lines = models.PositiveIntegerField("entry lines of the cell since it began", default=0)
    revenue_found = models.DecimalField("more owed, as found", default=0, **MONEY)
    revenue_at_stake = models.DecimalField("at stake", default=0, **MONEY)
    cost = models.DecimalField("of costly examinations, what they cost", default=0, db_default=0, **MONEY)
    #: Of costs: above which dollars an examination of a type counts as costly; for processes and the rows behind.
    limits = models.JSONField(default=dict, db_default={}, editable=False)
    shadow = models.BooleanField(
        "of a client's own trend", default=False, help_text="A broker's that its client's explains: counted there."
    )
    p_value = models.FloatField()
    q_value = models.FloatField("share of such announcements that are wrong, at most")

    recent_examinations = models.PositiveIntegerField("closed examinations of the last half year", default=0)
    recent_discrepancies = models.PositiveIntegerField(default=0)
    recent_expected = models.FloatField(default=0)
    odds_over = models.FloatField("log odds that it is over", default=0)
    #: For the chart: first day of the month, examinations, discrepancies, expected.
    months = models.JSONField(default=list)
    resolved_on = models.DateField(null=True, blank=True)
    resolved_because = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["Trend"]] = models.Manager.from_queryset(TrendQuerySet)()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("account", "measure", "port", "heading", "origin", "manufacturer_id"),
                    *("other_side", "discrepancy_type"),
                ],
                nulls_distinct=False,
                deferrable=models.Deferrable.IMMEDIATE,  # a search may exchange the names of two by one statement
                name="trend_one_of_its_cell",
            ),
            models.CheckConstraint(
                condition=Q(discrepancies__lte=F("examinations")), name="trend_finds_among_examinations"
            ),
            models.CheckConstraint(
                condition=Q(since_low__lte=F("since"), since__lte=F("since_high")), name="trend_began_in_its_interval"
            ),
        ]
        indexes = [models.Index(fields=["account", "state"], name="trend_of_account")]

    def __str__(self) -> str:
        return f"{self.account}: {', '.join(self.cell.values()) or 'all'} since {self.since}"

    @staticmethod
    def within(held: Reach) -> Q:
        """Open with trends; what examinations cost only with costs too: never to a broker that filed or a delegate of
        trends alone."""
        return of_accounts(held, "trends") & (~Q(measure=Measure.COST) | of_accounts(held, "cost"))

    @property
    def cell(self) -> dict[str, str]:
        """The dimensions that play a part, with their values."""
        named = ("port", "heading", "origin", "manufacturer_id", "discrepancy_type")
        given = {name: getattr(self, name) for name in named if getattr(self, name)}
        return given | ({"other_side": str(self.other_side_id)} if self.other_side_id else {})

    @property
    def rate(self) -> float:
        """Share of its examinations with the discrepancy, since it began."""
        return self.discrepancies / self.examinations if self.examinations else 0.0

    @property
    def expected_rate(self) -> float:
        return self.expected / self.examinations if self.examinations else 0.0

    @property
    def sure(self) -> float:
        """How sure, between 0 and 1: of trends announced with such figures so many are real at least."""
        return 1 - self.q_value

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    # ---- verbs -------------------------------------------------------------------------------------------

    def see(self, *, by: Person, on: datetime.date | None = None) -> bool:
        """Somebody of the account, or who manages it, has read of it. False where that was known."""
        moved = Trend.objects.filter(pk=self.pk, state__in=UNSEEN).update(state=TrendState.SEEN)
        if moved:
            self.state = TrendState.SEEN
            self._note(on or timezone.localdate(), by)
        return bool(moved)

    def take_into_plan(self, *, by: Person, on: datetime.date) -> bool:
        """A plan takes it up. False where it does not stand, or is in one."""
        wanted = [state for state in STANDING if state != TrendState.IN_PLAN]
        moved = Trend.objects.filter(pk=self.pk, state__in=wanted).update(state=TrendState.IN_PLAN)
        if moved:
            self.state = TrendState.IN_PLAN
            self._note(on, by)
        return bool(moved)

    def leave_plan(self, *, by: Person, on: datetime.date) -> bool:
        """Its plan was given up: it stands as one that was seen."""
        moved = Trend.objects.filter(pk=self.pk, state=TrendState.IN_PLAN).update(state=TrendState.SEEN)
        if moved:
            self.state = TrendState.SEEN
            self._note(on, by)
        return bool(moved)

    def resolve(self, *, by: Person | None, on: datetime.date, because: str) -> bool:
        """It is over, by its figures or by the verification of its plan; it is looked for anew from here on."""
        moved = Trend.objects.filter(pk=self.pk, state__in=STANDING).update(
            state=TrendState.RESOLVED, resolved_on=on, resolved_because=because
        )
        if moved:
            self.state, self.resolved_on, self.resolved_because = TrendState.RESOLVED, on, because
            self._note(on, by)
            announce([self.pk], TrendState.RESOLVED)
        return bool(moved)

    def _note(self, on: datetime.date, by: Person | None) -> None:
        TrendStep.objects.create(trend=self, account_id=self.account_id, state=self.state, on=on, by=by)


class TrendStep(models.Model):
    """A state that a trend entered, and on which day; by a person, or by the figures. Only added to."""

    trend = models.ForeignKey(Trend, on_delete=models.CASCADE, related_name="steps")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=TrendState)
    on = models.DateField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["TrendStep"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["trend", "pk"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} on {self.on}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends") & (~Q(trend__measure=Measure.COST) | of_accounts(held, "cost"))


def announce(trends: list[int], state: str) -> None:
    """Send `crossed` when the transaction commits."""
    if trends:
        transaction.on_commit(lambda: crossed.send(Trend, trends=trends, state=str(state)), robust=True)
