"""The dates that bind an entry: the worked examples of the rules, and a slow reference for the rest."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examinations import clocks
from examinations.entry_dates import Standing, dates_of
from examinations.models import Entry

DAY = datetime.timedelta(days=1)
NOVEMBER_16 = datetime.date(2026, 11, 16)
days = st.dates(datetime.date(1990, 1, 1), datetime.date(2040, 12, 31))


def entry(entry_date: datetime.date = NOVEMBER_16, **fields: object) -> Entry:
    return Entry(**{"entry_date": entry_date, "entry_type": "01"} | fields)


def test_day_314_of_november_16_is_a_sunday_and_liquidation_the_friday_of_the_week_that_it_begins() -> None:
    assert datetime.date(2027, 9, 26) == NOVEMBER_16 + 314 * DAY
    assert clocks.expected_liquidation(NOVEMBER_16) == datetime.date(2027, 10, 1)


def test_day_314_on_a_saturday_goes_back_to_the_friday_before_it() -> None:
    saturday = datetime.date(2027, 9, 25)
    assert clocks.expected_liquidation(saturday - 314 * DAY) == datetime.date(2027, 9, 24)


@given(days)
def test_liquidation_is_the_one_friday_between_the_sunday_and_the_saturday_around_day_314(at: datetime.date) -> None:
    sunday = at + 314 * DAY
    while f"{sunday:%A}" != "Sunday":
        sunday -= DAY
    friday = next(sunday + n * DAY for n in range(7) if f"{sunday + n * DAY:%A}" == "Friday")
    assert clocks.expected_liquidation(at) == friday


def test_a_correction_ends_300_days_from_entry_or_15_before_liquidation_whichever_is_earlier() -> None:
    # 300 days from November 16, 2026 is September 12, 2027; 15 before October 1 is September 16.
    assert clocks.correction_by(NOVEMBER_16, datetime.date(2027, 10, 1)) == datetime.date(2027, 9, 12)
    assert clocks.correction_by(NOVEMBER_16, datetime.date(2027, 9, 24)) == datetime.date(2027, 9, 9)
    assert clocks.correction_by(NOVEMBER_16, None) == datetime.date(2027, 9, 12)


@given(days)
def test_by_the_usual_cycle_a_correction_ends_on_day_298_to_300(at: datetime.date) -> None:
    assert 298 <= (clocks.correction_by(at, clocks.expected_liquidation(at)) - at).days <= 300


def test_a_protest_ends_180_calendar_days_from_liquidation() -> None:
    assert clocks.protest_by(datetime.date(2027, 10, 1)) == datetime.date(2028, 3, 29)


def test_a_preference_is_claimed_within_a_year_and_a_group_reconciled_within_its_months() -> None:
    assert clocks.preference_claim_by(NOVEMBER_16) == datetime.date(2027, 11, 16)
    assert clocks.preference_claim_by(datetime.date(2028, 2, 29)) == datetime.date(2029, 2, 28)
    assert clocks.reconciliation_by(datetime.date(2026, 5, 31)) == datetime.date(2028, 2, 29)
    assert clocks.reconciliation_by(NOVEMBER_16, trade_agreement=True) == datetime.date(2027, 11, 16)


def test_a_plain_entry_on_its_way() -> None:
    found = dates_of(entry(), datetime.date(2026, 11, 25))
    assert found.standing == Standing.EXPECTED
    assert found.summary_by == datetime.date(2026, 12, 1)
    assert found.liquidation == datetime.date(2027, 10, 1)
    assert found.correction_by == datetime.date(2027, 9, 12)
    assert (found.protest_by, found.reconciliation_by) == (None, None)
    assert (found.may_correct, found.may_claim_preference, found.may_protest) == (True, True, False)


def test_the_last_day_of_a_correction_still_counts_and_the_next_does_not() -> None:
    assert dates_of(entry(), datetime.date(2027, 9, 12)).may_correct
    assert not dates_of(entry(), datetime.date(2027, 9, 13)).may_correct


def test_what_the_usual_cycle_promised_and_no_file_reported_is_said_as_such() -> None:
    assert dates_of(entry(), datetime.date(2027, 10, 1)).standing == Standing.EXPECTED
    assert dates_of(entry(), datetime.date(2027, 10, 2)).standing == Standing.OVERDUE


def test_a_liquidated_entry_has_its_real_day_a_protest_and_no_correction() -> None:
    liquidated = datetime.date(2027, 10, 8)
    found = dates_of(entry(liquidation_date=liquidated, extension_status="EXTENDED"), liquidated)
    assert (found.standing, found.liquidation) == (Standing.LIQUIDATED, liquidated)
    assert (found.correction_by, found.protest_by) == (None, datetime.date(2028, 4, 5))
    assert dates_of(entry(liquidation_date=liquidated), datetime.date(2028, 4, 5)).may_protest
    assert not dates_of(entry(liquidation_date=liquidated), datetime.date(2028, 4, 6)).may_protest


def test_a_liquidation_that_lies_ahead_is_scheduled_and_ends_corrections_15_days_before() -> None:
    found = dates_of(entry(liquidation_date=datetime.date(2027, 3, 5)), datetime.date(2027, 1, 4))
    assert (found.standing, found.correction_by) == (Standing.SCHEDULED, datetime.date(2027, 2, 18))
    assert found.protest_by is None


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({"entry_type": "03"}, Standing.SUSPENDED),
        ({"entry_type": "38"}, Standing.SUSPENDED),
        ({"extension_status": "Suspended"}, Standing.SUSPENDED),
        ({"extension_status": "EXTENDED"}, Standing.EXTENDED),
        ({"entry_type": "07", "extension_status": "Extended"}, Standing.EXTENDED),
        ({"liquidation_status": "Liquidation Suspended"}, Standing.SUSPENDED),
    ],
)
def test_a_suspended_or_extended_entry_has_no_date_of_liquidation_and_300_days_to_correct(
    fields: dict[str, str], standing: Standing
) -> None:
    found = dates_of(entry(**fields), datetime.date(2026, 11, 25))
    assert (found.standing, found.liquidation, found.protest_by) == (standing, None, None)
    assert found.correction_by == datetime.date(2027, 9, 12)


def test_liquidated_on_a_day_that_no_file_names_can_be_neither_corrected_nor_counted() -> None:
    found = dates_of(entry(liquidation_status="Liquidated"), datetime.date(2026, 11, 25))
    assert (found.standing, found.liquidation) == (Standing.LIQUIDATED, None)
    assert (found.correction_by, found.protest_by) == (None, None)
