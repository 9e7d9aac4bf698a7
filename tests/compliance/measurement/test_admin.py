"""Plans in headquarters' administration: read whole, with history; what is done goes through the verbs."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.measurement.models import MeasurementPlan, PlanWork
from tests.compliance.measurement.lines import import_lines, plan_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/measurement/measurementplan/"


@pytest.fixture
def plan(world: World) -> MeasurementPlan:
    import_lines(world, 120)
    return plan_of(world)


def _act(world: World, action: str, *plans: MeasurementPlan) -> str:
    data = {"action": action, "_selected_action": [plan.pk for plan in plans]}
    return str(signed_in(world, "hq").post(LIST, data, follow=True).content.decode())


def test_from_draft_to_closed_by_actions_each_by_its_verb(world: World, plan: MeasurementPlan) -> None:
    assert "1 plan is being counted" in _act(world, "count", plan)
    assert "Wait until its page says" in _act(world, "freeze", plan)
    for verb in ("freeze", "freeze"):
        PlanWork.objects.get(state="waiting").do()
        answer = _act(world, verb, plan)
        if plan.drawn.exists():
            break
        assert "1 plan is being drawn" in answer
    assert "write a new plan" in answer
    assert plan.drawn.count() == 40
    assert "1 plan is closed" in _act(world, "close", plan)
    assert "closed already" in _act(world, "close", plan)
    plan.refresh_from_db()
    assert (plan.state, plan.closed_by) == ("closed", world.hq)


def test_the_page_has_strata_work_and_history_with_who_did_what(world: World, plan: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    address = f"{LIST}{plan.pk}/change/"
    plan.ask_to_freeze(by=world.hq)
    seed = MeasurementPlan.objects.get(pk=plan.pk).seed
    assert seed not in client.get(address).content.decode()  # whoever knew it could shape the strata by it
    PlanWork.objects.get().do()
    page = client.get(address).content.decode()
    assert seed in page
    assert "Machinery and electronics, below $2,500" in page
    for said in ("ask to freeze", "freeze", "Drawing the lines", world.hq.name):
        assert said in page
    assert 'name="_save"' not in page
    assert client.post(address, {"name": "Another"}).status_code == 403
    assert client.post(f"{LIST}{plan.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_its_page_asks_no_more_often_the_longer_its_history_is(world: World, plan: MeasurementPlan) -> None:
    client = signed_in(world, "hq")

    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(f"{LIST}{plan.pk}/change/").status_code == 200
        return len(context)

    asked()
    before = asked()
    for lines in (41, 42, 43):
        plan.change(by=world.hq, lines=lines)
    assert asked() == before


@pytest.mark.parametrize("name", ["robin", "billie", "jordan", "expert"])
@pytest.mark.parametrize("page", ["", "{plan}/change/", "{plan}/history/"])
def test_to_everybody_else_it_does_not_exist(world: World, plan: MeasurementPlan, name: str, page: Any) -> None:
    client = signed_in(world, name)
    address = LIST + page.format(plan=plan.pk)
    assert client.get(address).status_code == 404
    assert client.post(address, {"action": "close", "_selected_action": [plan.pk]}).status_code == 404


def test_nonsense_is_refused(world: World, plan: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    assert client.get(f"{LIST}999999999/change/").status_code in (302, 404)
    assert client.get(LIST, {"q": "'%_"}).status_code == 200
    assert client.get(f"{LIST}{plan.pk}/history/").status_code == 200
