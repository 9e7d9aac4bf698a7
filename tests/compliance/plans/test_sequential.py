"""The sequential test by its reference values, and what it reaches in simulated plans."""

import numpy as np
import pytest

from compliance.plans.merging import merge
from compliance.plans.sequential import LOWER, UPPER, CureTest, default_limit

PLANS, MONTHS = 20_000, 24


def test_the_limits_of_the_test() -> None:
    assert (pytest.approx(2.890372, abs=1e-6), pytest.approx(-2.251292, abs=1e-6)) == (UPPER, LOWER)


def test_the_ratio_by_hand() -> None:
    test = CureTest(0.15, 0.03)
    # 1 ln(.03/.15) + 29 ln(.97/.85) = -1.609438 + 29 x .132060
    assert test.log_ratio(30, 1) == pytest.approx(2.220295, abs=1e-5)
    assert test.verdict(30, 1) == ""
    assert (test.verdict(21, 0), test.verdict(22, 0)) == ("", "cured")
    assert (test.verdict(4, 1), test.verdict(2, 2)) == ("", "not_cured")
    assert (test.least_needed(0, 0), test.least_needed(22, 0), test.least_needed(30, 1)) == (22, 0, 6)
    # The mean of one step at .03: .03 x -1.609438 + .97 x .132060 = .079815; 2.890372 / .079815 = 36.2
    assert test.expected_needed(0, 0) == 37


@pytest.mark.parametrize(("hoped", "limit"), [(0, 0.1), (0.1, 0.1), (0.2, 0.1), (0.1, 1)])
def test_rates_that_cannot_be_told_apart_are_refused(hoped: float, limit: float) -> None:
    with pytest.raises(ValueError, match="hoped"):
        CureTest(limit, hoped)


@pytest.mark.parametrize(("rate", "limit"), [(0.2, 0.1), (0.44, 0.15), (0.15, 0.075), (0.001, 0.01), (0, 0.01)])
def test_the_default_is_half_the_rate_and_at_most_15_percent(rate: float, limit: float) -> None:
    assert default_limit(rate) == limit


def called_cured(true: float, limit: float, hoped: float, a_month: int, seed: int) -> float:
    """The share of simulated plans that are called cured in 24 monthly looks; each ends at the first verdict.

    a_month: examinations a month on average; how many come in each, chance decides.
    """
    test, random = CureTest(limit, hoped), np.random.default_rng(seed)
    examined = random.poisson(a_month, (PLANS, MONTHS))
    found = random.binomial(examined, true).cumsum(axis=1)
    examined = examined.cumsum(axis=1)
    ratio = found * test.found_step + (examined - found) * test.clean_step
    over, under = ratio >= UPPER, ratio <= LOWER
    first = np.argmax(over | under, axis=1)
    return float(over[np.arange(PLANS), first].mean())


TERMS = [(0.15, 0.03), (0.10, 0.02), (0.05, 0.01), (0.075, 0.015), (0.10, 0.05), (0.15, 0.075)]


@pytest.mark.parametrize("a_month", [1, 3, 8, 30])
@pytest.mark.parametrize(("limit", "hoped"), TERMS)
def test_few_plans_that_miss_their_limit_are_called_cured(limit: float, hoped: float, a_month: int) -> None:
    assert called_cured(limit, limit, hoped, a_month, 1) <= 0.05
    assert called_cured(2 * limit, limit, hoped, a_month, 2) < 0.01


@pytest.mark.parametrize(
    ("limit", "hoped", "three", "eight"), [(0.15, 0.03, 0.90, 0.96), (0.10, 0.02, 0.77, 0.95), (0.05, 0.01, 0.27, 0.86)]
)
def test_a_cure_is_proven_as_often_as_published(limit: float, hoped: float, three: float, eight: float) -> None:
    """Statistics B6, by three and by eight examinations a month; asked is 85 % by eight at a limit of 10 or 15 %."""
    assert called_cured(hoped, limit, hoped, 3, 3) == pytest.approx(three, abs=0.03)
    assert called_cured(hoped, limit, hoped, 8, 3) == pytest.approx(eight, abs=0.02)


def test_two_texts_are_put_together_where_only_one_changed_a_field() -> None:
    base = {"a": 1, "b": 2, "c": 3, "d": 4}
    assert merge(base, base | {"a": 9}, base | {"b": 8}) == ({"a": 9, "b": 8, "c": 3, "d": 4}, {})
    assert merge(base, base | {"a": 9, "d": 7}, base | {"a": 8, "d": 7}) == ({"a": 9, "b": 2, "c": 3, "d": 7}, {"a": 8})
