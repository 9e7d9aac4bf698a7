"""The factors are pure: same inputs, same points; more of what is bad never fewer; the parts add up exactly."""

import dataclasses
import datetime
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.measurement.issues import ISSUES, Issue
from compliance.risk.factors import FACTORS, LIMIT, LOSS, OTHERS, UPWARDS
from compliance.risk.factors.severity import posterior_severity
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.issues import INPUTS, in_force
from compliance.risk.model import FIRST, SECOND, Model, Term
from compliance.risk.score import bands_of, expected_loss, parts_of, score_of

money = st.floats(0, 1e12).map(lambda amount: round(amount, 2))
counts = st.integers(0, 10**7).map(float)


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, float]:
    """The inputs of one account, as the database could hold them."""
    reviews, lines, last_half = draw(counts), draw(counts), draw(money)
    wrong = min(reviews, draw(counts))
    return dict.fromkeys(NAMES, 0.0) | {
        "value12": draw(money),
        "duty12": draw(money),
        "entries12": draw(counts),
        "lines12": lines,
        "reviews": reviews,
        "reviews_wrong": wrong,
        "reviews_major": min(wrong, draw(counts)),
        "rate": draw(st.floats(0, 1)),
        "finds": draw(counts),
        "owed": draw(money),
        "value_last_half": last_half,
        "agriculture12": draw(money),
        "textiles12": draw(money),
        "adcvd12": draw(money),
        "agreements12": draw(money),
        "new_supplier_value": min(last_half, draw(money)),
        "new_origin_value": min(last_half, draw(money)),
        "new_heading_value": min(last_half, draw(money)),
        "controls_weak": draw(st.floats(0, 1)),
        "plan_overdue": draw(counts),
        "value_half_before": draw(money),
        "unsure_entries": draw(counts),
        "bond_amount": draw(st.one_of(st.just(0.0), st.floats(1, 1e10))),
        "duties_taxes_fees12": draw(money),
        "ctpat_tier": draw(st.sampled_from([0.0, 1.0, 2.0, 3.0])),
        "isa": draw(st.sampled_from([0.0, 1.0])),
    }


def inputs(*rows: dict[str, float]) -> Inputs:
    return Inputs(*(np.array([row[name] for row in rows], dtype=np.float64) for name in NAMES))


@given(st.lists(accounts(), min_size=1, max_size=20))
def test_the_parts_add_up_to_the_score_exactly_and_stay_on_the_scale(rows: list[dict[str, float]]) -> None:
    parts = parts_of(inputs(*rows), SECOND)
    score = score_of(parts)
    assert list(parts) == [*FACTORS, LIMIT]
    assert all(part.dtype == np.int64 for part in parts.values())
    for place in range(len(rows)):
        assert sum(int(part[place]) for part in parts.values()) == int(score[place])
    assert (score >= 0).all()
    assert (score <= 100_00).all()


@given(accounts())
def test_the_limit_of_the_scale_counts_only_where_the_sum_leaves_it(row: dict[str, float]) -> None:
    parts = parts_of(inputs(row), SECOND)
    total = sum(int(parts[name][0]) for name in FACTORS)
    assert int(parts[LIMIT][0]) == (0 if 0 <= total <= 100_00 else min(max(total, 0), 100_00) - total)


@given(accounts(), st.lists(accounts(), max_size=5))
def test_an_account_scores_the_same_alone_and_among_others(
    row: dict[str, float], others: list[dict[str, float]]
) -> None:
    alone, among = parts_of(inputs(row), SECOND), parts_of(inputs(*others, row), SECOND)
    assert {name: int(part[0]) for name, part in alone.items()} == {name: int(part[-1]) for name, part in among.items()}


@pytest.mark.parametrize("model", [FIRST, SECOND], ids=["first", "second"])
@given(row=accounts())
def test_the_other_factors_are_a_third_at_most_and_each_stays_within_its_points(
    model: Model, row: dict[str, float]
) -> None:
    parts = {name: int(points[0]) for name, points in parts_of(inputs(row), model).items()}
    assert model.loss_points >= 66 + 2 / 3
    assert 0 <= sum(parts[name] for name in LOSS) <= model.loss_points * 100 + 2
    assert sum(parts[name] for name in OTHERS) <= 33_33
    for name in UPWARDS:
        assert 0 <= parts[name] <= model.points.get(name, 0) * 100
    assert -model.points["programs"] * 100 <= parts["programs"] <= 0


