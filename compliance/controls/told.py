"""A self-assessment as its pages show it: components with their score, what is left, and what to mend first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from compliance.controls.models import Answer, Component, QuestionSet, SelfAssessment
from compliance.controls.scoring import lost_by, score_of

SUGGESTED = 3


@dataclass(frozen=True)
class Part:
    """One component. left: questions still open. weak: below the set's limit. before: its score of the year before."""

    value: str
    label: str
    questions: int
    left: int
    score: Decimal | None
    weak: bool
    before: Decimal | None = None


@dataclass(frozen=True)
class Told:
    """The parts in COSO's order; suggested: answers of weak components, the dearest first, each with its action."""

    parts: list[Part]
    score: Decimal | None
    left: int
    suggested: list[Answer] = field(default_factory=list)

    @property
    def weak(self) -> list[Part]:
        return [one for one in self.parts if one.weak]


def told(answers: Iterable[Answer], asked: QuestionSet, before: dict[str, Decimal] | None = None) -> Told:
    """answers: of one self-assessment, with their questions and the corrections that the reader sees."""
    rows = list(answers)
    score = score_of([one.as_corrected for one in rows], asked.level_points)
    parts = []
    for component in Component:
        mine = [one for one in rows if one.question.component == component]
        points, left = score.components.get(component), sum(one.is_left for one in mine)
        weak = points is not None and not left and points < asked.weak_below
        parts.append(
            Part(component.value, component.label, len(mine), left, points, weak, (before or {}).get(component))
        )
    weak_ones = {one.value for one in parts if one.weak}
    dearest = sorted(
        (one for one in rows if one.question.component in weak_ones and lost_by(one.as_corrected, asked.level_points)),
        key=lambda one: (-lost_by(one.as_corrected, asked.level_points), one.question.position),
    )
    return Told(parts, score.total, sum(one.left for one in parts), dearest[: SUGGESTED * max(len(weak_ones), 1)])


def answers_of(assessments: Iterable[SelfAssessment]) -> dict[int, list[Answer]]:
    """The answers of several, with questions and corrections, by assessment: one statement."""
    found: dict[int, list[Answer]] = {one.pk: [] for one in assessments}
    rows = Answer.objects.filter(assessment__in=found).select_related("question", "correction")
    for one in rows.order_by("assessment", "question__position"):
        found[one.assessment_id].append(one)
    return found
