"""An improvement plan: one trend, why it is there, what is done about it, and by which test it counts as cured."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person
from compliance.plans.merging import merge
from compliance.plans.models.cause import RootCause
from compliance.plans.models.past import EDITABLE, LONGEST, OPEN, TEXT, PlanState, PlanStep, PlanVersion
from compliance.plans.models.verification import RATE, Outcome, Verification, day_before_any_data
from compliance.plans.sequential import HIGHEST_HOPED_SHARE, HIGHEST_LIMIT, HOPED_SHARE, LOWEST_LIMIT, default_limit
from compliance.trends.models import Measure, Trend
from compliance.trends.words import NO_ERROR
from examinations.models.examination import DiscrepancyType

#: Days that a new plan gives itself until counting starts: what is done about a problem takes time to show.
UNTIL_COUNTING = 30
#: Examinations picked at random, without which the rate at the start is that of all examinations.
ENOUGH_RANDOM = 20


class ChangedMeanwhile(Exception):
    """Somebody else changed the same fields. merged: what can be put together; clashing: what stands there now."""

    def __init__(self, plan: "Plan", by: Person, merged: dict[str, Any], clashing: dict[str, Any]) -> None:
        super().__init__(f"{by.name} changed it meanwhile.")
        self.plan, self.by, self.merged, self.clashing = plan, by, merged, clashing


class PlanQuerySet(VisibleQuerySet):
    def open(self) -> Self:
        """Those that still ask something of somebody."""
        return self.filter(state__in=OPEN)

    def of_trend(self, trend: Trend) -> Self:
        return self.filter(trend=trend)


class Plan(models.Model):
    """What an account and its manager do about one trend. The account writes it, the manager agrees to it.

    The cell is the trend's on the day on which the plan began: what the trend becomes later does not move the goal.
    Versions keep each text, steps each state. Revenue that is owed is never settled here, and a plan is no prior
    disclosure (19 CFR 162.74): its pages say so.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="plans")
    trend = models.ForeignKey(Trend, on_delete=models.PROTECT, related_name="plans")
    state = models.CharField(max_length=9, choices=PlanState, default=PlanState.DRAFT)
    version = models.PositiveIntegerField(default=1)

    problem = models.TextField(max_length=LONGEST)
    root_cause = models.ForeignKey(RootCause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cause = models.TextField("root cause in words", max_length=LONGEST, blank=True)
    limit_rate = models.DecimalField(**RATE)
    hoped_rate = models.DecimalField(**RATE)
    counted_from = models.DateField()

    port = models.CharField(max_length=4, blank=True)
    heading = models.CharField(max_length=4, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    manufacturer_id = models.CharField(max_length=15, blank=True)
    other_side = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    discrepancy_type = models.CharField(max_length=12, choices=DiscrepancyType, blank=True)
    start_examinations = models.PositiveIntegerField("closed examinations at the start")
    start_discrepancies = models.PositiveIntegerField("of these with the discrepancy")
    start_random = models.BooleanField("the start counts examinations picked at random alone", default=False)

    started_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()

    objects: ClassVar[models.Manager["Plan"]] = models.Manager.from_queryset(PlanQuerySet)()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["trend"], condition=~Q(state="closed"), name="plan_one_of_a_trend"),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.CheckConstraint(condition=Q(start_examinations__gt=0), name="plan_starts_with_examinations"),
        ]
        indexes = [models.Index(fields=["account", "state"], name="plan_of_account")]

    def __str__(self) -> str:
        return f"Plan of {self.account}, {self.started_on}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "trends")

    # ---- what it says of itself --------------------------------------------------------------------------

    @property
    def start_rate(self) -> float:
        return self.start_discrepancies / self.start_examinations

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def text(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in TEXT}

    def has_party(self, person: Person) -> bool:
        """Whether the person belongs to the account, answers for it, or works at headquarters: a delegate only reads."""
        return reach_now(person).opens(self.account_id)

    def is_reviewed_by(self, person: Person) -> bool:
        """Whether the person answers for the account, or works at headquarters."""
        return reach_now(person).sees_law_enforcement_data(self.account_id)

    # ---- verbs -------------------------------------------------------------------------------------------

    @classmethod
    def start(cls, trend: Trend, problem: str, *, by: Person, on: datetime.date) -> "Plan":
        """Begin a plan for a trend that stands; where one is open already, that one. problem: the trend in a sentence.

        Raises PermissionDenied for a stranger or a delegate, ValidationError where the trend is over.
        """
        if not reach_now(by).opens(trend.account_id):
            raise PermissionDenied
        open_one = cls.objects.of_trend(trend).exclude(state=PlanState.CLOSED).first()  # type: ignore[attr-defined]
        if open_one is not None:
            return open_one  # type: ignore[no-any-return]
        if not trend.stands or not trend.examinations:
            raise ValidationError("This trend is over, or what it rested on was corrected: there is nothing to cure.")
        if trend.measure in NO_ERROR:
            raise ValidationError("Goods held long and high costs are no errors: no plan is verified by them.")
        if trend.measure != Measure.DISCREPANCY:
            raise ValidationError("A plan is verified by examinations, and none shows when summaries are filed.")
        random = trend.random_examinations >= ENOUGH_RANDOM and trend.random_discrepancies > 0
        sides = (trend.random_examinations, trend.random_discrepancies)
        counted = sides if random else (trend.examinations, trend.discrepancies)
        limit = Decimal(str(default_limit(counted[1] / counted[0])))
        cell = ("port", "heading", "origin", "manufacturer_id", "other_side", "discrepancy_type")
        plan = cls(
            account=trend.account, trend=trend, problem=problem, limit_rate=limit,
            hoped_rate=max(limit * Decimal(str(HOPED_SHARE)), Decimal("0.001")).quantize(Decimal("0.001")),
            counted_from=on + datetime.timedelta(days=UNTIL_COUNTING), start_examinations=counted[0],
            start_discrepancies=counted[1], start_random=random, started_by=by, started_on=on,
            **{name: getattr(trend, name) for name in cell},
        )  # fmt: skip
        try:
            with transaction.atomic():
                plan.save(force_insert=True)
                plan._keep_version(by)
                plan._note(PlanState.DRAFT, by, on)
                trend.take_into_plan(by=by, on=on)
        except IntegrityError:  # a colleague began it at the same moment
            return cls.objects.exclude(state=PlanState.CLOSED).get(trend=trend)
        return plan

    def write(self, read: int, text: Mapping[str, Any], *, by: Person, on: datetime.date) -> list[str]:
        """Change the text; returns the fields in which somebody else's change, made meanwhile, was kept too.

        read: the version that the writer had before him. Raises ChangedMeanwhile where both changed a field,
        PermissionDenied for who is no party, ValidationError for what cannot be, or where the text stands.
        """
        self._check_party(by)
        with transaction.atomic():
            now = self._locked()
            mine = {name: text[name] for name in TEXT}
            if now.state not in EDITABLE:
                raise ValidationError(
                    "The plan is in work or over: its text stands. Your account manager can say more."
                )
            kept: list[str] = []
            if read != now.version:
                base = now.versions.filter(number=read).first()
                mine, clashing = merge(base.text if base else now.text, mine, now.text)
                if clashing:
                    raise ChangedMeanwhile(now, now.versions.select_related("by").latest("number").by, mine, clashing)
                kept = [name for name in TEXT if mine[name] != text[name]]
            _check_text(mine, now, on)
            changed = [name for name in TEXT if getattr(now, name) != mine[name]]
            for name in changed:
                setattr(now, name, mine[name])
            if changed:
                now.version += 1
                now.save(update_fields=[*changed, "version"])
                now._keep_version(by)
        self.refresh_from_db()
        return kept

    def submit(self, *, by: Person, on: datetime.date, read: int | None = None) -> None:
        """Hand the plan to the account manager. read: the version that was read. Raises PermissionDenied for who is no
        party, ValidationError with all that is still missing, or where the text is another by now."""
        self._check_party(by)
        with transaction.atomic():
            now = self._locked((PlanState.DRAFT, PlanState.NOT_CURED, PlanState.REOPENED))
            now._check_read(read)
            now._check_whole(on)
            now._enter(PlanState.REVIEW, by, on)
        self.refresh_from_db()

    def agree(self, *, by: Person, on: datetime.date, read: int | None = None) -> Verification:
        """Agree to the plan: it is in work, and the terms of its verification are fixed before any data.

        Counting starts on the day that the plan names, or tomorrow where that day has passed. read: the version that was
        read. Raises PermissionDenied for anybody but who answers for the account, ValidationError where something is
        missing, or where the text is another by now.
        """
        if not self.is_reviewed_by(by):
            raise PermissionDenied
        with transaction.atomic():
            now = self._locked((PlanState.REVIEW,))
            now._check_read(read)
            now._check_whole(on)
            verification = Verification.objects.create(
                plan=now, account_id=now.account_id, number=now.verifications.count() + 1, limit_rate=now.limit_rate,
                hoped_rate=now.hoped_rate, counted_from=day_before_any_data(now.counted_from, on), agreed_by=by,
                agreed_on=on,
            )  # fmt: skip
            now._enter(PlanState.AGREED, by, on)
            now.trend.take_into_plan(by=by, on=on)
        self.refresh_from_db()
        return verification

    def _check_read(self, read: int | None) -> None:
        if read is not None and read != self.version:
            by = self.versions.select_related("by").latest("number").by
            raise ValidationError(f"{by.name} changed the text meanwhile. Read it as it stands now, and go on.")

    def send_back(self, words: str, *, by: Person, on: datetime.date) -> None:
        """Ask the account to change something. Raises PermissionDenied and ValidationError as `agree`; without words too."""
        if not self.is_reviewed_by(by):
            raise PermissionDenied
        words = _said(words, "Say what is to be changed.")
        with transaction.atomic():
            self._locked((PlanState.REVIEW,))._enter(PlanState.DRAFT, by, on, words)
        self.refresh_from_db()

    def close(self, because: str, *, by: Person, on: datetime.date) -> None:
        """Give the plan up; in work only who answers for the account may. Raises as `send_back`."""
        self._check_party(by)
        if self.state == PlanState.AGREED and not self.is_reviewed_by(by):
            raise PermissionDenied
        because = _said(because, "Say why the plan is closed.")
        with transaction.atomic():
            now = self._locked(OPEN)
            now._enter(PlanState.CLOSED, by, on, because)
            now.trend.leave_plan(by=by, on=on)
        self.refresh_from_db()

    def end_verification(self, verification: Verification, outcome: str, *, on: datetime.date) -> None:
        """What its verification says, found by a worker: the problem is cured and the trend over, or it is not."""
        with transaction.atomic():
            now = self._locked((PlanState.AGREED,))
            verification.outcome, verification.ended_on = outcome, on
            verification.save(update_fields=["outcome", "ended_on"])
            now._enter(PlanState(outcome), None, on)
            if outcome == Outcome.CURED:
                counted = f"{verification.found} of {verification.examined}"
                because = f"The verification of its plan says cured: {counted} examinations drawn by lot found it."
                now.trend.resolve(by=None, on=on, because=because)

    def reopen(self, *, on: datetime.date, words: str) -> bool:
        """The trend is back: a cured plan asks for new actions and a new verification. False where it is not cured."""
        with transaction.atomic():
            now = Plan.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if now.state != PlanState.CURED:
                return False
            now._enter(PlanState.REOPENED, None, on, words)
        return True

    # ---- within ------------------------------------------------------------------------------------------

    def _check_party(self, by: Person) -> None:
        if not self.has_party(by):
            raise PermissionDenied

    def _locked(self, states: tuple[str, ...] = ()) -> "Plan":
        """The row as it stands now, held until the transaction ends. Raises ValidationError in any other state."""
        now = Plan.objects.select_for_update(of=("self",)).select_related("trend", "account").filter(pk=self.pk).first()
        if now is None:  # row security lets no member hold a plan that is in work or over
            raise ValidationError("The plan is in work or over: look at it again.")
        if states and now.state not in states:
            raise ValidationError(f"The plan is {now.get_state_display()} now: look at it again.")
        return now

    def _check_whole(self, on: datetime.date) -> None:
        missing = []
        if not self.root_cause_id or not self.cause.strip():
            missing.append("Say what the root cause is, from the list and in words.")
        if not self.trend.stands:
            missing.append("What the trend rested on was corrected: close the plan, there is nothing to cure.")
        missing += self.actions.all().missing(self, on)  # type: ignore[attr-defined]
        if missing:
            raise ValidationError(missing)

    def _enter(self, state: str, by: Person | None, on: datetime.date, words: str = "") -> None:
        self.state = state
        self.save(update_fields=["state"])
        self._note(state, by, on, words)

    def _note(self, state: str, by: Person | None, on: datetime.date, words: str = "") -> None:
        PlanStep.objects.create(plan=self, account_id=self.account_id, state=state, on=on, by=by, words=words)

    def _keep_version(self, by: Person) -> None:
        PlanVersion.objects.create(plan=self, account_id=self.account_id, number=self.version, by=by, **self.text)


