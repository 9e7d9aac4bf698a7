"""The intervals of own rates hold where the truth is known, with the regression in them; seeded."""

import pytest

from benchmarks.own_rates import BAND_NAMES, KINDS, coverage, said_to_differ


@pytest.mark.parametrize(("accounts", "worlds"), [(100, 25), (1_000, 8)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_interval_covers_over_all_and_in_each_band_of_reviews(kind: str, accounts: int, worlds: int) -> None:
    found = coverage(kind, accounts, worlds, seed=4)
    assert found["all"] >= 0.93
    assert min(found[name] for name in BAND_NAMES) >= 0.90
    if kind != "no difference":
        assert found["all"] <= 0.995


def test_thirty_reviews_and_more_hold_over_many_worlds() -> None:
    """A world of a thousand has some twenty such accounts: only many worlds tell."""
    assert coverage("M 20", 1_000, 24, seed=9)["30 and more"] >= 0.91


def test_accounts_that_do_not_differ_are_seldom_said_to_and_those_that_do_often_are() -> None:
    assert said_to_differ("no difference", 100, 60, seed=2) <= 0.10
    assert said_to_differ("M 20", 400, 10, seed=2) >= 0.7
