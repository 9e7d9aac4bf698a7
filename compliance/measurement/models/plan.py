"""A plan of measurement, and what is done with it: drafted, frozen, handed out, closed."""

import datetime
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.history import acting
from accounts.models import Center, Person
from compliance.measurement import population
from compliance.measurement.models.chapter_groups import ChapterGroups
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.measurement.models.strata import Stratum
from compliance.measurement.models.work import PlanWork
from compliance.measurement.rate_file import what_changed
from compliance.measurement.results import earlier_rates, keep
from compliance.measurement.sizes import expected_margin, neyman

#: Of amounts that cut bands; and of lines that are examined whole, as many as may be drawn.
MOST_BANDS, MOST_WHOLE = 10, 50_000
FROZEN = "The plan is frozen and its lines are drawn: to measure otherwise, write a new plan."
NO_STRATA = "The plan has no strata: count the population first."


def default_bands() -> list[Decimal]:
    return [Decimal(2_500), Decimal(25_000)]


def _tell_nobody(stage: str) -> None:
    """Of work that nobody watches."""


def _unguessable() -> str:
    return secrets.token_hex(16)


@pghistory.track()
class MeasurementPlan(OfHeadquarters):
    """How the compliance of a period is measured: strata, how many lines of each, and, once frozen, which lines."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        FROZEN = "frozen", "Being examined"
        CLOSED = "closed", "Closed"

    class GroupBy(models.TextChoices):
        CHAPTER = "chapter", "Group of chapters"
        CENTER = "center", "Center of the importer"

    name = models.CharField(max_length=80, unique=True)
    starts = models.DateField("first entry date")
    ends = models.DateField("last entry date")
    group_by = models.CharField("strata by", max_length=7, choices=GroupBy, default=GroupBy.CHAPTER)
    groups = models.ForeignKey(
        ChapterGroups,
        to_field="number",
        default=1,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name="groups of chapters",
    )
    bands = ArrayField(
        models.DecimalField(max_digits=14, decimal_places=2),
        default=default_bands,
        blank=True,
        verbose_name="and by value of the line, cut at $",
    )
    whole_from = models.DecimalField(
        "every line from this duty on, $",
        null=True,
        blank=True,
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(1))],
        help_text="They are examined whole and add no sampling error. Empty: none.",
    )
    lines = models.PositiveIntegerField(
        "lines to draw at random", default=1_200, validators=[MinValueValidator(2), MaxValueValidator(50_000)]
    )
    floor = models.PositiveIntegerField(
        "at least so many a stratum", default=20, validators=[MinValueValidator(2), MaxValueValidator(10_000)]
    )
    expected_rate = models.FloatField(
        "rate to expect where no earlier plan tells",
        default=0.05,
        validators=[MinValueValidator(0.001), MaxValueValidator(0.5)],
        help_text="A share: 0.05 is 5 %.",
    )
    review_days = models.PositiveSmallIntegerField(
        "days to review them", default=90, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT, editable=False)
    seed = models.CharField(max_length=40, blank=True, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    frozen_on = models.DateField(null=True, editable=False)
    frozen_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    closed_on = models.DateField(null=True, editable=False)
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="plan_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(state="draft", frozen_on=None) | ~Q(state="draft") & Q(frozen_on__isnull=False),
                name="plan_frozen_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValidationError({"ends": "The last entry date lies before the first."})
        if self.bands and (self.bands != sorted(set(self.bands)) or self.bands[0] <= 0):
            raise ValidationError({"bands": "Amounts above zero, each larger than the one before."})
        if len(self.bands or ()) > MOST_BANDS:
            raise ValidationError({"bands": f"At most {MOST_BANDS} amounts: each stratum needs lines enough to tell."})

    # ---- while it is a draft -----------------------------------------------------------------------------------

    @classmethod
    def draft(cls, *, by: Person, **fields: Any) -> "MeasurementPlan":
        """Write a plan and count its strata, now. Raises ValidationError where it cannot be, saying what to do."""
        with transaction.atomic():
            plan = cls._written(by, fields)
            plan.count(by=by)
        return plan

    @classmethod
    def write(cls, *, by: Person, **fields: Any) -> "MeasurementPlan":
        """Write a plan, and have a worker count its strata. Raises ValidationError."""
        with transaction.atomic():
            plan = cls._written(by, fields)
            PlanWork.ask(plan, PlanWork.Verb.COUNT, by=by)
        return plan

    @classmethod
    def _written(cls, by: Person, fields: Mapping[str, Any]) -> "MeasurementPlan":
        plan = cls(made_by=by, **fields)
        plan.full_clean()
        with acting(by, "draft"):
            plan.save()
        return plan

    def change(self, *, by: Person, **fields: Any) -> None:
        """Change a draft and count its strata again, now. Raises ValidationError."""
        with transaction.atomic():
            self._changed(by, fields).count(by=by)
        self.refresh_from_db()

    def rewrite(self, *, by: Person, **fields: Any) -> None:
        """Change a draft, and have a worker count its strata again; until then it has none. Raises ValidationError."""
        with transaction.atomic():
            plan = self._changed(by, fields)
            plan.strata.all().delete()
            PlanWork.ask(plan, PlanWork.Verb.COUNT, by=by)
        self.refresh_from_db()

    def _changed(self, by: Person, fields: Mapping[str, Any]) -> "MeasurementPlan":
        PlanWork.refuse_meanwhile(self)
        plan = self._locked_draft()
        for name, value in fields.items():
            setattr(plan, name, value)
        plan.full_clean()
        with acting(by, "change"):
            plan.save()
        return plan

    def count(self, *, by: Person, tell: Callable[[str], None] = _tell_nobody) -> None:
        """Count the population of a draft, divide it into strata and allocate its lines. Raises ValidationError."""
        with transaction.atomic(), acting(by, "count"):
            plan = self._locked_draft()
            tell("Counting the lines of the period")
            plan._lay_strata()

    def set_sizes(self, sizes: Mapping[str, int], *, by: Person) -> None:
        """Draw other numbers of lines than were allocated. sizes: lines by key of the stratum. Raises ValidationError."""
        PlanWork.refuse_meanwhile(self)
        with transaction.atomic(), acting(by, "set_sizes"):
            plan = self._locked_draft()
            strata = list(plan.strata.all())
            unknown = set(sizes) - {stratum.key for stratum in strata}
            if unknown:
                raise ValidationError("The strata changed meanwhile: look at them again.")
            for stratum in strata:
                stratum.draw_this_many(sizes.get(stratum.key, stratum.to_draw))
            Stratum.objects.bulk_update(strata, ["to_draw"])

    def take_rates(self, rates: Mapping[str, tuple[int, float]], *, by: Person) -> None:
        """Expect other rates, and allocate the lines anew. rates: lines and rate by label of the stratum (rate_file.py).

        Raises ValidationError for a plan that is frozen, and for rates that were made for other strata.
        """
        PlanWork.refuse_meanwhile(self)
        with transaction.atomic(), acting(by, "take_rates"):
            plan = self._locked_draft()
            strata = list(plan.strata.all())
            sampled = [one for one in strata if not one.whole]
            given = {
                label: row for label, row in rates.items() if label not in {one.label for one in strata if one.whole}
            }
            changed = what_changed(given, {one.label: one.population for one in sampled})
            if changed:
                raise ValidationError(changed)
            for one in sampled:
                one.expected_rate, one.rate_from = rates[one.label][1], Stratum.RateFrom.FILE
            sizes = neyman(plan.lines, [(one.population, one.expected_rate) for one in sampled], plan.floor)
            for one, lines in zip(sampled, sizes, strict=True):
                one.draw_this_many(lines)
            Stratum.objects.bulk_update(sampled, ["expected_rate", "rate_from", "to_draw"])

    def _locked_draft(self) -> "MeasurementPlan":
        plan: MeasurementPlan = type(self).objects.select_for_update().get(pk=self.pk)
        if plan.state != self.State.DRAFT:
            raise ValidationError(FROZEN)
        return plan

    def _lay_strata(self) -> None:
        self.groups = ChapterGroups.in_force(timezone.localdate())
        self.save(update_fields=["groups"])
        counted = population.count(self)
        if not counted:
            raise ValidationError({"starts": "No entry line was filed in this period: choose another."})
        rates = earlier_rates(self)
        centers = dict(Center.objects.values_list("code", "name"))
        keys = sorted(counted, key=population.in_order)
        sampled = [key for key in keys if key != population.WHOLE]
        self._refuse_whole(counted.get(population.WHOLE, (0, 0, 0))[0], bool(sampled))
        expected = {key: rates.get(key, self.expected_rate) for key in keys}
        try:
            sizes = neyman(self.lines, [(counted[key][0], expected[key]) for key in sampled], self.floor)
        except ValueError as refused:
            raise ValidationError({"lines": str(refused)}) from refused
        drawn = dict(zip(sampled, sizes, strict=True))
        self.strata.all().delete()
        Stratum.objects.bulk_create(
            Stratum(
                plan=self,
                key=key,
                place=place,
                label=population.label_of(key, self, centers),
                population=counted[key][0],
                value=counted[key][1],
                duty=counted[key][2],
                expected_rate=expected[key],
                rate_from=Stratum.RateFrom.EARLIER if key in rates else Stratum.RateFrom.EVERYWHERE,
                to_draw=drawn.get(key, counted[key][0]),
            )
            for place, key in enumerate(keys, 1)
        )

    def _refuse_whole(self, lines: int, others: bool) -> None:
        if lines and not others:
            raise ValidationError(
                {"whole_from": "Every line of the period has this duty: raise the limit, or leave it empty."}
            )
        if lines > MOST_WHOLE:
            raise ValidationError(
                {
                    "whole_from": f"{lines:,} lines have this duty, and all of them would be examined: raise the limit until "
                    f"{MOST_WHOLE:,} or fewer have it."
                }
            )

    # ---- frozen, and after ---------------------------------------------------------------------------------------

    def ask_to_freeze(self, *, by: Person) -> PlanWork:
        """Have a worker draw the lines, once and for all. Raises ValidationError.

        Asked for twice it is done once. The seed is kept before anything is drawn: a worker that dies half-way, or is
        refused, and the next that tries draw the same lines of the same population. Nobody sees it before they are drawn.
        """
        doing = PlanWork.under_way(self)
        if doing and doing.verb == PlanWork.Verb.FREEZE:
            return doing
        PlanWork.refuse_meanwhile(self)
        with transaction.atomic(), acting(by, "ask_to_freeze"):
            plan = self._locked_draft()
            if not plan.strata.exists():
                raise ValidationError(NO_STRATA)
            if not plan.seed:
                plan.seed = _unguessable()
                plan.save(update_fields=["seed"])
            return PlanWork.ask(plan, PlanWork.Verb.FREEZE, by=by)

    def freeze(
        self,
        *,
        by: Person,
        seed: str | int | None = None,
        on: datetime.date | None = None,
        tell: Callable[[str], None] = _tell_nobody,
    ) -> int:
        """Draw the lines now, once and for all. Returns how many.

        seed: the same gives the same lines of the same population; None: the one that was kept when it was asked for, else
        one that nobody could guess. on: the day of the draw, for worlds that are invented. tell: hears what is being done.
        Raises ValidationError for a plan that is no draft, a stratum without population, a sample above its stratum, and where
        the population, or the groups of chapters in force, changed since it was counted.
        """
        with transaction.atomic(), acting(by, "freeze"):
            plan = self._locked_draft()
            strata = list(plan.strata.all())
            plan._refuse_other_groups()
            tell("Counting the lines of the period once more")
            counted = population.count(plan)
            plan._refuse_changed(strata, {key: lines for key, (lines, _, _) in counted.items()})
            plan.seed = str(seed) if seed is not None else plan.seed or _unguessable()
            plan.state, plan.frozen_by = plan.State.FROZEN, by
            plan.frozen_on = on or timezone.localdate()
            plan.full_clean(exclude=["name"])
            plan.save()
            tell("Drawing the lines")
            drawn = population.draw(plan, plan.frozen_on + datetime.timedelta(days=plan.review_days))
            if drawn != sum(stratum.to_draw for stratum in strata):
                raise ValidationError("A file came in while the lines were drawn: count again, then freeze.")
        self.refresh_from_db()
        return drawn

    def _refuse_other_groups(self) -> None:
        newest = ChapterGroups.in_force(timezone.localdate())
        if self.group_by == self.GroupBy.CHAPTER and self.groups_id != newest.number:
            raise ValidationError(
                f"{newest} of chapters came into force since the population was counted by {self.groups}: count again, look "
                "at the sizes, then freeze."
            )

    @staticmethod
    def _refuse_changed(strata: "list[Stratum]", now: Mapping[str, int]) -> None:
        if not strata:
            raise ValidationError(NO_STRATA)
        for stratum in strata:
            if not now.get(stratum.key):
                raise ValidationError(f"{stratum.label}: this stratum has no population any more. Count again.")
            stratum.draw_this_many(stratum.to_draw)
        if now != {stratum.key: stratum.population for stratum in strata}:
            raise ValidationError(
                "Entries came in or went since the population was counted: count again, look at the sizes, then freeze."
            )

    def hand_to(
        self, reviewer: str, *, by: Person, center: Center | None = None, due: datetime.date | None = None
    ) -> int:
        """Name who reviews a Center's lines (None: those of importers without one), and until when; returns how many."""
        if not reviewer.strip():
            raise ValidationError("Name who reviews these lines.")
        with transaction.atomic(), acting(by, "hand_to"):
            plan = type(self).objects.select_for_update().get(pk=self.pk)
            if due and plan.frozen_on and due < plan.frozen_on:
                raise ValidationError(
                    "These lines were drawn later than that: name a day on which they can be examined."
                )
            if plan.state != self.State.FROZEN:
                raise ValidationError("Lines are handed out while a plan is being examined, not before and not after.")
            fields: dict[str, Any] = {"reviewer": reviewer.strip()} | ({"due": due} if due else {})
            return int(plan.drawn.filter(center=center).update(**fields))

    def close(self, *, by: Person, on: datetime.date | None = None) -> None:
        """End the plan: what comes later, reviews or corrections of rows, changes nothing in it. Raises ValidationError."""
        with transaction.atomic(), acting(by, "close"):
            plan = type(self).objects.select_for_update().get(pk=self.pk)
            if plan.state != self.State.FROZEN:
                said = {self.State.DRAFT: "It is a draft: freeze it first.", self.State.CLOSED: "It is closed already."}
                raise ValidationError(said[plan.state])
            plan.state, plan.closed_by, plan.closed_on = self.State.CLOSED, by, on or timezone.localdate()
            keep(plan, plan.closed_on)
            plan.save()
        self.refresh_from_db()

    def margin(self, strata: "list[Stratum]") -> float | None:
        """Half the width of the interval to be expected; None where a stratum draws nothing."""
        if not strata or not all(stratum.to_draw for stratum in strata):
            return None
        return expected_margin([(one.population, one.to_draw, one.expected_rate) for one in strata])
