import pytest
from hypothesis import given
from hypothesis import strategies as st

from examinations.intervals import TOO_FEW, rate_of

# domain.md 4.3, simple binomial intervals
REFERENCE = [
    (0, 10, (0, 0.277533), (0, 0.308497)),
    (0, 30, (0, 0.113513), (0, 0.115703)),
    (3, 60, (0.017150, 0.137005), (0.010432, 0.139243)),
    (5, 100, (0.021544, 0.111750), (0.016432, 0.112835)),
    (8, 400, (0.010168, 0.038963), (0.008673, 0.039026)),
    (12, 60, (0.118285, 0.317818), (0.107841, 0.323300)),
]


@pytest.mark.parametrize(("found", "count", "wilson", "exact"), REFERENCE)
def test_both_intervals_of_the_reference_table_come_out(
    found: int, count: int, wilson: tuple[float, float], exact: tuple[float, float]
) -> None:
    shown, sure = rate_of(found, count), rate_of(found, count, guaranteed=True)
    assert shown is not None
    assert sure is not None
    assert (shown.low, shown.high) == pytest.approx(wilson, abs=5e-7)
    assert (sure.low, sure.high) == pytest.approx(exact, abs=5e-7)
    assert shown.rate == sure.rate == found / count


@given(st.integers(1, 5000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_an_interval_holds_its_rate_and_the_guaranteed_one_reaches_to_the_ends(pair: tuple[int, int]) -> None:
    found, count = pair
    for guaranteed in (False, True):
        rate = rate_of(found, count, guaranteed=guaranteed)
        assert rate is not None
        assert -1e-12 <= rate.low <= rate.rate + 1e-12
        assert rate.rate - 1e-12 <= rate.high <= 1 + 1e-12
        mirror = rate_of(count - found, count, guaranteed=guaranteed)
        assert mirror is not None
        assert (1 - mirror.high, 1 - mirror.low) == pytest.approx((rate.low, rate.high), abs=1e-9)


def test_nothing_counted_has_no_rate_and_more_found_than_counted_is_refused() -> None:
    assert rate_of(0, 0) is None
    for found, count in ((1, 0), (3, 2), (-1, 5)):
        with pytest.raises(ValueError, match="cannot be found in"):
            rate_of(found, count)


@pytest.mark.parametrize(("count", "tells"), [(1, False), (TOO_FEW - 1, False), (TOO_FEW, True)])
def test_a_rate_of_too_few_tells_nothing(count: int, tells: bool) -> None:
    rate = rate_of(1, count)
    assert rate is not None
    assert rate.tells is tells
