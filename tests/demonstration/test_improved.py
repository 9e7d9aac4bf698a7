"""The plans of the demonstration: one that cured its problem, one in work, whatever the day of the world is."""

import datetime
from dataclasses import dataclass

import pytest

from compliance.plans.models import Action, Plan
from demonstration.improved import CURED, MANAGER, improve
from demonstration.world.problems import first_of_month
from tests.compliance.plans.world import DAY, TODAY, later, make_motors
from tests.compliance.trends.examined_world import make_trend
from tests.named_people import World

pytestmark = pytest.mark.django_db
#: The problem is over since the first of the month so many months ago; its plan begins two months before.
ENDED, BEGAN = 8, 10


@dataclass(frozen=True)
class Problem:
    key: str
    kind: str
    accounts: tuple[str, ...]
    until: datetime.date | None


@dataclass(frozen=True)
class Invented:
    """As much of the demonstration's world as its plans ask for."""

    as_of: datetime.date
    importer: str
    planted: tuple[Problem, ...] = ()


def days_until(day: datetime.date) -> int:
    return (TODAY - day).days


def test_a_plan_counts_from_the_day_on_which_its_problem_is_over_and_is_cured(world: World) -> None:
    over = first_of_month(TODAY, ENDED)
    problem = Problem(CURED, "CLASS", (world.quillard.name,), over)
    invented = Invented(TODAY, world.stranger.name, (problem,))
    began = first_of_month(TODAY, BEGAN)
    make_motors(world, found_on=began)
    # The problem goes on until it is over: a test that counts these ends with "not cured".
    later(world, 20, 8, start=1_000, last=days_until(over) + 1)
    later(world, 60, 0, start=2_000, last=days_until(over) - 60)
    for months in range(BEGAN, -1, -1):
        improve(invented, first_of_month(TODAY, months))  # type: ignore[arg-type]
    plan = Plan.objects.get()
    assert (plan.account, plan.started_on, plan.counted_from) == (world.quillard, began, over)
    assert plan.state == "cured"
    assert plan.verifications.get().found == 0
    assert plan.started_on < plan.verifications.get().ended_on <= TODAY
    assert not Action.objects.waiting().exists()  # type: ignore[attr-defined]


def test_the_importers_plan_is_in_work_with_one_action_done_one_overdue_and_one_to_come(world: World) -> None:
    as_of = first_of_month(TODAY, 0) + 25 * DAY
    invented = Invented(as_of, world.quillard.name)
    make_motors(world)
    later(world, 20, 8, start=1_000, last=0)  # goes on being found: nothing of it is counted before next month
    for day in (first_of_month(as_of, 0), as_of):
        improve(invented, day)  # type: ignore[arg-type]
    plan = Plan.objects.get()
    assert (plan.account, plan.state) == (world.quillard, "agreed")
    assert plan.counted_from == first_of_month(as_of, -1)
    states = [(one.done_on is not None, one.due < as_of) for one in plan.actions.order_by("due")]
    assert states == [(True, True), (False, True), (False, False)]


def test_where_the_importer_has_no_trend_another_account_of_its_manager_has_the_plan(world: World) -> None:
    invented = Invented(TODAY, world.lindale.name)
    world.jordan.email = MANAGER
    world.jordan.save()
    make_trend(world.stranger)
    improve(invented, TODAY)  # type: ignore[arg-type]
    assert not Plan.objects.exists()
    make_motors(world)
    improve(invented, TODAY - DAY)  # type: ignore[arg-type]
    assert not Plan.objects.exists()
    improve(invented, TODAY)  # type: ignore[arg-type]
    assert [plan.account for plan in Plan.objects.all()] == [world.quillard]
