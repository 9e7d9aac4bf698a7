"""p-charts: limits against sums of exact chances, quarters where months are small, and how often chance is called."""

import datetime
from fractions import Fraction
from math import comb

import numpy as np
import pytest
import scipy

from examinations.figures.control import UPPER_TAIL, in_quarters, p_chart, upper_limit
from examinations.figures.period import after

START = datetime.date(2024, 12, 1)


def months(found: list[int], count: int, start: datetime.date = START) -> list[tuple[datetime.date, int, int]]:
    days = [start]
    for _ in found[1:]:
        days.append(after(days[-1]))
    return [(day, one, count) for day, one in zip(days, found, strict=True)]


@pytest.mark.parametrize(("count", "p"), [(20, (1, 20)), (100, (3, 100)), (250, (1, 10)), (7, (1, 2)), (400, (1, 400))])
def test_the_limit_is_the_smallest_that_chance_exceeds_with_less_than_0_00135(count: int, p: tuple[int, int]) -> None:
    share = Fraction(*p)
    chances = [comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(count + 1)]
    limit = upper_limit(count, float(share))
    assert sum(chances[limit + 1 :]) < UPPER_TAIL
    assert sum(chances[limit:]) >= UPPER_TAIL
    assert float(sum(chances[limit + 1 :])) == pytest.approx(scipy.stats.binom.sf(limit, count, float(share)))


def test_nothing_counted_has_no_limit_to_exceed() -> None:
    assert upper_limit(0, 0.1) == upper_limit(50, 0.0) == 0
    assert p_chart(months([0] * 24, 100)) is None


def test_months_where_five_are_expected_else_quarters_else_nothing() -> None:
    monthly = p_chart(months([6] * 24, 100))
    assert monthly
    assert (len(monthly.points), monthly.quarters, monthly.p) == (24, False, 0.06)
    quarterly = p_chart(months([2] * 24, 100))
    assert quarterly
    assert (len(quarterly.points), quarterly.quarters) == (7, True)  # December alone, and November and October
    assert p_chart(months([1] * 24, 100)) is None


def test_quarters_are_those_of_the_calendar_and_whole() -> None:
    assert in_quarters(months([1, 2, 3, 4, 5], 10)) == [(datetime.date(2025, 1, 1), 9, 30)]


def test_a_point_above_its_limit_is_marked_and_the_others_are_not() -> None:
    chart = p_chart(months([6] * 23 + [30], 100))
    assert chart
    assert [point.start for point in chart.marked] == [datetime.date(2026, 11, 1)]
    assert chart.marked[0].above


def test_nine_in_a_row_above_the_whole_rate_are_a_run_and_eight_are_not() -> None:
    for length, marked in ((8, 0), (9, 1)):
        chart = p_chart(months([5] * (24 - length) + [9] * length, 100))
        assert chart
        assert len(chart.marked) == marked
        assert not any(point.above for point in chart.points)


def test_a_stable_account_is_called_in_fewer_than_one_of_twenty_two_year_charts() -> None:
    chance = np.random.default_rng(11)
    for count, p in ((100, 0.06), (400, 0.03), (60, 0.04), (2000, 0.025)):
        called = drawn = 0
        for _ in range(400):
            chart = p_chart(months([int(n) for n in chance.binomial(count, p, 24)], count))
            if chart:
                drawn += 1
                called += bool(chart.marked)
        assert drawn > 50, (count, p)
        assert called / drawn < 0.05, (count, p, called, drawn)


def test_a_rate_that_doubles_is_called_within_half_a_year_of_enough_months() -> None:
    chance = np.random.default_rng(12)
    called = sum(
        bool(chart and chart.marked)
        for _ in range(200)
        for chart in [
            p_chart(months([*map(int, chance.binomial(400, 0.03, 18)), *map(int, chance.binomial(400, 0.06, 6))], 400))
        ]
    )
    assert called > 120
