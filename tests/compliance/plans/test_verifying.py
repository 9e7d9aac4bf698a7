"""From later examinations to a verdict: what is counted, when it ends, and how a plan opens again."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from compliance.plans.counting import LAG_DAYS
from compliance.plans.models import Action, Look, Plan
from compliance.plans.verifying import verify
from compliance.trends.looking import find_trends
from compliance.trends.models import Trend
from compliance.trends.models.trend import announce
from examinations.models import Draw, Entry, Examination
from tests.compliance.plans.world import DAY, TODAY, agreed, later
from tests.compliance.trends.examined_world import bad, examine, examine_all
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
LONG_AGO = TODAY - 200 * DAY


def more(world: World, plan: Plan) -> None:
    given = {"what": "Check each new part", "owner": world.lee, "due": TODAY + DAY}
    Action.add(plan, given, by=world.robin, on=TODAY)


def test_clean_examinations_cure_and_the_trend_is_over(world: World) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 31, 0, start=1_000)
    assert verify(None, TODAY) == 0
    verification.refresh_from_db()
    # Limit 10 %, hoped 2 %: one clean examination speaks for a cure by ln(.98/.90) = .08516; 34 are needed.
    assert (verification.examined, verification.found, verification.least_needed) == (31, 0, 3)
    later(world, 3, 0, start=2_000, reason="FOLLOWUP")
    assert verify([world.quillard.pk], TODAY) == 1
    verification.refresh_from_db()
    assert (verification.examined, verification.outcome, verification.ended_on) == (34, "cured", TODAY)
    assert verification.plan.state == "cured"
    assert (verification.plan.trend.state, verification.plan.trend.resolved_on) == ("resolved", TODAY)
    assert list(Look.objects.values_list("examined", flat=True)) == [34]
    assert verify(None, TODAY) == 0


def test_finds_say_not_cured_and_the_trend_stays_in_its_plan(world: World) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 6, 2, start=1_000)
    assert verify(None, TODAY) == 1
    plan = Plan.objects.get()
    assert (plan.state, plan.trend.state) == ("not_cured", "in_plan")
    with pytest.raises(ValidationError, match="past"):
        plan.submit(by=world.robin, on=TODAY)
    plan.actions.get().finish("The list is new", by=world.lee, on=TODAY)
    with pytest.raises(ValidationError, match="beyond"):
        plan.submit(by=world.robin, on=TODAY)
    more(world, plan)
    plan.submit(by=world.robin, on=TODAY)
    again = plan.agree(by=world.jordan, on=TODAY)
    assert (again.number, again.counted_from, again.examined) == (2, TODAY + DAY, 0)
    verification.refresh_from_db()
    assert verification.examined == 6


@pytest.mark.parametrize(
    ("what", "row"),
    [
        ("targeted", {"reason": "TARGETED"}),
        ("too new", {"last": LAG_DAYS - 20}),
        ("another maker", {"manufacturer_id": "CNOTHER1SHA"}),
        ("another origin", {"origin": "VN"}),
        ("another heading", {"hts": "8504100000"}),
    ],
)
def test_what_is_not_drawn_by_lot_from_the_cell_counts_for_nothing(world: World, what: str, row: dict) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 10, 5, start=1_000, **row)
    assert verify(None, TODAY) == 0
    verification.refresh_from_db()
    assert verification.examined == 0


def test_follow_ups_without_a_lot_and_open_examinations_and_those_before_count_for_nothing(world: World) -> None:
    verification = agreed(world, LONG_AGO, TODAY - 60 * DAY)
    later(world, 5, 1, start=1_000, reason="FOLLOWUP")
    Draw.objects.filter(examination__number__startswith="ZZZ").delete()
    later(world, 5, 1, start=2_000)
    Examination.objects.filter(number__startswith="ZZZ000020").update(closed=None, disposition="PENDING")
    later(world, 5, 1, start=3_000, last=61)
    later(world, 4, 1, start=4_000)
    verify(None, TODAY)
    verification.refresh_from_db()
    assert (verification.examined, verification.found) == (4, 1)


def test_a_find_of_another_kind_is_no_find_of_this_problem(world: World) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 8, 0, start=1_000, found="VALUE")
    verify(None, TODAY)
    verification.refresh_from_db()
    assert (verification.examined, verification.found) == (8, 0)


def test_an_examination_of_a_whole_entry_counts_where_its_lines_agree(world: World) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 3, 0, start=1_000)
    Examination.objects.filter(number__startswith="ZZZ").update(line=None)
    mixed = Examination.objects.filter(number__startswith="ZZZ").first()
    row = mixed.entry.rows.get()
    row.pk, row.line, row.origin = None, 2, "VN"
    row.save(force_insert=True)
    verify(None, TODAY)
    verification.refresh_from_db()
    assert verification.examined == 2


def test_another_accounts_examinations_move_no_plan(world: World) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 10, 5, start=1_000)
    Examination.objects.filter(number__startswith="ZZZ").update(account=world.stranger)
    verify(None, TODAY)
    verification.refresh_from_db()
    assert verification.examined == 0


def test_a_load_elsewhere_counts_nothing_here(world: World) -> None:
    agreed(world, LONG_AGO)
    later(world, 6, 2, start=1_000)
    assert verify([world.stranger.pk], TODAY) == 0


def test_a_cured_plan_opens_again_when_its_trend_is_back(world: World, django_capture_on_commit_callbacks) -> None:
    agreed(world, LONG_AGO)
    later(world, 40, 0, start=1_000)
    verify(None, TODAY)
    Trend.objects.update(state="back")
    with django_capture_on_commit_callbacks(execute=True):
        announce(list(Trend.objects.values_list("pk", flat=True)), "back")
    plan = Plan.objects.get()
    assert plan.state == "reopened"
    assert "back" in plan.steps.last().words
    plan.actions.get().finish("The list is new", by=world.lee, on=TODAY)
    more(world, plan)
    plan.submit(by=world.robin, on=TODAY)
    assert plan.agree(by=world.jordan, on=TODAY).number == 2


def test_finds_of_before_its_cure_bring_no_trend_back_and_new_ones_do(
    world: World, django_capture_on_commit_callbacks
) -> None:
    examine_all(world)
    examine(world.quillard, world.lindale, world.load, bad(60, ago=150, every=2), 50_000)
    find_trends(None, TODAY)
    trend = Trend.objects.get(account=world.quillard)
    agreed(world, TODAY, trend=trend)
    later(world, 40, 0, start=60_000, last=-62)
    cured = TODAY + 95 * DAY
    assert verify(None, cured) == 1
    plan = Plan.objects.get()
    assert (plan.state, plan.trend.state) == ("cured", "resolved")
    for day in (cured + DAY, cured + 30 * DAY):
        with django_capture_on_commit_callbacks(execute=True):
            find_trends(None, day)
        plan.refresh_from_db()
        trend.refresh_from_db()
        assert (plan.state, trend.state) == ("cured", "resolved")
    later(world, 30, 15, start=70_000, last=-140)
    with django_capture_on_commit_callbacks(execute=True):
        find_trends(None, cured + 65 * DAY)
    plan.refresh_from_db()
    trend.refresh_from_db()
    assert (plan.state, trend.state) == ("reopened", "back")
    assert Trend.objects.filter(account=world.quillard).count() == 1


def test_corrected_counts_are_counted_anew_and_a_days_look_is_one(world: World) -> None:
    agreed(world, LONG_AGO)
    later(world, 10, 1, start=1_000)
    verify(None, TODAY)
    Examination.objects.filter(number__startswith="ZZZ").update(disposition="NO_DISCREPANCY")
    verify(None, TODAY)
    assert [(one.as_of, one.found) for one in Look.objects.all()] == [(TODAY, 0)]
    verify(None, TODAY + datetime.timedelta(days=1))
    assert Look.objects.count() == 1


def test_headquarters_reads_which_were_counted_and_nobody_else(world: World) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 4, 1, start=1_000, reason="FOLLOWUP")
    later(world, 3, 1, start=2_000, reason="TARGETED")
    verify(None, TODAY)
    address = f"/accounts/{world.quillard.pk}/plan/{verification.plan_id}/"
    office = signed_in(world, "hq").get(address).content.decode()
    assert office.count("ZZZ0000100") == 4
    assert "ZZZ000020" not in office
    for name in ("robin", "jordan"):
        read = signed_in(world, name).get(address).content.decode()
        assert "ZZZ0000" not in read
        assert "Of 4 examinations drawn by lot" in read


def test_goods_that_came_in_before_counting_started_are_not_counted_whenever_they_are_looked_at(world: World) -> None:
    verification = agreed(world, LONG_AGO)
    later(world, 20, 20, start=1_000, last=180)
    entered = verification.counted_from - DAY
    Entry.objects.filter(number__startswith="ZZZ0000").update(entry_date=entered)
    later(world, 6, 0, start=9_000)
    verify(None, TODAY)
    verification.refresh_from_db()
    assert (verification.examined, verification.found, verification.outcome) == (6, 0, "")


def test_an_examination_whose_entry_has_not_come_waits_for_it(world: World) -> None:
    verification = agreed(world, LONG_AGO, heading="", origin="", manufacturer_id="", port="2704")
    later(world, 9, 0, start=1_000)
    verify(None, TODAY)
    verification.refresh_from_db()
    assert verification.examined == 9
    Examination.objects.filter(number__in=("ZZZ00001000", "ZZZ00001001")).update(entry=None)
    verify(None, TODAY)
    verification.refresh_from_db()
    assert verification.examined == 7
