import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.calls import Caller
from tests.compliance.measurement.lines import import_lines, plan_of, review
from tests.named_people import World, world_again

pytestmark = pytest.mark.django_db
FIELDS = {
    *("id", "name", "starts", "ends", "state", "frozen_on", "closed_on"),
    *("examined", "wrong", "major", "rules", "letter_rate", "major_rate"),
}


def make_kept() -> World:
    world = world_again()
    import_lines(world, 120)
    plan = plan_of(world)
    plan.freeze(by=world.hq, seed=1, on=datetime.date(2026, 10, 5))
    for n, line in enumerate(plan.drawn.order_by("stratum__place", "entry_number")):
        review(world, line, "DISCREPANCY_LOL" if n % 4 == 0 else "NO_DISCREPANCY")
    plan_of(world, name="A draft")
    return world


@pytest.fixture
def measured(kept: World) -> World:
    return kept


def test_headquarters_reads_plans_with_their_rates(measured: World) -> None:
    caller = Caller(measured.hq)
    draft, plan = caller.rows("measurements/")
    assert set(plan) == set(draft) == FIELDS
    assert (draft["state"], draft["examined"], draft["letter_rate"]) == ("draft", None, None)
    assert (plan["state"], plan["examined"], plan["wrong"], plan["major"], plan["rules"]) == ("frozen", 40, 10, 0, 1)
    assert plan["letter_rate"]["low"] < 0.25 < plan["letter_rate"]["high"]
    assert plan["major_rate"]["rate"] == 0
    assert caller.ask(f"measurements/{plan['id']}/").json() == plan
    assert caller.rows("measurements/", page_size=1) == [draft, plan]
    assert caller.rows("measurements/", state="draft") == [draft]
    assert caller.rows("measurements/", start="2025-10-01") == []


def test_the_list_asks_no_more_often_with_more_plans(measured: World) -> None:
    caller = Caller(measured.hq)
    asked = []
    for more in (0, 3):
        for n in range(more):
            plan_of(measured, name=f"More {n}").freeze(by=measured.hq)
        caller.ask("measurements/")
        with CaptureQueriesContext(connection) as context:
            caller.ask("measurements/")
        asked.append(len(context))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert"])
def test_to_everybody_else_there_is_no_such_address(measured: World, name: str) -> None:
    caller = Caller(measured.people[name])
    assert caller.ask("measurements/").status_code == caller.ask("measurements/1/").status_code == 404
    assert "measurement" not in caller.ask("schema/").content.decode().lower().replace("random measurement", "")