#: More of the input never means fewer points of the factor (1), or never more (-1).
DIRECTIONS = [
    ("duty_at_stake", "duty12", 1),
    ("likelihood", "rate", 1),
    ("severity", "owed", 1),
    ("majors", "reviews_major", 1),
    ("majors", "reviews_wrong", -1),
    ("exposure", "agriculture12", 1),
    ("exposure", "textiles12", 1),
    ("exposure", "adcvd12", 1),
    ("exposure", "agreements12", 1),
    ("change", "new_supplier_value", 1),
    ("change", "new_origin_value", 1),
    ("change", "new_heading_value", 1),
    ("change", "value_last_half", -1),
    ("growth", "value_last_half", 1),
    ("growth", "value_half_before", -1),
    ("controls", "controls_weak", 1),
    ("controls", "plan_overdue", 1),
    ("bond_use", "duties_taxes_fees12", 1),
    ("data_quality", "unsure_entries", 1),
    ("programs", "ctpat_tier", -1),
    ("programs", "isa", -1),
]
EACH_COUNTS = dataclasses.replace(SECOND, points=dict(SECOND.points) | {"growth": 5.0})


def test_every_factor_has_a_direction() -> None:
    assert {factor for factor, _, _ in DIRECTIONS} == set(FACTORS)


@pytest.mark.parametrize(("factor", "name", "way"), DIRECTIONS)
@settings(max_examples=40)
@given(row=accounts(), more=st.floats(0, 1e9))
def test_points_move_with_what_they_count(factor: str, name: str, way: int, row: dict[str, float], more: float) -> None:
    raised = row | {name: row[name] + more}
    before, after = FACTORS[factor](inputs(row), EACH_COUNTS)[0], FACTORS[factor](inputs(raised), EACH_COUNTS)[0]
    assert way * (int(after) - int(before)) >= 0


@settings(max_examples=40)
@given(row=accounts(), more=counts)
def test_a_factor_without_points_counts_nothing(row: dict[str, float], more: float) -> None:
    bare = dataclasses.replace(SECOND, points={})
    parts = parts_of(inputs(row), bare)
    assert {int(parts[name][0]) for name in OTHERS} == {0}


NOTHING = dict.fromkeys(NAMES, 0.0)


def points(factor: str, model: Model = SECOND, **changes: float) -> float:
    return float(FACTORS[factor](inputs(NOTHING | changes), model)[0]) / 100


def test_an_account_without_anything_has_points_for_usual_severity_alone() -> None:
    parts = {name: int(part[0]) for name, part in parts_of(inputs(NOTHING), SECOND).items()}
    span = np.log(50_000) + np.log(30) + np.log(60)
    assert parts.pop("severity") == round(7000 * np.log(0.2 / 0.05) / span)
    assert set(parts.values()) == {0}


def test_ten_times_the_duty_is_the_same_number_of_points_whatever_the_size() -> None:
    steps = [points("duty_at_stake", duty12=10.0**power) for power in (3, 4, 5, 6, 7)]
    assert {round(after - before, 1) for before, after in itertools.pairwise(steps)} == {8.8}


def test_likelihood_begins_at_one_percent_and_ends_at_thirty() -> None:
    assert points("likelihood", rate=0.01) == points("likelihood", rate=0.001) == 0
    assert points("likelihood", rate=0.3) == points("likelihood", rate=0.9) == 13.0


def test_one_dear_find_is_leant_on_the_usual() -> None:
    """A find of twice a line's duty: (2 + 10 x 0.2) / 11, and not 2."""
    line = {"duty12": 1_000.0, "lines12": 10.0}
    assert posterior_severity(inputs(NOTHING | line | {"owed": 200, "finds": 1}), SECOND)[0] == pytest.approx(4 / 11)
    assert posterior_severity(inputs(NOTHING | line | {"owed": 2e5, "finds": 1000}), SECOND)[0] == pytest.approx(
        2002 / 1010
    )


def test_grave_errors_count_above_a_quarter_and_few_prove_little() -> None:
    assert points("majors", reviews_wrong=40, reviews_major=10) == 0
    assert points("majors", reviews_wrong=1, reviews_major=1) == 4 * 0.3
    assert points("majors", reviews_wrong=400, reviews_major=400) == 4


def test_exposure_is_the_share_of_value_and_never_more_than_all() -> None:
    assert points("exposure", value12=1_000, textiles12=250) == 1.5
    assert points("exposure", value12=1_000, textiles12=900, agreements12=900) == 6
    assert points("exposure", textiles12=900) == 0


