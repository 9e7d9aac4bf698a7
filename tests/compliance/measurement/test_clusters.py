"""Whole entries that were examined: the intervals hold though lines of an entry err together, and each counts once."""

import datetime
from decimal import Decimal

import pytest

from benchmarks.clusters import coverage
from compliance.measurement import stratified_rate
from compliance.measurement.estimating import rated
from compliance.measurement.major import Finding
from compliance.measurement.models import MajorRules, MeasurementPlan
from compliance.measurement.rates import Found, clustered_rate
from compliance.measurement.reading import measured
from compliance.measurement.results import Review, earlier_rates
from examinations.models import Entry
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, import_lines, plan_of, review
from tests.named_people import World

# ---- the estimate -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def covered() -> dict[str, dict[str, float]]:
    return coverage(samples=1_000, seed=20_261_126)


def test_the_interval_holds_where_lines_of_an_entry_err_together(covered: dict[str, dict[str, float]]) -> None:
    assert len(covered) == 16
    displayed = [one["displayed"] for one in covered.values()]
    assert min(displayed) >= 0.91
    assert 0.94 <= sum(displayed) / len(displayed) <= 0.975
    assert min(one["bound"] for one in covered.values()) >= 0.935


def test_the_rate_is_right_on_average_however_large_entries_are(covered: dict[str, dict[str, float]]) -> None:
    assert max(abs(one["bias"]) for one in covered.values()) < 0.03


def test_counting_every_line_of_an_entry_by_itself_would_not_hold(covered: dict[str, dict[str, float]]) -> None:
    """Else the populations would be too easy to show anything."""
    assert min(one["every line by itself"] for one in covered.values()) < 0.8


def test_lines_alone_are_estimated_as_ever() -> None:
    strata = [(40_000, 400, 8), (15_000, 300, 21), (145_000, 300, 3)]
    assert clustered_rate([Found(*one, one[2]) for one in strata]) == stratified_rate(strata)


def test_shares_of_entries_tell_more_than_whole_finds_of_the_same_sum_and_never_leave_zero_to_one() -> None:
    shares = clustered_rate([Found(10_000, 200, 20.0, 4.0)])
    finds = clustered_rate([Found(10_000, 200, 20.0, 20.0)])
    assert shares.rate == finds.rate == pytest.approx(0.1)
    assert shares.high - shares.low < finds.high - finds.low
    for found, squares in ((0.0, 0.0), (0.05, 0.0025), (199.5, 199.25), (200.0, 200.0)):
        one = clustered_rate([Found(10_000, 200, found, squares)])
        assert 0 <= one.low <= one.rate <= one.high <= 1
        assert 0 <= one.bound_low <= one.rate <= one.bound_high <= 1


RULES = MajorRules(number=1).thresholds


def of_entry(lines: int, *findings: Finding, disposition: str = "DISCREPANCY_LOL") -> Review:
    return Review(1, "", "85", (), lines, Decimal(100 * lines), lines > 1, disposition, findings)


def test_a_finding_is_taken_to_be_on_a_line_of_its_own_and_no_entry_has_more_wrong_lines_than_lines() -> None:
    small = Finding("DESC")
    assert of_entry(10, small).wrong_share == pytest.approx(0.1)
    assert of_entry(10).wrong_share == pytest.approx(0.1)  # a result without findings: one line at least
    assert of_entry(3, *[small] * 5).wrong_share == 1
    assert of_entry(10, disposition="NO_DISCREPANCY").wrong_share == 0
    assert of_entry(1, small, small).wrong_share == 1


def test_major_and_money_of_an_entry_are_those_of_its_mean_line() -> None:
    grave, slight = Finding("CLASS", revenue=Decimal(2_000)), Finding("CLASS", revenue=Decimal(5))
    one = of_entry(10, grave, slight)
    assert one.major_share(RULES) == pytest.approx(0.1)
    assert one.revenue_a_line == Decimal("200.5")
    found = rated({1: 1_000}, [one, *[of_entry(1, disposition="NO_DISCREPANCY")] * 9], RULES)
    assert (found.examined, found.wrong, found.majors, found.with_entry) == (10, 1, 1, 1)
    assert found.letter is not None
    assert found.major is not None
    assert (found.letter.rate, found.major.rate) == pytest.approx((0.02, 0.01))


# ---- which rows -------------------------------------------------------------------------------------------------


@pytest.fixture
def frozen(world: World) -> MeasurementPlan:
    """Each entry has one line in the population; that they have ten is what the loader says of them."""
    import_lines(world, 120)
    Entry.objects.filter(number__startswith="9XZ2").update(lines=10, duty=Decimal(200))
    plan = plan_of(world)
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    return plan


@pytest.mark.django_db
def test_a_review_of_the_whole_entry_fills_its_drawn_line_in_as_a_cluster(
    world: World, frozen: MeasurementPlan
) -> None:
    lines = drawn_of(frozen)
    assert (lines[0].entry_lines, lines[0].entry_duty) == (10, 200)
    for line in lines[1:]:
        review(world, line)
    review(world, lines[0], "DISCREPANCY_LOL", {"type": "DESC"}, line=None)
    found = measured(frozen, first_thresholds(), AS_OF)
    assert (found.whole.examined, found.whole.wrong, found.whole.with_entry, found.missing) == (40, 1, 1, 0)
    assert found.whole.letter is not None
    stratum = frozen.strata.get(pk=lines[0].stratum_id)
    assert found.whole.letter.rate == pytest.approx(0.1 / stratum.to_draw * stratum.population / 120)
    assert found.other_reviews == (0, 0)
    # Closed, it keeps what it rests on: later files correct the entry, and not the plan's numbers.
    frozen.close(by=world.hq, on=AS_OF)
    Entry.objects.filter(number=lines[0].entry_number).update(lines=2)
    assert measured(frozen, first_thresholds(), AS_OF).whole == found.whole


@pytest.mark.django_db
def test_the_lines_own_result_counts_before_that_of_its_entry(world: World, frozen: MeasurementPlan) -> None:
    """Else an entry examined whole because its line was wrong would make that line a tenth as bad."""
    line = drawn_of(frozen)[0]
    review(world, line, "DISCREPANCY_LOL", {"type": "DESC"}, line=None, day=datetime.date(2026, 11, 1))
    review(world, line, "DISCREPANCY_LOL", {"type": "DESC"}, day=datetime.date(2026, 11, 10))
    before = measured(frozen, first_thresholds(), datetime.date(2026, 11, 5))
    after = measured(frozen, first_thresholds(), AS_OF)
    assert (before.whole.with_entry, after.whole.with_entry) == (1, 0)
    (of_before, of_after) = (next(row for row in one.strata if row.examined).rated.letter for one in (before, after))
    assert of_before is not None
    assert of_after is not None
    assert (of_before.rate, of_after.rate) == pytest.approx((0.1, 1))


@pytest.mark.django_db
def test_a_whole_entry_counts_by_its_share_in_what_the_next_plan_expects(world: World, frozen: MeasurementPlan) -> None:
    line = drawn_of(frozen)[0]
    review(world, line, "DISCREPANCY_LOL", {"type": "DESC"}, {"type": "QTY"}, line=None)
    later = MeasurementPlan(
        starts=datetime.date(2025, 10, 1), ends=datetime.date(2026, 9, 30), bands=frozen.bands, expected_rate=0.05
    )
    assert earlier_rates(later) == {line.stratum.key: pytest.approx((0.2 + 20 * 0.05) / 21)}
