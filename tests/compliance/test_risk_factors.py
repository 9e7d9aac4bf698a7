"""The factors are pure: same inputs, same points; more of what is bad never fewer; the parts add up exactly."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.risk.factors import FACTORS, LIMIT, LOSS
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.model import ACTIVE, Model, Term
from compliance.risk.score import bands_of, parts_of, score_of

money = st.floats(0, 1e12).map(lambda amount: round(amount, 2))
counts = st.integers(0, 10**7).map(float)


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, float]:
    """The inputs of one account, as the database could hold them."""
    reviews, lines = draw(counts), draw(counts)
    return {
        "value12": draw(money),
        "duty12": draw(money),
        "entries12": draw(counts),
        "lines12": lines,
        "reviews": reviews,
        "reviews_wrong": min(reviews, draw(counts)),
        "finds": draw(counts),
        "owed": draw(money),
        "value_last_half": draw(money),
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
    parts = parts_of(inputs(*rows), ACTIVE)
    score = score_of(parts)
    assert list(parts) == [*FACTORS, LIMIT]
    assert all(part.dtype == np.int64 for part in parts.values())
    for place in range(len(rows)):
        assert sum(int(part[place]) for part in parts.values()) == int(score[place])
    assert (score >= 0).all()
    assert (score <= 100_00).all()


@given(accounts())
def test_the_limit_of_the_scale_counts_only_where_the_sum_leaves_it(row: dict[str, float]) -> None:
    parts = parts_of(inputs(row), ACTIVE)
    total = sum(int(parts[name][0]) for name in FACTORS)
    assert int(parts[LIMIT][0]) == (0 if 0 <= total <= 100_00 else min(max(total, 0), 100_00) - total)


@given(accounts(), st.lists(accounts(), max_size=5))
def test_an_account_scores_the_same_alone_and_among_others(
    row: dict[str, float], others: list[dict[str, float]]
) -> None:
    alone, among = parts_of(inputs(row), ACTIVE), parts_of(inputs(*others, row), ACTIVE)
    assert {name: int(part[0]) for name, part in alone.items()} == {name: int(part[-1]) for name, part in among.items()}


@given(accounts())
def test_the_other_factors_never_outweigh_what_is_left_of_a_hundred(row: dict[str, float]) -> None:
    parts = parts_of(inputs(row), ACTIVE)
    assert ACTIVE.loss_points >= 66 + 2 / 3
    assert 0 <= sum(int(parts[name][0]) for name in LOSS) <= ACTIVE.loss_points * 100 + 2
    assert sum(int(parts[name][0]) for name in FACTORS if name not in LOSS) <= (100 - ACTIVE.loss_points) * 100


#: More of the input never means fewer points of the factor (1), or never more (-1).
DIRECTIONS = [
    ("duty_at_stake", "duty12", 1),
    ("likelihood", "reviews_wrong", 1),
    ("severity", "owed", 1),
    ("change", "value_last_half", 1),
    ("change", "value_half_before", -1),
    ("bond_use", "duties_taxes_fees12", 1),
    ("data_quality", "unsure_entries", 1),
    ("programs", "ctpat_tier", -1),
    ("programs", "isa", -1),
]


@pytest.mark.parametrize(("factor", "name", "way"), DIRECTIONS)
@settings(max_examples=60)
@given(row=accounts(), more=st.floats(0, 1e9))
def test_points_move_with_what_they_count(factor: str, name: str, way: int, row: dict[str, float], more: float) -> None:
    raised = row | {name: row[name] + more}
    if name == "reviews_wrong":
        raised[name] = min(raised[name], row["reviews"])
    before, after = FACTORS[factor](inputs(row), ACTIVE)[0], FACTORS[factor](inputs(raised), ACTIVE)[0]
    assert way * (int(after) - int(before)) >= 0


@settings(max_examples=60)
@given(row=accounts(), more=counts)
def test_more_clean_reviews_never_raise_the_likelihood(row: dict[str, float], more: float) -> None:
    cleaner = row | {"reviews": row["reviews"] + more}
    before, after = (FACTORS["likelihood"](inputs(one), ACTIVE)[0] for one in (row, cleaner))
    assert int(after) <= int(before)


NOTHING = dict.fromkeys(NAMES, 0.0)


def points(factor: str, **changes: float) -> float:
    return float(FACTORS[factor](inputs(NOTHING | changes), ACTIVE)[0]) / 100


def test_an_account_without_anything_scores_by_what_is_usual() -> None:
    parts = parts_of(inputs(NOTHING), ACTIVE)
    span = np.log(50_000) + np.log(30) + np.log(60)
    assert int(parts["duty_at_stake"][0]) == 0
    assert int(parts["likelihood"][0]) == round(7000 * np.log(0.05 / 0.01) / span)
    assert int(parts["severity"][0]) == round(7000 * np.log(0.2 / 0.05) / span)
    assert {name: int(parts[name][0]) for name in ("change", "bond_use", "data_quality", "programs", LIMIT)} == {
        "change": 0,
        "bond_use": 0,
        "data_quality": 0,
        "programs": 0,
        LIMIT: 0,
    }


def test_duty_below_a_thousand_dollars_counts_as_a_thousand() -> None:
    assert points("duty_at_stake", duty12=999.99) == points("duty_at_stake", duty12=0) == 0
    assert points("duty_at_stake", duty12=1_100) > 0


def test_bond_points_begin_at_half_and_are_all_given_at_120_percent() -> None:
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=250_000) == 0
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=425_000) == 6
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=600_000) == 12
    assert points("bond_use", bond_amount=50_000, duties_taxes_fees12=6_000_000) == 12
    assert points("bond_use", bond_amount=0, duties_taxes_fees12=6_000_000) == 0


def test_growth_gives_all_points_at_four_times_and_none_for_decline() -> None:
    assert points("change", value_last_half=400_000, value_half_before=100_000) == 8
    assert points("change", value_last_half=200_000, value_half_before=100_000) == 4
    assert points("change", value_last_half=50_000, value_half_before=100_000) == 0


def test_programs_only_take_points_off() -> None:
    assert points("programs", ctpat_tier=3, isa=1) == -10
    assert points("programs") == 0


def test_a_score_below_zero_is_made_up_by_a_part_of_its_own() -> None:
    lenient = dataclasses.replace(ACTIVE, rate=Term(0.05, 0.3), severity=Term(0.2, 3))
    row = NOTHING | {"ctpat_tier": 3.0, "isa": 1.0}
    parts = parts_of(inputs(row), lenient)
    assert int(parts[LIMIT][0]) == 1000
    assert int(score_of(parts)[0]) == 0


def test_bands_begin_where_the_model_says() -> None:
    model: Model = ACTIVE
    edges = np.array([0, 39_99, 40_00, 59_99, 60_00, 100_00], dtype=np.int64)
    assert bands_of(edges, model) == ["low", "low", "moderate", "moderate", "high", "high"]


@settings(max_examples=60)
@given(accounts(), accounts())
def test_the_three_terms_keep_the_order_of_expected_loss(one: dict[str, float], other: dict[str, float]) -> None:
    """Inside their bounds the terms add up in the order of duty x rate x severity, but for rounding."""

    def bounded(values: np.ndarray, term: Term) -> np.ndarray:
        return np.clip(values, term.low, term.high)

    given_ = inputs(one, other)
    from_factors = sum(FACTORS[name](given_, ACTIVE) for name in LOSS)
    rate = (given_.reviews_wrong + ACTIVE.prior_wrong) / (given_.reviews + ACTIVE.prior_reviews)
    share = given_.owed / np.maximum(given_.duty12 / np.maximum(given_.lines12, 1), 1)
    severity = (share + ACTIVE.severity_weight * ACTIVE.severity_prior) / (given_.finds + ACTIVE.severity_weight)
    loss = np.log(bounded(given_.duty12, ACTIVE.duty) * bounded(rate, ACTIVE.rate) * bounded(severity, ACTIVE.severity))
    if abs(loss[0] - loss[1]) > 0.02:
        assert (from_factors[0] > from_factors[1]) == (loss[0] > loss[1])
