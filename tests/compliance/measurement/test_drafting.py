"""A plan from its form to the draw, in the browser; what is refused on the way, and with which sentence."""

from typing import Any

import pytest

from compliance.measurement.models import MeasurementPlan, PlanWork
from tests.compliance.measurement.lines import import_lines, plan_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def _form(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Fiscal year 2025",
        "starts": "10/01/2024",
        "ends": "09/30/2025",
        "group_by": "chapter",
        "bands": "2500,25000",
        "whole_from": "",
        "lines": "40",
        "floor": "5",
        "expected_rate": "0.05",
        "review_days": "90",
    } | fields


def _work() -> None:
    """Do what a worker is asked for."""
    for work in PlanWork.objects.filter(state=PlanWork.State.WAITING):
        assert work.do()


def test_from_draft_to_frozen_in_the_browser(world: World) -> None:
    import_lines(world, 120)
    client = signed_in(world, "hq")
    assert client.post("/measurement/new/", _form()).status_code == 302
    plan = MeasurementPlan.objects.get()
    address = f"/measurement/{plan.pk}/"
    assert "<b>being counted</b>" in client.get(address).content.decode()
    assert "Waiting for a worker" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    _work()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = client.get(address).content.decode()
    assert "<b>40 of 120 lines</b> would be drawn" in page
    keys = {stratum.key: stratum.to_draw for stratum in plan.strata.all()}
    client.post(f"{address}change/", _form(lines="60", bands=""))
    assert not plan.strata.exists()
    _work()
    assert "<b>60 of 120 lines</b>" in client.get(address).content.decode()
    assert plan.strata.count() < len(keys)
    client.post(f"{address}change/", _form())
    _work()
    client.post(f"{address}sizes/", keys | {next(iter(keys)): 20})
    assert "<b>46 of 120 lines</b>" in client.get(address).content.decode()
    assert "Freeze this plan?" in client.get(f"{address}freeze/").content.decode()
    assert not plan.drawn.exists()
    for _ in range(2):
        assert "<b>being drawn</b>" in client.post(f"{address}freeze/", follow=True).content.decode()
    assert PlanWork.objects.filter(verb="freeze").count() == 1
    _work()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "Of <b>46 lines</b> drawn at random" in client.get(address).content.decode()
    assert "write a new plan" in client.post(f"{address}freeze/", follow=True).content.decode()
    assert plan.drawn.count() == 46


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"starts": "10/01/2025"}, "before the first"),
        ({"starts": "nonsense"}, "Enter a valid date"),
        ({"bands": "5,x"}, "Enter a number"),
        ({"bands": "9,5"}, "each larger than the one before"),
        ({"name": ""}, "required"),
    ],
)
def test_a_plan_that_cannot_be_is_sent_back_with_the_sentence(
    world: World, fields: dict[str, Any], because: str
) -> None:
    import_lines(world, 120)
    answer = signed_in(world, "hq").post("/measurement/new/", _form(**fields))
    assert answer.status_code == 200
    assert because in answer.content.decode()
    assert not MeasurementPlan.objects.exists()


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"lines": "500"}, "allow 120 or fewer"),
        ({"starts": "01/01/1990", "ends": "12/31/1990"}, "choose another"),
    ],
)
def test_what_only_the_count_can_tell_is_said_on_the_plans_page_and_can_be_mended(
    world: World, fields: dict[str, Any], because: str
) -> None:
    import_lines(world, 120)
    client = signed_in(world, "hq")
    client.post("/measurement/new/", _form(**fields))
    _work()
    address = f"/measurement/{MeasurementPlan.objects.get().pk}/"
    page = client.get(address).content.decode()
    assert because in page
    assert "could not be counted" in page
    assert "count the population first" in client.post(f"{address}freeze/", follow=True).content.decode()
    client.post(f"{address}change/", _form())
    _work()
    page = client.get(address).content.decode()
    assert because not in page
    assert "<b>40 of 120 lines</b>" in page


def test_a_name_that_is_taken_is_refused(world: World, frozen: MeasurementPlan) -> None:
    answer = signed_in(world, "hq").post("/measurement/new/", _form(name=frozen.name))
    assert "already exists" in answer.content.decode()


def test_tampered_sizes_change_nothing(world: World) -> None:
    import_lines(world, 120)
    plan = plan_of(world)
    client = signed_in(world, "hq")
    keys = {stratum.key: stratum.to_draw for stratum in plan.strata.all()}
    for wrong in ("9999", "-3", "x", ""):
        client.post(f"/measurement/{plan.pk}/sizes/", keys | {next(iter(keys)): wrong})
    assert {stratum.key: stratum.to_draw for stratum in plan.strata.all()} == keys


def test_what_comes_late_for_a_frozen_plan_is_told_that_it_is_frozen(world: World, frozen: MeasurementPlan) -> None:
    client = signed_in(world, "hq")
    before = list(frozen.strata.values_list("key", "to_draw", "expected_rate"))
    for page in ("sizes", "change", "freeze"):
        answer = client.post(f"/measurement/{frozen.pk}/{page}/", {"lines": "3"}, follow=True).content.decode()
        assert "to measure otherwise, write a new plan" in answer
    assert list(frozen.strata.values_list("key", "to_draw", "expected_rate")) == before
