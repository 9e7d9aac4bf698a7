"""Plans with their words, as pages show them: a few statements, however many plans."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Account
from compliance.plans.models import Action, Plan, PlanState, Verification
from compliance.plans.words import Proof
from compliance.trends.words import FOUND, Cell
from examinations.models import Port
from examinations.nomenclature import country

MARKS = {
    PlanState.DRAFT: "low",
    PlanState.REVIEW: "waiting",
    PlanState.AGREED: "moderate",
    PlanState.CURED: "done",
    PlanState.NOT_CURED: "held",
    PlanState.REOPENED: "held",
    PlanState.CLOSED: "none",
}


@dataclass(frozen=True)
class SaidPlan:
    """A plan with its words. verification: the newest; discloses: whether counts drawn by lot may be shown."""

    plan: Plan
    cell: Cell
    verification: Verification | None
    actions: list[Action]
    today: datetime.date
    discloses: bool

    @property
    def mark(self) -> str:
        return MARKS[PlanState(self.plan.state)]

    @property
    def found(self) -> str:
        return FOUND[self.plan.discrepancy_type]

    @property
    def proof(self) -> Proof | None:
        one = self.verification
        if one is None:
            return None
        return Proof(
            one.counted_from, self.today, float(one.limit_rate), one.examined, one.found, one.expected_needed,
            one.least_needed, one.outcome, one.ended_on,
        )  # fmt: skip

    @property
    def proven(self) -> str:
        proof = self.proof
        return "" if proof is None else proof.sentence if self.discloses else proof.untold

    @property
    def waiting(self) -> list[Action]:
        return [one for one in self.actions if one.waits]

    @property
    def overdue(self) -> list[Action]:
        return [one for one in self.waiting if one.due < self.today]

    @property
    def next_due(self) -> datetime.date | None:
        return min((one.due for one in self.waiting), default=None)


def said(plans: Iterable[Plan], *, today: datetime.date, discloses: bool) -> list[SaidPlan]:
    """In the order given; three statements (`account` and `other_side` come with the rows)."""
    rows = list(plans)
    ports = dict(Port.objects.filter(code__in={one.port for one in rows if one.port}).values_list("code", "name"))
    newest = {one.plan_id: one for one in Verification.objects.filter(plan__in=rows).order_by("number")}
    actions: dict[int, list[Action]] = {}
    for action in Action.objects.filter(plan__in=rows, dropped_on=None).select_related("owner", "done_by"):
        actions.setdefault(action.plan_id, []).append(action)
    return [
        SaidPlan(one, _cell(one, ports), newest.get(one.pk), actions.get(one.pk, []), today, discloses) for one in rows
    ]


def _cell(plan: Plan, ports: dict[str, str]) -> Cell:
    return Cell(
        port=ports.get(plan.port, plan.port),
        heading=plan.heading,
        origin=country(plan.origin) if plan.origin else "",
        manufacturer=plan.manufacturer_id,
        other_side=plan.other_side.name if plan.other_side else "",
        other="filer" if plan.account.kind == Account.Kind.IMPORTER else "client",
        kind=plan.discrepancy_type,
    )
