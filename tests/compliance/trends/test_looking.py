"""From examinations in the database to trends that stand, ease, are over and come back."""

import datetime
from decimal import Decimal

import numpy as np
import pytest
from django.utils import timezone

from compliance.trends.behind import examinations_behind
from compliance.trends.looking import find_trends
from compliance.trends.models import AccountTest, PeerFit, Trend, TrendStep
from compliance.trends.signals import crossed
from examinations.models import Discrepancy, Examination
from tests.compliance.trends.examined_world import BEGAN, PLANTED, bad, examine, examine_all, usual
from tests.named_people import World, world_again

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def make_kept() -> World:
    return examine_all(world_again())


@pytest.fixture
def examined(kept: World) -> World:
    return kept


def test_the_planted_problem_is_found_once_with_its_cell_its_beginning_and_its_money(examined: World) -> None:
    assert find_trends(None, TODAY) >= 1
    trend = Trend.objects.get(account=examined.quillard)
    assert (trend.manufacturer_id, trend.discrepancy_type) == (PLANTED["manufacturer_id"], "CLASS")
    assert (trend.state, trend.rests_on, trend.found_on) == ("new", "random", TODAY)
    assert abs((trend.since - (TODAY - datetime.timedelta(days=BEGAN))).days) <= 45
    assert trend.since_low <= trend.since <= trend.since_high
    assert 14 <= trend.discrepancies <= 16
    assert trend.expected < 3
    assert trend.revenue_found == 500 * trend.discrepancies
    assert trend.q_value <= 0.01
    assert trend.lines >= trend.examinations
    assert find_trends(None, TODAY) == 0
    assert Trend.objects.filter(account=examined.quillard).count() == 1
    assert list(TrendStep.objects.filter(trend=trend).values_list("state", flat=True)) == ["new"]


def test_what_was_found_is_what_the_rows_behind_it_show(examined: World) -> None:
    find_trends(None, TODAY)
    trend = Trend.objects.get(account=examined.quillard)
    rows = examinations_behind(trend, examined.jordan)
    assert rows.count() == trend.examinations
    assert rows.filter(shows=True).count() == trend.discrepancies


def test_more_targeting_at_the_same_hit_rate_announces_nothing(examined: World) -> None:
    kinds = ["CLASS", "VALUE", "QTY"]
    more = [
        row | {"reason": "TARGETED", "manufacturer_id": "CNMORE1SHA", "found": kinds[at % 3] if at % 20 == 0 else ""}
        for at, row in enumerate(bad(120))
    ]
    examine(examined.stranger, None, examined.load, more, 40_000)
    find_trends(None, TODAY)
    assert not Trend.objects.filter(account=examined.stranger).exists()


def test_targeted_hits_alone_are_named_as_what_they_are_and_claim_nothing_of_other_lines(world: World) -> None:
    random = np.random.default_rng(5)
    examine(world.quillard, None, world.load, usual(random, 150), 10_000)
    examine(world.stranger, None, world.load, usual(random, 150), 20_000)
    examine(world.quillard, None, world.load, bad(60, every=2, reason="TARGETED"), 30_000)
    find_trends(None, TODAY)
    trend = Trend.objects.get(account=world.quillard)
    assert trend.rests_on == "targeted"
    assert trend.revenue_at_stake == trend.revenue_found


def test_open_examinations_and_unknown_reasons_count_for_nothing(examined: World) -> None:
    of_quillard = Examination.objects.filter(account=examined.quillard, number__startswith="ZZZ0002")
    of_quillard.filter(pk__in=of_quillard.values("pk")[:40]).update(closed=None, disposition="PENDING")
    find_trends(None, TODAY)
    assert not Trend.objects.filter(account=examined.quillard).exists()


def test_after_a_load_only_the_touched_account_is_searched_and_errors_are_held_down_over_all(examined: World) -> None:
    examine(examined.stranger, examined.lindale, examined.load, bad(48, kind="VALUE"), 40_000)
    hidden = Discrepancy.objects.filter(account=examined.stranger, type="VALUE")
    kept = list(hidden.values_list("examination", flat=True))
    Examination.objects.filter(pk__in=kept).update(disposition="NO_DISCREPANCY")
    find_trends(None, TODAY)
    before = dict(AccountTest.objects.values_list("account", "p_value"))
    fits = PeerFit.objects.count()
    Examination.objects.filter(pk__in=kept).update(disposition="DISCREPANCY_MTD")
    assert find_trends([examined.stranger.pk], TODAY) >= 1
    after = dict(AccountTest.objects.values_list("account", "p_value"))
    assert PeerFit.objects.count() == fits
    assert after[examined.stranger.pk] < before[examined.stranger.pk]
    assert {pk for pk in before if before[pk] != after[pk]} <= {examined.stranger.pk}
    assert Trend.objects.get(account=examined.stranger).discrepancy_type == "VALUE"