def _said(words: str, otherwise: str) -> str:
    words = words.strip()
    if not words:
        raise ValidationError({"words": otherwise})
    if len(words) > LONGEST:
        raise ValidationError({"words": f"At most {LONGEST:,} letters."})
    return words


def _check_text(text: Mapping[str, Any], plan: Plan, on: datetime.date) -> None:
    wrong: dict[str, str] = {}
    if not text["problem"].strip():
        wrong["problem"] = "Say what the problem is."
    for name in ("problem", "cause"):
        if len(text[name]) > LONGEST:
            wrong[name] = f"At most {LONGEST:,} letters."
    limit, hoped = text["limit_rate"], text["hoped_rate"]
    if not LOWEST_LIMIT <= float(limit) <= HIGHEST_LIMIT:
        wrong["limit_rate"] = f"The limit lies between {LOWEST_LIMIT:.0%} and {HIGHEST_LIMIT:.0%}."
    elif float(limit) >= plan.start_rate > LOWEST_LIMIT:
        wrong["limit_rate"] = f"The limit lies below the rate at the start, {plan.start_rate:.1%}."
    elif not 0 < hoped <= limit * Decimal(str(HIGHEST_HOPED_SHARE)):
        wrong["hoped_rate"] = (
            "The hoped rate is above zero and at most half the limit: nearer, chance cannot tell them apart."
        )
    if text["counted_from"] != plan.counted_from and text["counted_from"] <= on:
        wrong["counted_from"] = "Counting starts tomorrow at the earliest: the terms are fixed before any data."
    if wrong:
        raise ValidationError(wrong)
