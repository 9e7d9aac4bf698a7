"""Each method against figures made another way."""

import dataclasses
import math

import numpy as np
import pytest
from scipy.special import expit, logit

from compliance.effect.arms import Arms, Estimate, Numbers
from compliance.effect.lottery import drawn
from compliance.effect.matching import matched, overlap
from compliance.effect.pools import LEAST_FOUND, arms_within, sets_of
from compliance.effect.regression import NoAnswer, adjusted, logistic, sandwich

REVIEWS = np.array([12, 7, 30, 4, 9, 15, 22, 3, 18, 11, 6, 25, 8, 14, 5, 10], float)
FOUND = np.array([2, 1, 3, 0, 2, 1, 4, 1, 1, 0, 1, 2, 1, 3, 0, 1], float)
ENTERED = np.arange(16) < 6
INPUT = np.array([-2.1, -1.7, -2.6, -2.9, -1.9, -3.0, -1.8, -2.4, -3.1, -2.7, -2.2, -2.8, -2.0, -1.6, -3.2, -2.5])
# statsmodels 0.15.0, a row for each of the 199 lines: GLM(found, lines, family=Binomial()).fit(cov_type="cluster",
# cov_kwds={"groups": account, "use_correction": False}, tol=1e-12)
COEFFICIENTS = [0.5295270171268656, 0.11039239362859936, 1.1222381847834582]
COVARIANCE = [
    [0.06887884708908701, 0.027095719573114053, 0.03759197007267538],
    [0.027095719573114053, 0.023490450141828108, 0.01771704998011728],
    [0.03759197007267538, 0.01771704998011728, 0.022157019168367764],
]


def arms(random: np.random.Generator, many: int, effect: float = 0.0) -> Arms:
    """Accounts of which those entered that are expected to be worse, with luck on top."""
    expected, size = random.normal(-2.2, 0.4, many), random.normal(2, 0.5, many)
    entered = expected + random.normal(0, 0.4, many) > -2.1
    reviews = random.poisson(20, many).astype(float)
    found = random.binomial(reviews.astype(int), expit(expected + effect * entered)).astype(float)
    return Arms(entered, reviews, found, np.column_stack([expected, size]), ("expected", "size"))


def test_counts_of_accounts_give_what_statsmodels_gives_line_by_line() -> None:
    design = np.column_stack([np.ones(16), ENTERED, INPUT])
    found = logistic(design, FOUND, REVIEWS)
    assert found == pytest.approx(COEFFICIENTS, rel=1e-9)
    assert sandwich(design, FOUND, REVIEWS, found, leverage=False) == pytest.approx(np.array(COVARIANCE), rel=1e-8)


def test_what_an_account_takes_from_its_own_residual_is_given_back() -> None:
    design = np.column_stack([np.ones(16), ENTERED, INPUT])
    found = logistic(design, FOUND, REVIEWS)
    plain, corrected = (sandwich(design, FOUND, REVIEWS, found, leverage=how) for how in (False, True))
    assert (np.diag(corrected) > np.diag(plain)).all()


def test_the_adjusted_difference_and_its_error_are_those_of_resampled_accounts() -> None:
    random = np.random.default_rng(3)
    once = arms(random, 400, effect=-0.5)
    ours = adjusted(once)
    again = [adjusted(once.only(random.integers(0, 400, 400))).difference for _ in range(200)]  # type: ignore[arg-type]
    assert ours.standard_error == pytest.approx(float(np.std(again)), rel=0.2)
    true = once.inputs[once.entered, 0]
    weights = once.reviews[once.entered] / once.reviews[once.entered].sum()
    assert ours.low < float(weights @ (expit(true - 0.5) - expit(true))) < ours.high
    assert ours.difference == pytest.approx(ours.rate - ours.without)
    assert ours.odds_ratio is not None
    assert ours.odds_ratio[1] < math.exp(-0.5) < ours.odds_ratio[2]


def test_an_input_that_repeats_another_or_never_varies_changes_nothing() -> None:
    once = arms(np.random.default_rng(4), 300)
    twice = np.column_stack([once.inputs, 2 * once.inputs[:, 0] + 1, np.ones(300)])
    same = dataclasses.replace(once, inputs=twice, names=("expected", "size", "twice", "one"))
    assert adjusted(same).difference == pytest.approx(adjusted(once).difference)
    assert adjusted(same).standard_error == pytest.approx(adjusted(once).standard_error)


def test_accounts_without_a_review_change_nothing() -> None:
    once = arms(np.random.default_rng(5), 300)
    nobody = Arms(np.array([True, False]), np.zeros(2), np.zeros(2), np.array([[9.0, 9], [-9, -9]]), once.names)
    parts = [
        np.concatenate([getattr(once, name), getattr(nobody, name)])
        for name in ("entered", "reviews", "found", "inputs")
    ]
    more = Arms(*parts, once.names)
    assert adjusted(more) == adjusted(once)
    assert matched(more) == matched(once)
    assert overlap(more) == overlap(once)


def test_finds_that_only_one_arm_has_have_no_finite_answer() -> None:
    once = arms(np.random.default_rng(6), 200)
    apart = dataclasses.replace(once, found=np.where(once.entered, 0, once.found))
    with pytest.raises(NoAnswer):
        adjusted(apart)


def test_a_single_arm_has_no_answer() -> None:
    once = arms(np.random.default_rng(6), 200)
    with pytest.raises(NoAnswer):
        adjusted(once.only(once.entered))


