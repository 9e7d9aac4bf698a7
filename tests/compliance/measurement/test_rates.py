import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compliance.measurement import RateEstimate, stratified_rate

WORKED = [(40_000, 400, 8), (15_000, 300, 21), (145_000, 300, 3)]


def test_the_worked_example_comes_out_to_its_digits() -> None:
    found = stratified_rate(WORKED)
    assert found.rate == pytest.approx(0.0165, abs=1e-12)
    assert found.standard_error == pytest.approx(0.00452914, abs=5e-9)
    assert found.design_effect == pytest.approx(1.26408, abs=5e-6)
    assert found.effective_n == pytest.approx(791.09, abs=5e-3)
    assert (found.low, found.high) == pytest.approx((0.009678, 0.027995), abs=5e-7)
    assert (found.exact_low, found.exact_high) == pytest.approx((0.008827, 0.028021), abs=5e-7)
    assert found.well_supported


# statistics.md C1
@pytest.mark.parametrize(
    ("strata", "low", "high", "supported"),
    [
        (WORKED, 0.008845, 0.030184, True),
        ([(900, 90, 1), (12_000, 250, 40), (333, 33, 2), (70_000, 610, 4)], 0.021125, 0.039764, True),
        ([(5_000, 500, 25)], 0.033466, 0.071980, True),
        ([(1_200, 1_100, 60), (800, 40, 9)], 0.076857, 0.191113, True),
        ([(10_000, 100, 0), (5_000, 80, 0)], 0, 0.024488, False),
        ([(145_000, 30, 0), (5_000, 300, 0)], 0, 0.118857, False),
        ([(145_000, 40, 0), (5_000, 300, 30)], 0.002327, 0.090870, False),
        ([(900, 30, 0), (9_000, 60, 1)], 0.000381, 0.083725, False),
    ],
)
def test_the_reference_values_of_the_bound(
    strata: list[tuple[int, int, int]], low: float, high: float, supported: bool
) -> None:
    found = stratified_rate(strata)
    assert (found.bound_low, found.bound_high) == pytest.approx((low, high), abs=5e-7)
    assert found.well_supported is supported
    if not supported:
        assert (found.low, found.high) == (found.bound_low, found.bound_high)


# domain.md 4.3, simple binomial intervals; the population is so large that the sample is nothing of it.
@pytest.mark.parametrize(
    ("found", "drawn", "low", "high"),
    [
        (0, 10, 0, 0.308497),
        (0, 30, 0, 0.115703),
        (3, 60, 0.010432, 0.139243),
        (5, 100, 0.016432, 0.112835),
        (8, 400, 0.008673, 0.039026),
        (12, 60, 0.107841, 0.323300),
    ],
)
def test_one_stratum_is_a_simple_rate(found: int, drawn: int, low: float, high: float) -> None:
    one = stratified_rate([(10**12, drawn, found)])
    # n_eff has the divisor n - 1, which shows in the third digit; where nothing was found it is n itself.
    tolerance = 1e-6 if found == 0 else 0.004
    assert (one.exact_low, one.exact_high) == pytest.approx((low, high), abs=tolerance)


def test_a_single_examined_line_joins_its_neighbour() -> None:
    assert stratified_rate([(100, 1, 1), (900, 50, 2)]) == stratified_rate([(1_000, 51, 3)])
    assert stratified_rate([(900, 50, 2), (500, 40, 1), (100, 1, 0)]) == stratified_rate([(900, 50, 2), (600, 41, 1)])
    # What was examined whole has no sampling error to lend: the single line joins the sampled one beyond it.
    assert stratified_rate([(100, 1, 0), (30, 30, 3), (900, 50, 2)]) == stratified_rate([(1_000, 51, 2), (30, 30, 3)])


def test_one_line_alone_says_nothing_but_that() -> None:
    for found in (0, 1):
        one = stratified_rate([(500, 1, found)])
        assert (one.low, one.high) == (0, 1)


def test_a_population_examined_whole_has_no_interval() -> None:
    found = stratified_rate([(50, 50, 4), (10, 10, 0)])
    assert found.rate == pytest.approx(4 / 60)
    assert (found.low, found.high, found.standard_error) == pytest.approx((found.rate, found.rate, 0))
    assert math.isinf(found.effective_n)


def test_a_stratum_in_which_all_is_wrong_is_not_certain_for_that() -> None:
    found = stratified_rate([(100_000, 500, 0), (5_000, 2, 2)])
    assert found.bound_low < 0.03 < found.rate


@pytest.mark.parametrize(
    ("strata", "because"),
    [
        ([], "no stratum"),
        ([(0, 0, 0)], "no population"),
        ([(10, 0, 0)], "no examined line"),
        ([(10, 11, 0)], "cannot be examined"),
        ([(10, 5, 6)], "cannot be wrong"),
        ([(10, -1, 0)], "negative"),
        ([(-10, 1, 0)], "negative"),
        ([(10, 5, -1)], "negative"),
        ([(10, 5.5, 1)], "whole number"),
        ([(10, 5)], "three counts"),
        ([(100, 10, 1), (10, 11, 0)], "Stratum 2"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(strata: list[tuple[int, ...]], because: str) -> None:
    with pytest.raises(ValueError, match=because) as refused:
        stratified_rate(strata)  # type: ignore[arg-type]
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="Confidence"):
        stratified_rate(WORKED, confidence)


@st.composite
def samples(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    made = []
    for _ in range(draw(st.integers(1, 6))):
        population = draw(st.integers(1, 200_000))
        drawn = draw(st.integers(1, min(population, 2_000)))
        made.append((population, drawn, draw(st.integers(0, drawn))))
    return made


def _parts(found: RateEstimate) -> tuple[float, ...]:
    return found.low, found.high, found.exact_low, found.exact_high, found.bound_low, found.bound_high


@settings(max_examples=200, deadline=None)
@given(samples())
def test_whatever_is_drawn_the_intervals_are_intervals(strata: list[tuple[int, int, int]]) -> None:
    found = stratified_rate(strata)
    assert all(0 <= part <= 1 for part in _parts(found))
    slack = 1e-9
    assert found.low - slack <= found.rate <= found.high + slack
    assert found.bound_low - slack <= found.rate <= found.bound_high + slack
    wider = stratified_rate(strata, 0.99)
    assert wider.bound_low <= found.bound_low + slack
    assert wider.bound_high >= found.bound_high - slack


@settings(max_examples=100, deadline=None)
@given(samples())
def test_counting_the_right_lines_mirrors_counting_the_wrong(strata: list[tuple[int, int, int]]) -> None:
    wrong = stratified_rate(strata)
    assume(abs(wrong.rate - 0.5) > 1e-6)
    right = stratified_rate([(population, drawn, drawn - found) for population, drawn, found in strata])
    assert right.rate == pytest.approx(1 - wrong.rate)
    assert (right.bound_low, right.bound_high) == pytest.approx((1 - wrong.bound_high, 1 - wrong.bound_low), abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_strata_does_not_matter(strata: list[tuple[int, int, int]], random: object) -> None:
    assume(all(drawn > 1 or population == 1 for population, drawn, _ in strata))  # else it decides the neighbour
    shuffled = list(strata)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _parts(stratified_rate(shuffled)) == pytest.approx(_parts(stratified_rate(strata)), abs=1e-9)
