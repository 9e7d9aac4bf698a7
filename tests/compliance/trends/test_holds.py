"""Goods held long and high costs: found as kinds of their own, never as errors, and costs told to those who know them."""

import datetime
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Account, Delegation
from accounts.scope import acting_for
from compliance.plans.models import Plan
from compliance.trends.behind import examinations_behind
from compliance.trends.looking import find_trends
from compliance.trends.models import AccountTest, Trend, TrendStep
from examinations.models import Cost, Examination, Selection
from tests.api.calls import Caller
from tests.compliance.trends.examined_world import GOODS, PORTS, examine, make_trend
from tests.named_people import World, make_account, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
GOOD, BAD = GOODS[0], GOODS[2]


def holds(random: np.random.Generator, count: int, *, most: int = 700, **of_all: Any) -> list[dict[str, Any]]:
    """Holds of goods: one in ten is long, and costs are like those of everybody."""
    rows = []
    for ago in random.integers(30, most, count).tolist():
        hts, origin, maker = GOODS[int(random.integers(3))]
        row = {"ago": ago, "hts": hts, "origin": origin, "manufacturer_id": maker, "found": "", "reason": "TARGETED"}
        row |= {"port": PORTS[int(random.integers(3))], "held": 20 if random.random() < 0.1 else 3}
        rows.append(row | {"cost": round(float(random.lognormal(6.5, 0.5)), 2)} | of_all)
    return rows


def of_the_bad_maker(rows: list[dict[str, Any]], **changed: Any) -> list[dict[str, Any]]:
    hts, origin, maker = BAD
    return [row | {"hts": hts, "origin": origin, "manufacturer_id": maker} | changed for row in rows]


def make_kept() -> World:
    """Fifteen peers with brokers of their own, and Quillard as one of them."""
    world = world_again()
    random = np.random.default_rng(11)
    brokers = [make_account(f"Broker {at}", "broker", f"8Y{at}") for at in range(5)]
    for place in range(15):
        peer = make_account(f"Peer {place}", "importer", f"96-5{place:05}000")
        examine(peer, brokers[place % 5], world.load, holds(random, 40), 1_000 + 100 * place)
    examine(world.quillard, world.lindale, world.load, holds(random, 80), 10_000)
    examine(world.stranger, world.lindale, world.load, holds(random, 80), 30_000)
    return world


@pytest.fixture
def held(kept: World) -> World:
    return kept


def test_goods_held_long_are_found_with_their_maker_and_are_no_error(held: World) -> None:
    random = np.random.default_rng(12)
    lately = of_the_bad_maker(holds(random, 24, most=150))
    long = [row | {"held": (20, 3)[at % 2]} for at, row in enumerate(lately)]
    # Goods of the same heading and origin by another maker came in as before: what is named is the maker, on any day.
    hts, origin, _ = BAD
    beside = holds(random, 48, most=150, hts=hts, origin=origin, manufacturer_id="CNOTHER1SHA", held=3)
    examine(held.quillard, held.lindale, held.load, long + beside, 50_000)
    assert find_trends(None, TODAY) >= 1
    assert not Trend.objects.filter(measure="discrepancy").exists()
    trend = Trend.objects.get(account=held.quillard)
    assert (trend.measure, trend.manufacturer_id, trend.rests_on) == ("long_stay", BAD[2], "")
    assert (trend.revenue_found, trend.revenue_at_stake, trend.cost) == (0, 0, 0)
    rows = examinations_behind(trend, held.jordan)
    assert rows.count() == trend.examinations
    assert rows.filter(shows=True).count() == trend.discrepancies
    page = signed_in(held, "robin").get("/trends/").content.decode()
    assert "held the goods more than five business days" in page
    assert "is no error" in page
    assert find_trends(None, TODAY) == 0
    with pytest.raises(ValidationError, match="no errors"):
        Plan.start(trend, "Held long", by=held.robin, on=TODAY)


def test_a_port_where_everybody_is_held_long_for_a_month_is_nobodys_trend(held: World) -> None:
    jammed = {"port": PORTS[0], "held": 20}
    every = Examination.objects.exclude(filer=None).values_list("account", "filer").distinct()
    for at, (account, filer) in enumerate(every.order_by("account")):
        rows = holds(np.random.default_rng(at), 12, most=60, **jammed)
        examine(Account.objects.get(pk=account), Account.objects.get(pk=filer), held.load, rows, 60_000 + 100 * at)
    find_trends(None, TODAY)
    assert not Trend.objects.filter(measure="long_stay").exists()


def test_being_held_more_often_announces_nothing(held: World) -> None:
    random = np.random.default_rng(13)
    examine(held.quillard, held.lindale, held.load, of_the_bad_maker(holds(random, 120, most=200)), 50_000)
    find_trends(None, TODAY)
    assert not Trend.objects.exists()


