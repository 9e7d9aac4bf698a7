"""The intervals hold where the truth is known: the figures that the project asks of them, seeded."""

import numpy as np
import pytest

from benchmarks.measurement import Numbers, coverage, designs


@pytest.fixture(scope="module")
def covered() -> dict[str, Numbers]:
    return coverage(samples=2_000, seed=20_261_125)


def test_the_grid_is_as_wide_as_was_asked() -> None:
    assert len(designs()) >= 48
    assert len({one.name for one in designs()}) == len(designs())
    assert all((one.drawn <= one.population).all() and (one.drawn >= 10).all() for one in designs())


def test_the_displayed_interval_covers_in_every_design_and_on_average(covered: dict[str, Numbers]) -> None:
    assert covered["displayed"].min() >= 0.91
    assert 0.945 <= covered["displayed"].mean() <= 0.975


def test_the_bound_holds_in_every_design(covered: dict[str, Numbers]) -> None:
    assert covered["bound"].min() >= 0.935


def test_the_grid_is_hard_enough_to_fail_the_simpler_intervals(covered: dict[str, Numbers]) -> None:
    assert np.min(covered["Wilson on n_eff alone"]) < 0.91
    assert np.min(covered["Clopper-Pearson on n_eff"]) < 0.935