def test_matching_finds_the_twin() -> None:
    # Each that entered has five twins with the same inputs and half its rate.
    expected = np.repeat([-3.0, -2.5, -2.0, -1.5], 6)
    size = np.repeat([1.0, 3.0, 2.0, 4.0], 6)
    entered = np.tile([True, False, False, False, False, False], 4)
    reviews = np.where(entered, 40.0, 20.0)
    rates = np.repeat([0.1, 0.2, 0.3, 0.4], 6) * np.where(entered, 1, 0.5)
    once = Arms(entered, reviews, np.round(reviews * rates), np.column_stack([expected, size]), ("expected", "size"))
    found = matched(once)
    assert (found.rate, found.without) == (pytest.approx(0.25), pytest.approx(0.125))
    assert overlap(once) == 1.0


def test_who_has_nobody_alike_in_one_input_has_no_match() -> None:
    expected, size = np.zeros(40), np.concatenate([np.full(10, 9.0), np.linspace(0, 1, 30)])
    once = Arms(
        np.arange(40) < 10, np.full(40, 5.0), np.zeros(40), np.column_stack([expected, size]), ("expected", "size")
    )
    assert overlap(once) == 0.0


def test_a_lottery_with_one_probability_is_the_plain_difference() -> None:
    found = drawn(Arms(ENTERED, REVIEWS, FOUND, INPUT[:, None], ("expected",)), np.full(16, 0.4))
    entered, others = ENTERED, ~ENTERED
    assert found.rate == pytest.approx(FOUND[entered].sum() / REVIEWS[entered].sum())
    assert found.without == pytest.approx(FOUND[others].sum() / REVIEWS[others].sum())


def test_lots_of_different_chances_count_by_what_each_had() -> None:
    # Two Centers: in one a third enter, in the other two thirds; one has 10 % errors and the other 40 %, and nothing
    # was done. The plain difference would see an effect.
    chance = np.repeat([1 / 3, 2 / 3], 300)
    entered = np.concatenate([np.arange(300) < 100, np.arange(300) < 200])
    reviews = np.full(600, 10.0)
    found = np.repeat([1.0, 4.0], 300)
    estimate = drawn(Arms(entered, reviews, found, logit(found / 10)[:, None], ("expected",)), chance)
    assert estimate.difference == pytest.approx(0)
    assert estimate.rate == pytest.approx(0.25)


def test_of_pools_that_differ_in_room_and_in_errors_only_their_own_terms_are_fair() -> None:
    # Two pools, in each the larger enter: three quarters of the one with 30 % errors, a quarter of the one with 10 %.
    # Nothing was done.
    size, pool = np.tile(np.linspace(0, 1, 200), 2), np.repeat([1.0, 2.0], 200)
    entered = size > np.where(pool == 1, 0.25, 0.75)
    reviews, found = np.full(400, 10.0), np.where(pool == 1, 3.0, 1.0)
    names, inputs = ("expected", "reviews before", "size"), np.column_stack([np.zeros((400, 2)), size])
    alone = Arms(entered, reviews, found, inputs, names)
    within = arms_within(pool, entered, reviews, found, inputs, names)
    assert within.names == (*names, "pools 1")
    assert adjusted(alone).difference > 0.1
    assert adjusted(within).difference == pytest.approx(0)
    assert matched(alone).difference > 0.05
    assert 0 <= matched(within).difference < matched(alone).difference / 2
    # Nobody is alike who is of another pool.
    apart = arms_within(entered + 1.0, entered, reviews, found, inputs, names)
    assert (overlap(alone), overlap(apart)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("found", "sets"),
    [
        ([LEAST_FOUND, LEAST_FOUND, LEAST_FOUND], [0, 1, 2]),
        ([9, 2, 3, 1], [1, 0, 0, 0]),  # 1 and 2 are joined, and 3 makes them enough
        ([30, 1, 1, 20], [1, 0, 0, 0]),  # what is too small takes the next one in
        ([1, 1, 1], [0, 0, 0]),
        ([6, 0], [0, 0]),
        ([], []),
    ],
)
def test_pools_with_too_few_finds_for_a_term_of_their_own_are_joined(found: list[int], sets: list[int]) -> None:
    pools = np.arange(len(found), dtype=float)
    assert sets_of(pools, np.full(len(found), 400.0), np.array(found, float)).tolist() == sets


def test_a_pool_where_every_review_found_something_is_joined_too() -> None:
    reviews, found = np.array([20.0, 400, 400]), np.array([20.0, 30, 30])
    assert sets_of(np.arange(3.0), reviews, found).tolist() == [0, 0, 1]


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_who_could_not_lose_or_win_is_in_no_lottery(chance: float) -> None:
    with pytest.raises(ValueError, match="takes part in no lottery"):
        drawn(Arms(ENTERED, REVIEWS, FOUND, INPUT[:, None], ("expected",)), np.full(16, chance))


@pytest.mark.parametrize(("at", "shows"), [(-0.02, False), (-0.03, True), (0.03, True), (0.0, False)])
def test_an_interval_shows_an_effect_when_zero_lies_outside(at: float, shows: bool) -> None:
    assert Estimate(0.05, 0.05 - at, at, 0.0125).shows == shows


def test_what_cannot_be_is_refused() -> None:
    column: Numbers = INPUT[:, None]
    with pytest.raises(ValueError, match="No more lines"):
        Arms(ENTERED, FOUND, REVIEWS, column, ("expected",))
    with pytest.raises(ValueError, match="a value of each input"):
        Arms(ENTERED, REVIEWS, FOUND, column, ("expected", "size"))
