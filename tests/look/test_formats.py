"""Numbers, dates and codes as the pages write them: exact outputs."""

import datetime
from decimal import Decimal

import pytest

from look import formats

NOON = datetime.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("form", "value", "said"),
    [
        (formats.count, 1362, "1,362"),
        (formats.count, 0, "0"),
        (formats.count, None, "–"),
        (formats.count, -7, "−7"),
        (formats.money, Decimal("1240000.00"), "$1,240,000"),
        (formats.money, Decimal("0.50"), "$1"),
        (formats.money, Decimal("-0.40"), "$0"),
        (formats.money, Decimal("-1234.56"), "−$1,235"),
        (formats.amount, Decimal("6240"), "6,240"),
        (formats.cents, Decimal("11838.4"), "11,838.40"),
        (formats.short_money, Decimal("2100000"), "$2.1\u00a0million"),
        (formats.short_money, Decimal("310000"), "$310,000"),
        (formats.difference, Decimal("6240"), "+6,240"),
        (formats.difference, Decimal("-1310"), "−1,310"),
        (formats.difference, Decimal("0.00"), "0"),
        (formats.difference, None, "–"),
        (formats.percent, 0.0259, "2.6\u00a0%"),
        (formats.percent, None, "–"),
        (formats.points, Decimal("54.63"), "54.6"),
        (formats.moved, Decimal("1.8"), "+1.8"),
        (formats.moved, Decimal("-0.4"), "−0.4"),
        (formats.moved, Decimal("-0.04"), "0.0"),
        (formats.halves, 2.0, "2"),
        (formats.halves, 2.5, "2.5"),
        (formats.halves, None, "–"),
        (formats.long_day, NOON, "November 24, 2026"),
        (formats.weekday, NOON, "Tuesday, November 24"),
        (formats.month, NOON, "Nov 2026"),
        (formats.number_word, 1, "one"),
        (formats.number_word, 0, "no"),
        (formats.number_word, 11, "11"),
        (formats.entry_number, "9XZ44103775", "9XZ-4410377-5"),
        (formats.container, "ZZXU4308175", "ZZXU 430817-5"),
        (formats.hts, "8501104020", "8501.10.40.20"),
        (formats.hts, "99038803", "9903.88.03"),
    ],
)
def test_a_value_is_written_exactly_so(form, value, said) -> None:
    assert form(value) == said


def test_a_day_names_its_year_only_where_it_is_another() -> None:
    assert formats.day(NOON, NOON) == "Nov 24"
    assert formats.day(datetime.date(2025, 3, 1), NOON) == "Mar 1, 2025"
    assert formats.day(None, NOON) == "–"


@pytest.mark.parametrize(("number", "said"), [(0, "0 entries"), (1, "1 entry"), (41, "41 entries")])
def test_a_count_agrees_with_its_word(number, said) -> None:
    assert formats.plural(number, "entry", "entries") == said
