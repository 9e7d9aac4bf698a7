"""The account's own rate as pure functions: worked examples, and what must hold of any numbers."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.special import betaincinv

from compliance.measurement.own_rates import posterior
from compliance.measurement.own_rates.expected import LEVELS, Expected, expected_of
from compliance.measurement.own_rates.grid import PRECISIONS, Grid, grid_of
from compliance.measurement.own_rates.nodes import nodes_of
from compliance.measurement.own_rates.posterior import Posterior, posteriors

#: The twelve accounts of domain 4.4.
WRONG = np.array([0, 1, 2, 21, 0, 6, 12, 0, 11, 4, 0, 1])
REVIEWS = np.array([4, 12, 40, 120, 25, 15, 600, 1, 80, 9, 60, 200])


def usual(logit: np.ndarray) -> Expected:
    """Surely expected, and without any targeted examination."""
    return expected_of(logit, np.zeros(len(logit)), np.zeros(len(logit), int))


def of_one_group(wrong: np.ndarray, reviews: np.ndarray) -> tuple[Grid, Posterior]:
    """With one common mean, as statistics B2 ran it."""
    rate = (wrong.sum() + 0.5) / (reviews.sum() + 1)
    expected = usual(np.full(len(wrong), np.log(rate / (1 - rate))))
    grid = grid_of(wrong, reviews, expected)
    return grid, posteriors(wrong, reviews, expected, ["all"] * len(wrong), {"all": grid})


@pytest.mark.parametrize(
    ("place", "low", "high"),
    [(0, 0.0000, 0.2819), (5, 0.1434, 0.5664), (6, 0.0109, 0.0334), (7, 0.0000, 0.4521)],
)
def test_the_twelve_accounts_have_the_intervals_of_statistics_c2(place: int, low: float, high: float) -> None:
    _, found = of_one_group(WRONG, REVIEWS)
    assert found.low[place] == pytest.approx(low, abs=0.005)
    assert found.high[place] == pytest.approx(high, abs=0.005)


def test_the_twelve_accounts_lie_near_the_posterior_means_of_the_domain() -> None:
    _, found = of_one_group(WRONG, REVIEWS)
    for place, mean in ((0, 0.0590), (5, 0.3298), (6, 0.0207), (7, 0.0897)):
        assert found.mean[place] == pytest.approx(mean, abs=0.005)
    assert found.alpha / (found.alpha + found.beta) == pytest.approx(found.mean, abs=1e-7)


def test_accounts_that_differ_are_said_to_and_others_are_not() -> None:
    assert of_one_group(WRONG, REVIEWS)[0].differs
    alike, _ = of_one_group(np.tile([0, 1, 2], 50), np.full(150, 25))
    assert not alike.differs
    assert of_one_group(np.zeros(5, int), np.zeros(5, int))[0].p == 1.0


def test_no_find_at_all_still_gives_a_rate_above_zero() -> None:
    _, found = of_one_group(np.zeros(30, int), np.full(30, 4))
    assert (found.mean > 0).all()
    assert found.low.max() < 1e-6
    assert (found.high < 0.2).all()


def test_a_lower_end_of_nothing_is_not_looked_for_until_the_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where hardly anything is known the lower end lies below all that is told apart."""
    steps: list[int] = []
    halley = posterior._halley

    def counted(mixture: np.ndarray, p: float, t: np.ndarray) -> np.ndarray:
        steps.append(len(t))
        return halley(mixture, p, t)

    monkeypatch.setattr(posterior, "_halley", counted)
    grid = grid_of(np.tile([0] * 9 + [9], 20), np.full(200, 10), usual(np.full(200, -4.0)))
    found = posteriors(np.array([0]), np.array([0]), usual(np.array([-4.0])), ["all"], {"all": grid})
    assert found.low.tolist() == [0.0]
    assert len(steps) < posterior.MOST_STEPS


counts = st.lists(
    st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=40
)


@given(counts)
@settings(max_examples=40)
def test_whatever_was_found_the_interval_holds_the_mean_and_lies_within_zero_and_one(
    pairs: list[tuple[int, int]],
) -> None:
    wrong, reviews = np.array(pairs).T
    grid, found = of_one_group(wrong, reviews)
    assert grid.weights.sum(axis=(1, 2)) == pytest.approx(np.ones(LEVELS))
    assert 0 <= grid.p <= 1
    assert ((found.low >= 0) & (found.low <= found.mean) & (found.mean <= found.high) & (found.high <= 1)).all()
    assert ((found.alpha > 0) & (found.beta > 0)).all()