def test_several_holds_of_one_entry_on_one_day_count_once(held: World) -> None:
    random = np.random.default_rng(14)
    one = examine(held.quillard, held.lindale, held.load, of_the_bad_maker(holds(random, 1, held=20)), 50_000)[0]
    again = [
        Examination(
            key=f"again {at}", account=one.account, filer=one.filer, identifier=one.identifier, entry=one.entry, line=1,
            type="TAIL", port=one.port, selected=one.selected, closed=one.closed, released=one.released,
            entry_number=one.entry_number, disposition=one.disposition, version_at=one.version_at, load=one.load,
        )
        for at in range(40)
    ]  # fmt: skip
    Examination.objects.bulk_create(again)
    Selection.objects.bulk_create(Selection(examination=row, account=row.account, reason="UNKNOWN") for row in again)
    find_trends(None, TODAY)
    assert not Trend.objects.exists()


def test_high_costs_are_found_and_one_large_bill_is_not(held: World) -> None:
    random = np.random.default_rng(15)
    dear = of_the_bad_maker(holds(random, 24, most=150), cost=2_500)
    examine(held.quillard, held.lindale, held.load, dear, 50_000)
    examine(held.stranger, held.lindale, held.load, of_the_bad_maker(holds(random, 1, most=40), cost=400_000), 51_000)
    find_trends(None, TODAY)
    trend = Trend.objects.get(measure="cost")
    assert (trend.account, trend.manufacturer_id) == (held.quillard, BAD[2])
    assert trend.cost >= 2_500 * 20
    assert trend.revenue_found == 0
    rows = examinations_behind(trend, held.robin)
    assert (rows.count(), rows.filter(shows=True).count()) == (trend.examinations, trend.discrepancies)
    assert not AccountTest.objects.filter(measure="cost", account__kind="broker").exists()


def test_what_an_account_records_itself_replaces_the_files_cost(held: World) -> None:
    random = np.random.default_rng(15)
    rows = examine(
        held.quillard, held.lindale, held.load, of_the_bad_maker(holds(random, 24, most=150), cost=2_500), 50_000
    )
    for row in rows:
        row.costs.model.objects.record(row, kind="storage", dated=TODAY, amount=300, by=held.robin)
    find_trends(None, TODAY)
    assert not Trend.objects.filter(measure="cost").exists()


def test_without_enough_accounts_with_costs_nobody_is_held_against_nobody(world: World) -> None:
    random = np.random.default_rng(16)
    examine(world.quillard, None, world.load, holds(random, 60), 1_000)
    examine(world.quillard, None, world.load, of_the_bad_maker(holds(random, 30, most=150), cost=9_000), 2_000)
    find_trends(None, TODAY)
    assert not Trend.objects.filter(measure="cost").exists()


def test_behind_a_load_the_newest_fit_and_its_limits_hold(held: World) -> None:
    find_trends(None, TODAY)
    random = np.random.default_rng(15)
    examine(held.quillard, held.lindale, held.load, of_the_bad_maker(holds(random, 24, most=150), cost=2_500), 50_000)
    assert find_trends([held.quillard.pk], TODAY) == 1
    assert Trend.objects.get().measure == "cost"
    assert set(Trend.objects.get().limits) == {"", "TAIL"}


def test_it_is_over_when_its_costs_were_corrected_away(held: World) -> None:
    random = np.random.default_rng(15)
    rows = of_the_bad_maker(holds(random, 24, most=150), cost=2_500)
    examine(held.quillard, held.lindale, held.load, rows, 50_000)
    find_trends(None, TODAY)
    Cost.objects.filter(account=held.quillard).update(amount=200)
    find_trends(None, TODAY + datetime.timedelta(days=1))
    assert Trend.objects.get(measure="cost").state == "resolved"


@pytest.mark.parametrize(
    ("kinds", "opens"), [(["trends"], False), (["cost"], False), (["trends", "cost"], True), (["examinations"], False)]
)
def test_costs_are_told_to_nobody_who_may_not_read_costs(world: World, kinds: list[str], opens: bool) -> None:
    trend = make_trend(world.quillard, measure="cost", cost=18_400)
    Delegation.objects.create(
        importer=world.quillard, broker=world.lindale, kinds=kinds, power_of_attorney=TODAY,
        expires=TODAY + datetime.timedelta(days=30),
    )  # fmt: skip
    for name, may in (("robin", True), ("jordan", True), ("hq", True), ("billie", opens), ("morgan", False)):
        person = world.people[name]
        assert Trend.objects.visible_to(person).exists() == may
        assert TrendStep.objects.visible_to(person).exists() == may
        with acting_for(person):
            assert (Trend.objects.exists(), TrendStep.objects.exists()) == (may, may)
        status = signed_in(world, name).get(f"/accounts/{world.quillard.pk}/trends/{trend.pk}/").status_code
        assert status == (200 if may else 404)
        assert (Caller(person).ask(f"trends/{trend.pk}/").status_code == 200) == may


def test_a_page_of_costs_says_what_they_came_to_and_that_nothing_need_be_wrong(world: World) -> None:
    trend = make_trend(world.quillard, measure="cost", cost=18_400, revenue_found=0, revenue_at_stake=0)
    page = signed_in(world, "robin").get(f"/trends/{trend.pk}/").content.decode()
    assert "cost more than nine in ten such examinations do" in page
    assert "A high cost is no error. These cost $18,400 together." in page
    assert "Start a plan" not in page
    assert "duty was found owed" not in page