def test_an_issue_counts_only_while_it_is_one() -> None:
    given_ = inputs(NOTHING | {"textiles12": 9.0, "adcvd12": 7.0})
    assert in_force(given_, datetime.date(2016, 2, 23)).adcvd12[0] == 0
    assert in_force(given_, datetime.date(2016, 2, 24)).adcvd12[0] == 7
    assert set(INPUTS) == {issue.code for issue in ISSUES}
    over = Issue("x", "x", "x", "false", datetime.date(2000, 1, 1), datetime.date(2020, 1, 1))
    assert over.on(datetime.date(2019, 12, 31))
    assert not over.on(datetime.date(2020, 1, 1))


def test_of_what_is_new_the_largest_share_counts_and_half_of_the_value_is_all() -> None:
    half = {"value_last_half": 1_000.0}
    assert points("change", **half, new_supplier_value=250, new_origin_value=100) == 3
    assert points("change", **half, new_heading_value=500) == points("change", **half, new_heading_value=1_000) == 6
    assert points("change", new_heading_value=500) == 0


def test_controls_are_a_seam_until_something_writes_them() -> None:
    assert points("controls") == 0
    assert points("controls", controls_weak=0.5) == 1
    assert points("controls", plan_overdue=3) == points("controls", plan_overdue=9) == 2


def test_data_quality_is_the_share_of_entries() -> None:
    assert points("data_quality", entries12=100, unsure_entries=50) == 1.5
    assert points("data_quality", unsure_entries=50) == 0


def test_duty_below_a_thousand_dollars_counts_as_a_thousand() -> None:
    assert points("duty_at_stake", duty12=999.99) == points("duty_at_stake", duty12=0) == 0
    assert points("duty_at_stake", duty12=1_100) > 0


def test_bond_points_begin_at_half_and_are_all_given_at_120_percent() -> None:
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=250_000) == 0
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=425_000) == 3.5
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=600_000) == 7
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=6_000_000) == 7
    assert points("bond_use", bond_amount=0, duties_taxes_fees12=6_000_000) == 0


def test_growth_gives_all_points_at_four_times_and_none_for_decline() -> None:
    assert points("growth", FIRST, value_last_half=400_000, value_half_before=100_000) == 8
    assert points("growth", FIRST, value_last_half=200_000, value_half_before=100_000) == 4
    assert points("growth", FIRST, value_last_half=50_000, value_half_before=100_000) == 0


def test_programs_only_take_points_off() -> None:
    assert points("programs", ctpat_tier=3, isa=1) == -10
    assert points("programs") == 0


def test_a_score_below_zero_is_made_up_by_a_part_of_its_own() -> None:
    lenient = dataclasses.replace(SECOND, severity=Term(0.2, 3))
    row = NOTHING | {"ctpat_tier": 3.0, "isa": 1.0}
    parts = parts_of(inputs(row), lenient)
    assert int(parts[LIMIT][0]) == 1000
    assert int(score_of(parts)[0]) == 0


def test_bands_begin_where_the_model_says() -> None:
    edges = np.array([0, 39_99, 40_00, 59_99, 60_00, 100_00], dtype=np.int64)
    assert bands_of(edges, SECOND) == ["low", "low", "moderate", "moderate", "high", "high"]


@settings(max_examples=60)
@given(accounts(), accounts())
def test_the_three_terms_keep_the_order_of_expected_loss(one: dict[str, float], other: dict[str, float]) -> None:
    """Inside their bounds the terms add up in the order of duty x rate x severity, but for rounding."""

    def bounded(values: np.ndarray, term: Term) -> np.ndarray:
        return np.clip(values, term.low, term.high)

    given_ = inputs(one, other)
    from_factors = sum(FACTORS[name](given_, SECOND) for name in LOSS)
    share = given_.owed / np.maximum(given_.duty12 / np.maximum(given_.lines12, 1), 1)
    severity = (share + SECOND.severity_weight * SECOND.severity_prior) / (given_.finds + SECOND.severity_weight)
    loss = np.log(
        bounded(given_.duty12, SECOND.duty) * bounded(given_.rate, SECOND.rate) * bounded(severity, SECOND.severity)
    )
    if abs(loss[0] - loss[1]) > 0.02:
        assert (from_factors[0] > from_factors[1]) == (loss[0] > loss[1])


def test_expected_loss_is_the_product_in_dollars() -> None:
    given_ = inputs(NOTHING | {"duty12": 1e6, "lines12": 1_000.0, "rate": 0.05, "finds": 10.0, "owed": 8_000.0})
    assert expected_loss(given_, SECOND)[0] == pytest.approx(1e6 * 0.05 * (8 + 2) / 20)
