"""The dated list of priority trade issues: a line counts for those that were issues on its entry date."""

import datetime

import pytest
from django.db import connection

from compliance.measurement.issues import ISSUES, Issue

ENDED = Issue("x", "X", "X", "left(hts, 2) = '61' OR adcvd", datetime.date(2020, 1, 1), datetime.date(2024, 1, 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "hts", "counts"),
    [
        ("2019-12-31", "6109100012", False),
        ("2020-01-01", "6109100012", True),
        ("2023-12-31", "6109100012", True),
        ("2024-01-01", "6109100012", False),
        ("2022-01-01", "8501100000", False),
    ],
)
def test_a_line_counts_from_the_first_day_until_before_the_last(day: str, hts: str, counts: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ENDED.of_line_on_its_day} FROM (VALUES (%s::date, %s, false)) AS line (entry_date, hts, adcvd)",
            [day, hts],
        )
        assert cursor.fetchone()[0] is counts
    assert ENDED.on(datetime.date.fromisoformat(day)) is (counts or hts.startswith("85"))


def test_codes_are_each_ones_own_and_fit_where_they_are_kept() -> None:
    codes = [issue.code for issue in ISSUES]
    assert len(set(codes)) == len(codes)
    assert all(len(code) <= 12 and len(issue.short) <= 16 for code, issue in zip(codes, ISSUES, strict=True))