def test_an_account_searched_alone_gets_the_p_value_that_it_has_among_all(examined: World) -> None:
    find_trends(None, TODAY)
    tests = AccountTest.objects.filter(measure="discrepancy")
    without = tests.exclude(account__in=Trend.objects.values("account"))
    account, p = without.values_list("account", "p_value").earliest("p_value")
    assert p < 1
    find_trends([account], TODAY)
    assert tests.get(account=account).p_value == pytest.approx(p, rel=1e-9)


def test_a_trend_whose_rows_were_corrected_away_is_over_and_says_why(examined: World) -> None:
    find_trends(None, TODAY)
    Examination.objects.filter(account=examined.quillard).update(disposition="NO_DISCREPANCY")
    find_trends(None, TODAY)
    trend = Trend.objects.get(account=examined.quillard)
    assert trend.state == "resolved"
    assert "corrected" in trend.resolved_because
    assert trend.resolved_on == TODAY


def test_it_eases_is_over_when_it_finds_no_more_and_comes_back_as_the_same(
    examined: World, django_capture_on_commit_callbacks
) -> None:
    heard = []

    def hear(sender, trends, state, **kwargs):
        heard.append((tuple(trends), state))

    crossed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            find_trends(None, TODAY)
        trend = Trend.objects.get(account=examined.quillard)
        later = TODAY + datetime.timedelta(days=200)
        clean = [row | {"ago": row["ago"] - 200, "found": ""} for row in bad(40, ago=200)]
        examine(examined.quillard, examined.lindale, examined.load, clean, 50_000)
        with django_capture_on_commit_callbacks(execute=True):
            find_trends(None, later)
        trend.refresh_from_db()
        assert trend.state == "resolved"
        assert "no more than is expected" in trend.resolved_because
        again = [row | {"ago": row["ago"] - 360} for row in bad(60, ago=160)]
        examine(examined.quillard, examined.lindale, examined.load, again, 60_000)
        with django_capture_on_commit_callbacks(execute=True):
            find_trends(None, TODAY + datetime.timedelta(days=380))
        trend.refresh_from_db()
        assert trend.state == "back"
        assert Trend.objects.filter(account=examined.quillard).count() == 1
        assert [state for of, state in heard if trend.pk in of] == ["new", "resolved", "back"]
    finally:
        crossed.disconnect(hear)


def test_what_is_back_to_usual_is_not_found_again_by_the_examinations_that_said_so(examined: World) -> None:
    examine(examined.quillard, examined.lindale, examined.load, bad(60, ago=60, every=2), 50_000)
    find_trends(None, TODAY)
    trend = Trend.objects.get(account=examined.quillard)
    clean = [row | {"ago": row["ago"] - 180, "found": ""} for row in bad(40, ago=180)]
    examine(examined.quillard, examined.lindale, examined.load, clean, 60_000)
    over = TODAY + datetime.timedelta(days=185)
    for day in (0, 1, 20):
        find_trends(None, over + datetime.timedelta(days=day))
        trend.refresh_from_db()
        assert (trend.state, trend.resolved_on) == ("resolved", over)


def test_what_was_corrected_away_is_found_again_when_that_is_taken_back(examined: World) -> None:
    find_trends(None, TODAY)
    trend = Trend.objects.get(account=examined.quillard)
    found = Examination.objects.filter(account=examined.quillard, disposition="DISCREPANCY_MTD")
    kept = list(found.values_list("pk", flat=True))
    found.update(disposition="NO_DISCREPANCY")
    find_trends(None, TODAY)
    Examination.objects.filter(pk__in=kept).update(disposition="DISCREPANCY_MTD")
    find_trends(None, TODAY)
    trend.refresh_from_db()
    assert trend.state == "back"


def test_a_broker_is_told_of_its_client_and_stakes_count_lines_that_nobody_looked_at(examined: World) -> None:
    find_trends(None, TODAY)
    trend = Trend.objects.filter(account=examined.lindale).first()
    assert trend is not None
    assert trend.revenue_at_stake >= trend.revenue_found > Decimal(0)


def test_what_a_clients_own_trend_explains_counts_once_in_the_worklist(examined: World) -> None:
    find_trends(None, TODAY)
    of_broker = Trend.objects.filter(account=examined.lindale)
    assert of_broker.exists()
    assert all(of_broker.values_list("shadow", flat=True))
    assert not Trend.objects.get(account=examined.quillard).shadow
    assert set(Trend.objects.once().values_list("account", flat=True)) == {examined.quillard.pk}