@given(counts, st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_an_account_has_the_same_rate_with_whomever_it_is_rated(pairs: list[tuple[int, int]], chance: object) -> None:
    wrong, reviews = np.array(pairs).T
    size = len(wrong)
    expected = expected_of(np.linspace(-4, 0.5, size), np.linspace(1, 0, size), np.arange(size) * 3)
    grids = {"all": grid_of(wrong, reviews, expected)}
    whole = posteriors(wrong, reviews, expected, ["all"] * size, grids)
    for place in range(len(wrong)):
        one = slice(place, place + 1)
        alone = posteriors(wrong[one], reviews[one], expected.at(one), ["all"], grids)
        for name in ("mean", "low", "high", "alpha", "beta", "prior"):
            assert getattr(alone, name)[0] == getattr(whole, name)[place]


@given(st.integers(1, 60), st.integers(1, 12))
@settings(max_examples=25)
def test_one_more_find_raises_the_rate_and_one_more_clean_review_lowers_it(reviews: int, wrong: int) -> None:
    wrong = min(wrong, reviews)
    grid, _ = of_one_group(WRONG, REVIEWS)
    x, n = np.array([wrong - 1, wrong, wrong]), np.array([reviews, reviews, reviews + 1])
    found = posteriors(x, n, usual(np.full(3, -2.0)), ["all"] * 3, {"all": grid})
    assert found.mean[0] < found.mean[1]
    assert found.mean[2] < found.mean[1]


def test_a_certain_precision_gives_the_quantiles_of_one_beta() -> None:
    grid, _ = of_one_group(WRONG, REVIEWS)
    weights = np.zeros_like(grid.weights)
    weights[:, 5, 3] = 1
    sure = Grid(np.zeros(weights.shape[2]), weights, 0.0)
    found = posteriors(np.array([0, 3]), np.array([2, 10]), usual(np.array([-2.0, -2.0])), ["all"] * 2, {"all": sure})
    for place in (0, 1):
        for tail, shown in ((0.025, found.low), (0.975, found.high)):
            expected = betaincinv(found.alpha[place], found.beta[place], tail)
            assert shown[place] == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_the_less_sure_the_expectation_the_more_scatter_and_the_more_an_accounts_own_reviews_count() -> None:
    grid, _ = of_one_group(WRONG, REVIEWS)
    sure, unsure = (expected_of(np.array([-2.0]), np.array([v]), np.array([0])) for v in (0.0, 1.0))

    def rated(x: int, n: int, expected: Expected) -> Posterior:
        return posteriors(np.array([x]), np.array([n]), expected, ["all"], {"all": grid})

    strength = [rated(0, 0, one).alpha[0] + rated(0, 0, one).beta[0] for one in (sure, unsure)]
    assert strength[0] > strength[1]
    assert rated(3, 5, unsure).mean[0] > rated(3, 5, sure).mean[0]
    assert rated(0, 20, unsure).mean[0] < rated(0, 20, sure).mean[0]


def test_of_accounts_of_which_targeted_examinations_tell_more_the_precision_is_no_lower() -> None:
    chance = np.random.default_rng(3)
    size = 400
    targeted = np.where(np.arange(size) % 2, 200, 0)
    rate = np.where(targeted, 0.06, chance.beta(0.6, 9.4, size))
    reviews = np.full(size, 12)
    wrong = chance.binomial(reviews, rate)
    grid = grid_of(wrong, reviews, expected_of(np.full(size, np.log(0.06 / 0.94)), np.zeros(size), targeted))
    precision = grid.weights.sum(axis=2) @ np.arange(grid.weights.shape[1])
    assert (np.diff(precision) >= 0).all()
    assert precision[3] > precision[0] + 2


def test_a_few_points_of_gausss_rule_average_as_the_whole_grid_does() -> None:
    grid, _ = of_one_group(WRONG, REVIEWS)
    nodes = nodes_of(grid.offsets[None], grid.weights[:1])
    weight = nodes.weight[0, :, None] * nodes.share[0]
    assert weight.sum() == pytest.approx(1)

    def value(precision: np.ndarray, offset: np.ndarray) -> np.ndarray:
        rate = 1 / (1 + np.exp(2 - offset))
        return (3 + precision * rate) / (15 + precision)

    whole = (grid.weights[0] * value(PRECISIONS[:, None], grid.offsets)).sum()
    few = (weight * value(nodes.precision[0, :, None], nodes.offset[0])).sum()
    assert float(few) == pytest.approx(whole, rel=2e-3)
