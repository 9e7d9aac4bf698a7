"""The band of the year ahead holds what it says in simulated worlds, and says nothing where too little is known."""

import datetime
from decimal import Decimal

import numpy as np
import pytest

from compliance.bonds.outlook import outlook_of
from compliance.bonds.paths import AHEAD, HIGH, LOW, Errors, Floats, ahead_of, errors_of, month_at, rolling_after

ACCOUNTS = 2_500


def world(seed: int, shock: float = 0.0, accounts: int = ACCOUNTS) -> Floats:
    """Three years of months of accounts of many sizes, some regular, some lumpy; seasons, drift of their own, and a shock
    that all have in common each month."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(13, 1.6, accounts))[:, None] / 12
    regular = np.where(rng.random(accounts) < 0.4, 0.5, 8.0)[:, None] * np.ones((1, 36))
    drift = np.exp(np.cumsum(rng.normal(0, 0.03, (accounts, 36)), axis=1))
    season = 1 + 0.3 * np.sin(2 * np.pi * (np.arange(36) / 12 + rng.random((accounts, 1))))
    common = np.exp(rng.normal(0, shock, 36))
    return size * season * drift * common * rng.gamma(regular, 1 / regular)


def covered(months: Floats) -> Floats:
    """The share of accounts whose rolling sum lies in its band, by month ahead."""
    errors = errors_of(months[:, :12], months[:, 12:24])
    assert errors is not None
    year, came = months[:, 12:24], rolling_after(months[:, 12:24], months[:, 24:])
    inside, cells = np.zeros(came.shape, dtype=bool), errors.cell_of(year)
    bands = {cell: np.quantile(paths, (LOW, HIGH), axis=0) for cell, paths in errors.cells.items()}
    for row, cell in enumerate(cells):
        low, high = bands[cell] * year[row].sum()
        inside[row] = (low <= came[row]) & (came[row] <= high)
    return inside.mean(axis=0)


@pytest.mark.parametrize("shock", [0.0, 0.03])
@pytest.mark.parametrize("seed", range(5))
def test_eight_of_ten_lie_in_the_band(seed: int, shock: float) -> None:
    found = covered(world(seed, shock))
    assert 0.74 <= found[-1] <= 0.86
    assert 0.72 <= found.min() <= found.max() <= 0.88


def test_the_band_of_the_page_is_the_band_of_the_test() -> None:
    months = world(1)
    errors = errors_of(months[:, :12], months[:, 12:24])
    assert errors is not None
    year = months[7, 12:24]
    paths = errors.of(year)
    assert paths is not None
    ahead = ahead_of(year, np.zeros(AHEAD), paths)
    low, high = np.quantile(paths, (LOW, HIGH), axis=0) * year.sum()
    assert np.allclose(ahead.low, low)
    assert np.allclose(ahead.high, high)


def test_thinned_paths_end_where_all_do() -> None:
    months = world(2, accounts=20_000)
    before, after = months[:, :12], months[:, 12:24]
    errors = errors_of(before, after)
    assert errors is not None
    rows = np.array([cell == (3, False) for cell in errors.cell_of(before)])
    ends = after[rows].sum(axis=1) / before[rows].sum(axis=1)
    kept = errors.cells[3, False][:, -1]
    assert np.allclose(np.quantile(kept, (0.1, 0.5, 0.9)), np.quantile(ends, (0.1, 0.5, 0.9)), rtol=0.02)


def test_few_accounts_lean_on_all_and_too_few_say_nothing() -> None:
    months = world(3, accounts=30)
    errors = errors_of(months[:, :12], months[:, 12:24])
    assert errors is not None
    assert {len(paths) for paths in errors.cells.values()} == {30}
    assert errors_of(months[:19, :12], months[:19, 12:24]) is None
    assert errors_of(np.zeros((50, 12)), months[:, 12:24].repeat(2, axis=0)[:50]) is None


def test_what_is_kept_reads_as_what_was_learned() -> None:
    months = world(4)
    errors = errors_of(months[:, :12], months[:, 12:24])
    assert errors is not None
    again = Errors.from_data(errors.as_data())
    assert again.cell_of(months[:, 12:24]) == errors.cell_of(months[:, 12:24])
    assert all(np.allclose(again.cells[cell], paths, atol=1e-5) for cell, paths in errors.cells.items())


# ---- one bond --------------------------------------------------------------------------------------------------

#: Twelve paths: each stays as it was for n months and is half as much again from then on.
STEPS = np.array([[1.0] * n + [1.5] * (12 - n) for n in range(12)])


def test_shares_months_and_amounts_follow_from_the_paths() -> None:
    ahead = ahead_of(np.full(12, 10_000.0), np.zeros(12), STEPS)
    assert ahead.said.tolist() == [120_000.0] * 12
    passed = ahead.passed_by(150_000)
    assert np.allclose(passed, np.arange(1, 13) / 12)
    assert ahead.stays(150_000) == 0
    assert ahead.stays(180_000) == 1
    assert ahead.held_by(0.9) == 180_000
    first = datetime.date(2026, 11, 1)
    assert month_at(passed, 0.1, first) == datetime.date(2026, 12, 1)
    assert month_at(passed, 0.5, first) == datetime.date(2027, 4, 1)
    assert month_at(np.zeros(12), 0.1, first) is None


def test_a_path_that_comes_back_has_passed_all_the_same() -> None:
    ahead = ahead_of(np.full(12, 10_000.0), np.zeros(12), np.array([[1.0] * 5 + [1.5] + [1.0] * 6]))
    assert ahead.passed_by(150_000).tolist() == [0.0] * 5 + [1.0] * 7


def test_announced_duty_and_growth_add_up_month_by_month() -> None:
    flat = np.ones((1, 12))
    added = ahead_of(np.full(12, 10_000.0), np.array([0.0] * 6 + [5_000.0] * 6), flat)
    assert added.said.tolist() == [120_000.0] * 6 + [125_000.0, 130_000.0, 135_000.0, 140_000.0, 145_000.0, 150_000.0]
    grown = ahead_of(np.full(12, 10_000.0), np.full(12, 1_000.0), flat, growth=0.5)
    assert grown.said[-1] == pytest.approx(120_000 * 1.5 + 12_000 * 1.5)
    less = ahead_of(np.full(12, 10_000.0), np.full(12, -20_000.0), flat)
    assert less.said.min() == 0


def test_the_next_two_steps_by_hand() -> None:
    """Ten paths of $1,800,000 a year, from −10 % to +35 % by the twelfth month: a bond of $200,000 holds $2,000,000."""
    rise = np.linspace(-0.10, 0.35, 10)  # by five points
    paths = 1 + rise[:, None] * np.arange(1, 13) / 12
    found = outlook_of(np.full(12, 150_000.0), np.zeros(12), paths, Decimal(200_000), 0.8, datetime.date(2026, 11, 24))
    # Past it from +11.1 % on: five of ten (+15 … +35 %); half of them by the month in which the +15 % path passes, the ninth.
    assert [(one.amount, one.until, round(one.stays, 4), one.now, one.asked) for one in found.choices] == [
        (200_000, datetime.date(2027, 7, 1), 0.5, True, False),
        (300_000, None, 1.0, False, True),
        (400_000, None, 1.0, False, False),
    ]
    assert (found.ask_for, found.is_enough, found.passes, found.short) == (300_000, False, 0.5, None)
    # $50,000 is never enough here: the two steps above it are no answer, so that what is asked for stands behind them.
    small = outlook_of(np.full(12, 150_000.0), np.zeros(12), paths, Decimal(50_000), 0.8, datetime.date(2026, 11, 24))
    assert [one.amount for one in small.choices] == [50_000, 60_000, 70_000, 300_000]
    assert [one.stays for one in small.choices] == [0, 0, 0, 1]
    # What there is may hold what would be asked for: then it is that which holds.
    large = outlook_of(np.full(12, 150_000.0), np.zeros(12), paths, Decimal(500_000), 0.8, datetime.date(2026, 11, 24))
    assert [(one.amount, one.asked) for one in large.choices] == [(500_000, True), (600_000, False), (700_000, False)]
    assert large.is_enough
