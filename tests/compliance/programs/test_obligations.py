"""Letters and tests by their days: the ISA handbook's 13 months, then yearly, and three years."""

import datetime

from compliance.programs.obligations import kept_until, letters_due, letters_of, next_open

D = datetime.date


def test_the_first_letter_is_due_13_months_after_acceptance_then_yearly() -> None:
    due = letters_due(D(2024, 3, 15), D(2024, 1, 1), D(2027, 12, 31))
    assert due == [D(2025, 4, 15), D(2026, 4, 15), D(2027, 4, 15)]


def test_a_letter_due_on_the_last_of_a_month_does_not_wander() -> None:
    assert letters_due(D(2023, 1, 31), D(2023, 1, 1), D(2025, 12, 31)) == [D(2024, 2, 29), D(2025, 2, 28)]


def test_both_ends_of_the_time_asked_count() -> None:
    day = D(2025, 4, 15)
    assert letters_due(D(2024, 3, 15), day, day) == [day]
    assert letters_due(D(2024, 3, 15), day + datetime.timedelta(days=1), D(2026, 4, 14)) == []


def test_all_that_were_due_and_the_next_one_with_what_was_sent() -> None:
    letters = letters_of(D(2023, 1, 10), {D(2024, 2, 10): D(2024, 2, 8)}, D(2026, 6, 1))
    assert [one.due for one in letters] == [D(2024, 2, 10), D(2025, 2, 10), D(2026, 2, 10), D(2027, 2, 10)]
    assert [one.is_late(D(2026, 6, 1)) for one in letters] == [False, True, True, False]
    assert next_open(letters).due == D(2025, 2, 10)


def test_results_are_kept_three_years_leap_days_too() -> None:
    assert kept_until(D(2026, 5, 1)) == D(2029, 5, 1)
    assert kept_until(D(2024, 2, 29)) == D(2027, 2, 28)
