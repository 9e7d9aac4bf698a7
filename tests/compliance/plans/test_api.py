"""plan-items: the actions of plans, to those who see the plan."""

import pytest

from tests.api.calls import Caller
from tests.compliance.plans.world import DAY, TODAY, agreed
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "hq"])
def test_each_person_reads_the_items_of_the_plans_that_one_sees(world: World, name: str) -> None:
    plan = agreed(world).plan
    caller = Caller(world.people[name])
    rows = caller.rows("plan-items/")
    if name not in ("robin", "lee", "jordan", "hq"):
        assert rows == []
        return
    (row,) = rows
    assert (row["plan"], row["plan_state"], row["side"], row["owner_name"]) == (
        plan.pk,
        "agreed",
        "account",
        "Lee Farrow",
    )
    assert (row["due"], row["done_on"]) == (str(TODAY + 30 * DAY), None)
    assert caller.rows("plan-items/?open=true") == rows
    assert caller.rows(f"plan-items/?end={TODAY}") == []
    assert caller.ask("plan-items/", plan="nonsense").status_code == 400
