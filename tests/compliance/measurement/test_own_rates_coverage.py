"""The intervals of own rates hold where the truth is known, with the regression in them; seeded.

Asked are 93 % over all accounts and 90 % in each band of random reviews, in peer groups of a hundred and more, and more than
98 % only where accounts hardly differ. A share is told by so many worlds that the simulation's own error is some tenths of a
point over all.
"""

import pytest

from benchmarks.own_rates import BAND_NAMES, BANDS, KINDS, coverage, said_to_differ

#: True rates of like size, by chance alone or nearly: there an interval may be wider than it had to be.
HARDLY_DIFFER = {"M 200", "no difference"}
WORLDS = [(100, 60), (1_000, 15)]


def test_the_bands_are_those_that_were_asked_for() -> None:
    assert [least for least, _ in BANDS] == [0, 1, 3, 10, 30]
    assert [most for _, most in BANDS[:-1]] == [0, 2, 9, 29]
    assert set(KINDS) > HARDLY_DIFFER
    assert len(set(KINDS) - HARDLY_DIFFER) == 2


@pytest.mark.parametrize(("accounts", "worlds"), WORLDS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_interval_covers_over_all_and_in_each_band_of_reviews(kind: str, accounts: int, worlds: int) -> None:
    found = coverage(kind, accounts, worlds, seed=4)
    assert found["all"] >= 0.93
    assert min(found[name] for name in BAND_NAMES) >= 0.90
    if kind not in HARDLY_DIFFER:
        assert found["all"] <= 0.98


def test_thirty_reviews_and_more_hold_over_many_worlds() -> None:
    """A world of a thousand has some twenty such accounts: only many worlds tell."""
    assert coverage("M 20", 1_000, 24, seed=9)["30 and more"] >= 0.91


def test_accounts_that_do_not_differ_are_seldom_said_to_and_those_that_do_often_are() -> None:
    assert said_to_differ("no difference", 100, 60, seed=2) <= 0.10
    assert said_to_differ("M 20", 400, 10, seed=2) >= 0.7
