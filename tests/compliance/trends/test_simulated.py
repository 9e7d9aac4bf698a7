"""Simulated worlds with known truth, a small seeded run of `python -m benchmarks.trends_simulated`."""

import pytest

from benchmarks.trends_simulated import ACCOUNTS, Figures, figures

SEED = 20_261_126


@pytest.fixture(scope="module")
def planted() -> Figures:
    return figures("ten planted", 6, SEED)


@pytest.mark.parametrize("kind", ["headings and ports differ", "a rise common to all", "more targeting in some cells"])
def test_where_nothing_is_planted_hardly_anything_is_announced(kind: str) -> None:
    got = figures(kind, 3, SEED)
    assert got.months_false <= 4  # of 39; 5 % are asked over 200 worlds


def test_ports_with_bad_months_and_no_more_announce_hardly_any_holds() -> None:
    got = figures("holds, at ports with good and bad months", 4, SEED)
    assert got.months_false <= 5  # of 52; 5 % are asked over 200 worlds


def test_hardly_any_announcement_is_wrong(planted: Figures) -> None:
    assert planted.announced >= 30
    assert planted.false <= 0.1 * planted.announced
    assert planted.troubled <= planted.months * ACCOUNTS / 1_000


def test_what_is_planted_is_found_in_time_and_called_by_its_name(planted: Figures) -> None:
    assert planted.found[40][0] >= 0.9 * planted.found[40][1]
    assert planted.found[20][0] >= 0.75 * planted.found[20][1]
    assert sum(planted.overlap) >= 0.75 * len(planted.overlap)
    assert sum(planted.near) >= 0.75 * len(planted.near)
    assert sum(planted.covered) >= 0.75 * len(planted.covered)


def test_holds_that_are_long_or_costly_for_a_reason_are_found_and_hardly_any_other() -> None:
    got = figures("ten of holds planted", 4, SEED)
    assert got.found[40][0] >= 0.7 * got.found[40][1]
    assert got.false <= 0.1 * got.announced
