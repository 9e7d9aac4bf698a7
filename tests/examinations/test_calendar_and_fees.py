import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examinations import fees
from examinations.calendar import add_working_days, is_working_day, working_days_between
from examinations.clocks import days_held, release_or_detain_by

DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2060, 1, 1))


def test_thanksgiving_and_an_observed_holiday_are_no_working_days() -> None:
    assert not is_working_day(datetime.date(2026, 11, 26))
    assert not is_working_day(datetime.date(2026, 7, 3))  # July 4 is a Saturday
    assert is_working_day(datetime.date(2026, 11, 27))


@given(DAYS, st.integers(0, 60))
def test_adding_and_counting_working_days_agree(day: datetime.date, count: int) -> None:
    end = add_working_days(day, count)
    assert working_days_between(day, end) == count
    assert count == 0 or is_working_day(end)


def test_five_business_days_run_from_presentation_over_thanksgiving() -> None:
    assert release_or_detain_by(datetime.date(2026, 11, 20)) == datetime.date(2026, 11, 30)
    assert release_or_detain_by(None) is None


def test_days_held_run_from_selection_and_never_below_zero() -> None:
    today = datetime.date(2026, 11, 24)
    assert days_held(datetime.date(2026, 11, 18), None, today) == 6
    assert days_held(datetime.date(2026, 11, 18), datetime.date(2026, 11, 20), today) == 2
    assert days_held(datetime.date(2026, 11, 28), None, today) == 0


@pytest.mark.parametrize(
    ("value", "kind", "day", "fee"),
    [
        ("50000", "01", "2026-01-15", "173.20"),
        ("1000", "01", "2026-01-15", "33.58"),
        ("1000", "01", "2025-01-15", "32.71"),
        ("900000", "01", "2024-01-15", "614.35"),
        ("900000", "01", "2026-11-15", "651.50"),
        ("2000", "11", "2026-01-15", "2.69"),
        ("50000", "21", "2026-01-15", "0"),
        ("0", "01", "2026-01-15", "0"),
    ],
)
def test_the_processing_fee_of_an_entry(value: str, kind: str, day: str, fee: str) -> None:
    assert fees.entry_mpf(Decimal(value), kind, datetime.date.fromisoformat(day)) == Decimal(fee)


@given(st.decimals(0, 700, places=2), st.lists(st.decimals(0, 100000, places=2), min_size=1, max_size=20))
def test_prorated_fees_add_up_to_the_cent(fee: Decimal, values: list[Decimal]) -> None:
    parts = fees.prorate(fee, values)
    assert sum(parts) == (fee if sum(values) else 0)
    assert all(part >= 0 for part in parts)


def test_the_harbor_fee_is_unknown_without_a_mode_but_at_seaports() -> None:
    value = Decimal(10_000)
    assert fees.line_hmf(value, "11", seaport_only=False) == Decimal("12.50")
    assert fees.line_hmf(value, "40", seaport_only=False) == 0
    assert fees.line_hmf(value, "", seaport_only=True) == Decimal("12.50")
    assert fees.line_hmf(value, "", seaport_only=False) is None
