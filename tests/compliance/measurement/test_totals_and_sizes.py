import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.measurement import revenue_gap, sample_size
from compliance.measurement.sizes import discovery_size, expected_margin, neyman


def test_the_worked_revenue_gap_comes_out_to_the_cent() -> None:
    found = revenue_gap([(40_000, 400, 2.10, 31), (15_000, 300, 14.40, 120), (145_000, 300, 0.35, 9)])
    assert round(found.total, 2) == 350_750
    assert round(found.standard_error, 2) == 141_614.14
    assert (round(found.low, 2), round(found.high, 2)) == (73_191.38, 628_308.62)


def test_money_may_be_decimal() -> None:
    assert revenue_gap([(100, 10, Decimal("1.50"), Decimal(2))]) == revenue_gap([(100, 10, 1.5, 2.0)])


def test_a_single_line_joins_its_neighbour_with_its_amount() -> None:
    # 10 and 0, 2, 4: mean 4, squares 36 + 16 + 4 + 0
    joined = revenue_gap([(50, 1, 10, 0), (150, 3, 2, 2)])
    assert joined.total == pytest.approx(200 * 4)
    assert joined.standard_error == pytest.approx(math.sqrt(200**2 * 0.98 * (56 / 3) / 4))


def test_one_line_alone_says_nothing_of_the_others() -> None:
    found = revenue_gap([(500, 1, 10, 0)])
    assert (found.total, found.low, found.high) == (5_000, -math.inf, math.inf)
    assert revenue_gap([(1, 1, 10, 0)]).high == 10


def test_lines_examined_whole_add_no_error() -> None:
    found = revenue_gap([(40, 40, 125.5, 900)])
    assert (found.total, found.low, found.high) == pytest.approx((5_020, 5_020, 5_020))


@pytest.mark.parametrize(
    ("strata", "because"),
    [
        ([], "no stratum"),
        ([(0, 0, 0, 0)], "no population"),
        ([(10, 11, 1, 1)], "cannot be examined"),
        ([(10, 0, 1, 1)], "no examined line"),
        ([(10, 5, 1, -1)], "cannot be"),
        ([(10, 5, math.nan, 1)], "cannot be"),
        ([(10, 5, 1, math.inf)], "cannot be"),
        ([(-1, 5, 1, 1)], "negative"),
        ([(10, 5, 1)], "mean and standard deviation"),
    ],
)
def test_totals_of_what_cannot_be_are_refused(strata: list[tuple[float, ...]], because: str) -> None:
    with pytest.raises(ValueError, match=because):
        revenue_gap(strata)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rate", "margin", "population", "lines"),
    [
        (0.5, 0.05, None, 385),
        (0.5, 0.05, 1_000, 278),
        (0.05, 0.02, None, 457),
        (0.05, 0.02, 2_000, 372),
        (0.02, 0.01, 200_000, 751),
        (0.02, 0.9, 1, 1),
    ],
)
def test_published_sample_sizes(rate: float, margin: float, population: int | None, lines: int) -> None:
    assert sample_size(rate, margin, population) == lines


@pytest.mark.parametrize(
    ("rate", "confidence", "lines"), [(0.05, 0.95, 59), (0.03, 0.95, 99), (0.01, 0.95, 299), (0.05, 0.90, 45)]
)
def test_published_sizes_of_a_discovery_sample(rate: float, confidence: float, lines: int) -> None:
    assert discovery_size(rate, confidence) == lines


@pytest.mark.parametrize(
    ("rate", "margin", "population", "confidence"),
    [
        (0, 0.1, None, 0.95),
        (1, 0.1, None, 0.95),
        (0.1, 0, None, 0.95),
        (0.1, -1, None, 0.95),
        (0.1, 0.1, 0, 0.95),
        (0.1, 0.1, None, 95),
    ],
)
def test_sizes_of_what_cannot_be_are_refused(
    rate: float, margin: float, population: int | None, confidence: float
) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        sample_size(rate, margin, population, confidence)


def test_the_worked_allocation() -> None:
    assert neyman(1_000, [(40_000, 0.02), (15_000, 0.07), (145_000, 0.01)]) == [235, 160, 605]


def test_floors_and_small_strata_are_kept() -> None:
    assert neyman(100, [(40_000, 0.02), (8, 0.5), (100_000, 0)], floor=20) == [72, 8, 20]
    assert neyman(60, [(20, 0.5), (20, 0), (20, 0)]) == [20, 20, 20]


@pytest.mark.parametrize(
    ("total", "strata", "floor", "because"),
    [
        (10, [], 0, "no stratum"),
        (10, [(0, 0.1)], 0, "no population"),
        (10, [(100, 0.1), (100, 0.1)], 10, "allow 20 or more"),
        (300, [(100, 0.1), (100, 0.1)], 10, "allow 200 or fewer"),
        (10, [(100, 1.1)], 0, "between 0 and 1"),
    ],
)
def test_an_allocation_that_cannot_be_says_what_to_do(
    total: int, strata: list[tuple[int, float]], floor: int, because: str
) -> None:
    with pytest.raises(ValueError, match=because):
        neyman(total, strata, floor)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.floats(0, 1)), min_size=1, max_size=12),
    st.integers(0, 50),
    st.floats(0, 1),
)
def test_an_allocation_adds_up_within_its_limits(strata: list[tuple[int, float]], floor: int, share: float) -> None:
    least, most = sum(min(floor, size) for size, _ in strata), sum(size for size, _ in strata)
    total = least + round(share * (most - least))
    drawn = neyman(total, strata, floor)
    assert sum(drawn) == total
    assert all(min(floor, size) <= n <= size for n, (size, _) in zip(drawn, strata, strict=True))


def test_the_expected_margin_is_that_of_the_plan() -> None:
    assert expected_margin([(10**9, 457, 0.05)]) == pytest.approx(0.02, abs=2e-5)
    assert expected_margin([(300, 300, 0.05)]) == 0
