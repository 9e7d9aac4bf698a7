"""Who reads a plan, who writes it, who agrees."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from accounts.models import Delegation
from accounts.scope import acting_for
from compliance.plans.models import Action, Look, Plan, PlanStep, PlanVersion, RootCause, Verification
from compliance.trends.models import Trend
from tests.compliance.plans.world import DAY, PROBLEM, TODAY, agreed, begin, make_motors
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
EVERYBODY = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]
SEES = {"robin", "lee", "jordan", "hq"}


@pytest.mark.parametrize("name", EVERYBODY)
def test_row_security_and_visible_to_open_an_accounts_own_plans(world: World, name: str) -> None:
    verification = agreed(world)
    Look.objects.create(verification=verification, account=world.quillard, as_of=TODAY, examined=1, found=0)
    person, expected = world.people[name], int(name in SEES)
    with acting_for(person):
        for model in (Plan, Action, Verification, Look):
            assert model.objects.count() == expected, model
        assert PlanVersion.objects.count() == 2 * expected
        assert PlanStep.objects.count() == 3 * expected
        assert RootCause.objects.count() == 10
    for model in (Plan, Action, Verification, Look, PlanVersion, PlanStep):
        assert model.objects.visible_to(person).exists() == bool(expected), model


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_pages_open_to_those_of_the_account_alone(world: World, name: str) -> None:
    plan = agreed(world).plan
    action = plan.actions.get()
    client = signed_in(world, name)
    for rest in ("", "versions/", f"actions/{action.pk}/"):
        address = f"/accounts/{world.quillard.pk}/plan/{plan.pk}/{rest}"
        assert client.get(address).status_code == (200 if name in SEES else 404), address
    assert client.get(f"/accounts/{world.stranger.pk}/plan/{plan.pk}/").status_code == 404


def test_a_delegate_reads_and_writes_nothing(world: World) -> None:
    plan = begin(world)
    Delegation.objects.create(
        importer=world.quillard, broker=world.lindale, kinds=["trends"], power_of_attorney=TODAY,
        expires=TODAY + 30 * DAY,
    )  # fmt: skip
    client, base = signed_in(world, "billie"), f"/accounts/{world.quillard.pk}/plan/{plan.pk}/"
    page = client.get(base)
    assert page.status_code == 200
    assert b"Hand in the plan" not in page.content
    posts = ("edit/", "step/", "actions/", f"actions/{plan.actions.get().pk}/finish/")
    assert {
        client.post(
            base + rest, {"read": Plan.objects.get().version, "step": "close", "words": "x", "how": "x"}
        ).status_code
        for rest in posts
    } == {404}
    with acting_for(world.billie):
        assert Plan.objects.count() == 1
        assert not Plan.objects.update(problem="mine")
        with pytest.raises(PermissionDenied):
            Plan.objects.get().submit(by=world.billie, on=TODAY)


@pytest.mark.parametrize("name", ["sam", "billie", "morgan", "expert"])
def test_a_stranger_begins_no_plan(world: World, name: str) -> None:
    trend = make_motors(world)
    address = f"/accounts/{world.quillard.pk}/plan/start/{trend.pk}/"
    assert signed_in(world, name).post(address).status_code == 404
    with pytest.raises(PermissionDenied):
        Plan.start(trend, PROBLEM, by=world.people[name], on=TODAY)


def test_a_member_agrees_to_nothing_neither_by_the_page_nor_in_the_database(world: World) -> None:
    plan = begin(world)
    plan.submit(by=world.robin, on=TODAY)
    assert (
        signed_in(world, "robin")
        .post(f"/plan/{plan.pk}/step/", {"read": Plan.objects.get().version, "step": "agree"})
        .status_code
        == 404
    )
    with acting_for(world.robin):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Plan.objects.update(state="agreed")
        with pytest.raises(ProgrammingError), transaction.atomic():
            Verification.objects.create(
                plan=plan, account=world.quillard, number=1, limit_rate="0.1", hoped_rate="0.02", agreed_by=world.robin,
                agreed_on=TODAY, counted_from=TODAY + DAY,
            )  # fmt: skip
    plan.refresh_from_db()
    assert plan.state == "review"


@pytest.mark.parametrize("name", ["robin", "jordan", "hq"])
def test_nobody_changes_the_terms_once_they_are_agreed(world: World, name: str) -> None:
    agreed(world)
    with acting_for(world.people[name]), pytest.raises(ProgrammingError), transaction.atomic():
        Verification.objects.update(limit_rate="0.15")


def test_a_member_moves_no_plan_that_is_in_work(world: World) -> None:
    plan = agreed(world).plan
    with acting_for(world.robin):
        assert not Plan.objects.update(problem="Something else")
    page = signed_in(world, "robin")
    assert (
        page.post(
            f"/plan/{plan.pk}/step/", {"read": Plan.objects.get().version, "step": "close", "words": "Enough"}
        ).status_code
        == 404
    )
    assert page.get(f"/plan/{plan.pk}/edit/").status_code == 302
    plan.refresh_from_db()
    assert plan.state == "agreed"


def test_members_read_how_many_were_counted_only_where_reasons_are_disclosed(world: World, settings) -> None:
    verification = agreed(world, TODAY - 100 * DAY)
    Verification.objects.update(examined=17, found=1, as_of=TODAY)
    address = f"/accounts/{world.quillard.pk}/plan/{verification.plan_id}/"
    assert "Of 17 examinations drawn by lot" in signed_in(world, "robin").get(address).content.decode()
    settings.DISCLOSE_REASON = False
    page = signed_in(world, "robin").get(address).content.decode()
    assert "Of 17" not in page
    assert "enough" not in page.split("Is it cured?")[1].split("</section>")[0]
    assert "It cannot be told yet" in page
    assert "Of 17" not in signed_in(world, "robin").get("/plan/").content.decode()
    assert "Of 17 examinations drawn by lot" in signed_in(world, "jordan").get(address).content.decode()


def test_the_pages_never_speak_of_targeting_to_a_member(world: World) -> None:
    plan = agreed(world).plan
    for address in ("/plan/", f"/plan/{plan.pk}/", f"/trends/{Trend.objects.get().pk}/"):
        text = signed_in(world, "robin").get(address).content.decode().lower()
        assert "target" not in text
        assert "followup" not in text


def test_the_list_of_causes_is_headquarters(world: World) -> None:
    assert signed_in(world, "hq").get("/admin/plans/rootcause/").status_code == 200
    assert signed_in(world, "jordan").get("/admin/plans/rootcause/").status_code == 404
    with acting_for(world.jordan):
        assert not RootCause.objects.update(retired=True)
    with acting_for(world.hq):
        assert RootCause.objects.update(place=5) == 10


def test_the_first_page_says_what_a_plan_is_not(world: World) -> None:
    plan = begin(world)
    for name, base in (("robin", ""), ("jordan", f"/accounts/{world.quillard.pk}")):
        for page in ("/plan/", f"/plan/{plan.pk}/"):
            text = signed_in(world, name).get(base + page).content.decode()
            assert "no prior disclosure (19 CFR 162.74)" in text
            assert "never settled in a plan" in text


def test_dates_are_whole(world: World) -> None:
    assert begin(world).counted_from == TODAY + datetime.timedelta(days=30)
