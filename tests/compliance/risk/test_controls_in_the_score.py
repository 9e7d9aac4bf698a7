"""What the account manager reviewed, and what a plan promised and nobody did, enter the score of the days after."""

import datetime

import pytest

from compliance.risk.models import Assessment
from compliance.risk.recompute import recompute
from tests.compliance.controls.people import DAY, submitted
from tests.compliance.plans.world import DAY as A_DAY
from tests.compliance.plans.world import TODAY, begin
from tests.named_people import World

pytestmark = pytest.mark.django_db


def weak(world: World, as_of: datetime.date) -> float:
    recompute([world.quillard.pk], as_of)
    standing = Assessment.objects.filter(account=world.quillard, as_of__lte=as_of).latest("as_of")
    return float(standing.controls_weak)


def test_only_what_was_reviewed_by_the_day_counts(world: World) -> None:
    one = submitted(world, level=2)
    assert weak(world, DAY) == 0
    later = DAY + datetime.timedelta(days=10)
    one.agree(by=world.jordan, on=later)
    assert weak(world, later - datetime.timedelta(days=1)) == 0
    assert weak(world, later) == pytest.approx(0.3)
    assert float(Assessment.objects.get(account=world.quillard, as_of=later).controls) == pytest.approx(0.6)


def test_the_newest_review_counts(world: World) -> None:
    submitted(world, level=0).agree(by=world.jordan, on=DAY)
    assert weak(world, DAY) == 1
    later = DAY.replace(year=DAY.year + 1)
    submitted(world, level=3, on=later).agree(by=world.jordan, on=later)
    assert weak(world, later) == 0


def overdue(world: World, as_of: datetime.date) -> int:
    recompute([world.quillard.pk], as_of)
    return Assessment.objects.get(account=world.quillard, as_of=as_of).plan_overdue


def test_actions_of_open_plans_count_from_the_day_after_their_day_until_they_are_done(world: World) -> None:
    plan = begin(world, TODAY - 60 * A_DAY)
    due = TODAY - 30 * A_DAY
    assert [overdue(world, due + n * A_DAY) for n in (0, 1)] == [0, 1]
    action = plan.actions.get()
    action.finish("Renewed.", by=world.lee, on=TODAY - 5 * A_DAY)
    assert [overdue(world, TODAY - n * A_DAY) for n in (6, 5)] == [1, 0]


def test_what_a_closed_plan_left_undone_counts_no_more(world: World) -> None:
    plan = begin(world, TODAY - 60 * A_DAY)
    assert overdue(world, TODAY) == 1
    plan.close("The goods are not imported any more.", by=world.jordan, on=TODAY)
    assert overdue(world, TODAY) == 0
