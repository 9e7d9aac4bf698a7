"""What headquarters' pages and the API show of plans: strata with progress, estimates overall and by part."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Center
from compliance.measurement.estimating import (
    Gap,
    Rated,
    bounds_without_assumption,
    gap_of,
    gap_of_part,
    rated,
    rated_part,
)
from compliance.measurement.issues import ISSUES
from compliance.measurement.major import Thresholds
from compliance.measurement.models import MajorRules, MeasurementPlan, Stratum, StratumPart
from compliance.measurement.results import Review, others_of, progress_of, reviews_of

SHORT = {issue.code: issue.short for issue in ISSUES}


@dataclass(frozen=True)
class StratumRow:
    """A stratum of a frozen plan: how far it is, its own rates, and what its lines are short of."""

    stratum: Stratum
    drawn: int
    examined: int
    overdue: int
    rated: Rated
    gap: Gap | None

    @property
    def name(self) -> str:
        return self.stratum.label


@dataclass(frozen=True)
class PartRow:
    """A part of the population: its lines, rates and revenue. short: its name beside a drawing, where it has one."""

    name: str
    population: int
    rated: Rated
    short: str = ""
    gap: Gap | None = None


@dataclass(frozen=True)
class Measured:
    """All that one frozen plan tells on a day, by one set of rules."""

    whole: Rated
    strata: list[StratumRow]
    parts: dict[str, list[PartRow]]
    gap: Gap | None
    drawn: int
    overdue: int
    waiting: list[str]
    without_assumption: tuple[float, float]
    called_major: int
    other_cargo: tuple[int, int]
    other_reviews: tuple[int, int]

    @property
    def missing(self) -> int:
        return self.drawn - self.whole.examined

    @property
    def duty(self) -> float:
        """Duty that was collected on the population, dollars."""
        return float(sum(row.stratum.duty for row in self.strata))


def rules_for(plan: MeasurementPlan, number: int | None) -> MajorRules:
    """The set of that number, else the newest in force when the plan was frozen; one that does not exist: that too."""
    asked = MajorRules.objects.filter(number=number).first() if number is not None else None
    return asked or MajorRules.in_force(plan.frozen_on or datetime.date.max)


def measured(plan: MeasurementPlan, rules: Thresholds, as_of: datetime.date) -> Measured:
    """Read and estimate a frozen plan; six statements."""
    strata = list(plan.strata.all())
    progress = progress_of(plan, as_of)
    reviews = reviews_of([plan], as_of)
    population = {one.pk: one.population for one in strata}
    by_stratum: dict[int, list[Review]] = defaultdict(list)
    for one in reviews:
        by_stratum[one.stratum].append(one)
    rows = [
        StratumRow(one, *progress.get(one.pk, (0, 0, 0)), *_told({one.pk: one.population}, by_stratum[one.pk], rules))
        for one in strata
    ]
    cells = [
        (row.stratum.population, row.drawn, row.examined, sum(one.wrong_share for one in by_stratum[row.stratum.pk]))
        for row in rows
        if row.drawn
    ]
    others = others_of(plan, as_of)
    return Measured(
        whole=rated(population, reviews, rules),
        strata=rows,
        parts=_parts(plan, reviews, rules),
        gap=gap_of(population, reviews),
        drawn=sum(row.drawn for row in rows),
        overdue=sum(row.overdue for row in rows),
        waiting=[row.stratum.label for row in rows if not row.examined],
        without_assumption=bounds_without_assumption(cells) if cells else (0.0, 1.0),
        called_major=sum(one.called_major for one in reviews),
        other_cargo=others.get("cargo", (0, 0)),
        other_reviews=others.get("reviews", (0, 0)),
    )


def _told(population: dict[int, int], reviews: Sequence[Review], rules: Thresholds) -> tuple[Rated, Gap | None]:
    return rated(population, reviews, rules), gap_of(population, reviews)


def _parts(plan: MeasurementPlan, reviews: Sequence[Review], rules: Thresholds) -> dict[str, list[PartRow]]:
    sizes: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for part in StratumPart.objects.filter(stratum__plan=plan).order_by("stratum__place", "dimension", "code"):
        sizes[part.dimension, part.code][part.stratum_id] = part.population
    of: dict[tuple[str, str], list[Review]] = defaultdict(list)
    for one in reviews:
        for place in (("center", one.center), ("chapter", one.chapter), *(("issue", code) for code in one.issues)):
            of[place].append(one)
    names = _names()
    found: dict[str, list[PartRow]] = {"center": [], "chapter": [], "issue": []}
    for (dimension, code), population in sorted(sizes.items()):
        name = names[dimension].get(code, f"Chapter {code}" if dimension == "chapter" else "No Center")
        lines = sum(population.values())
        short = SHORT.get(code, "") if dimension == "issue" else ""
        its = of[dimension, code]
        row = PartRow(name, lines, rated_part(population, its, rules), short, gap_of_part(population, its))
        found[dimension].append(row)
    return found


def _names() -> dict[str, dict[str, str]]:
    return {
        "center": dict(Center.objects.values_list("code", "name")),
        "chapter": {},
        "issue": {issue.code: issue.name for issue in ISSUES},
    }


def by_year(plans: Sequence[MeasurementPlan], rules: Thresholds, as_of: datetime.date) -> list[Rated]:
    """The rates of several frozen plans, by one set of rules; two statements however many plans there are."""
    of: dict[int, list[Review]] = defaultdict(list)
    strata: dict[int, dict[int, int]] = defaultdict(dict)
    plan_of: dict[int, int] = {}
    for pk, plan_id, population in Stratum.objects.filter(plan__in=plans).values_list("pk", "plan_id", "population"):
        strata[plan_id][pk] = population
        plan_of[pk] = plan_id
    for one in reviews_of(plans, as_of):
        of[plan_of[one.stratum]].append(one)
    return [rated(strata[plan.pk], of[plan.pk], rules) for plan in plans]
