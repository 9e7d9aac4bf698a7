"""Our few names of the binomial distribution say what scipy.stats says."""

import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from examinations.binomial import as_far, at_least, clopper_pearson, most_by_chance

counts = st.integers(1, 3000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count)))
rates = st.floats(1e-6, 1 - 1e-6)
#: No rule reads how unlikely something is beyond this, and there the two ways to a tail part in the eighth digit.
NOUGHT = 1e-100


@given(counts, rates)
def test_a_tail_is_that_of_the_library(pair: tuple[int, int], rate: float) -> None:
    found, count = pair
    expected = scipy.stats.binomtest(found, count, rate, alternative="greater").pvalue
    assert at_least(found, count, rate) == pytest.approx(expected, rel=1e-8, abs=NOUGHT)
    below = scipy.stats.binomtest(found, count, rate, alternative="less").pvalue
    both = min(1, 2 * min(expected, below))
    assert as_far([0, found], [10, count], [0.3, rate])[1] == pytest.approx(both, rel=1e-6, abs=NOUGHT)


@given(counts)
def test_the_exact_interval_is_that_of_the_library(pair: tuple[int, int]) -> None:
    expected = scipy.stats.binomtest(*pair).proportion_ci(method="exact")
    assert clopper_pearson(*pair) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)


@given(st.integers(1, 5000), rates, st.sampled_from([0.00135, 0.01, 0.05]))
def test_the_most_by_chance_is_the_first_that_is_exceeded_so_seldom(count: int, rate: float, tail: float) -> None:
    most = most_by_chance(count, rate, tail)
    assert scipy.stats.binom.sf(most, count, rate) < tail * (1 + 1e-9)
    assert not most or scipy.stats.binom.sf(most - 1, count, rate) >= tail * (1 - 1e-9)


def test_ends_of_the_scale() -> None:
    assert at_least(0, 10, 0.3) == at_least(10, 10, 1.0) == 1.0
    assert as_far([3, 0, 0], [10, 0, 10], [0.3, 0.5, 0.0]) == [1.0, 1.0, 1.0]
    assert as_far([], [], []) == []
    assert most_by_chance(0, 0.5, 0.05) == most_by_chance(10, 0, 0.05) == 0
    assert most_by_chance(10, 1, 0.05) == 10
