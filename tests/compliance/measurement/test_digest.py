"""A digest tells rows apart, whichever bit of which column moved."""

import numpy as np

from compliance.measurement.own_rates.digest import digests


def test_rows_that_agree_have_one_digest_and_all_others_their_own() -> None:
    chance = np.random.default_rng(1)
    columns = [chance.integers(0, 3, 20_000) / 100 for _ in range(6)]
    found = digests(columns, 20_000)
    kinds = np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1].ravel()
    assert len(np.unique(found)) == kinds.max() + 1
    assert len({(kind, digest) for kind, digest in zip(kinds.tolist(), found.tolist(), strict=True)}) == kinds.max() + 1


def test_the_last_bit_of_a_number_moves_it_and_the_sign_of_a_zero_does_not() -> None:
    one, next_to_it = 0.0525, np.nextafter(0.0525, 1)
    low, high = digests([np.array([one, next_to_it]), np.zeros(2)], 2)
    assert low != high
    plus, minus = digests([np.array([0.0, -0.0])], 2)
    assert plus == minus


def test_two_columns_that_change_places_are_another_row() -> None:
    here, there = digests([np.array([1.0, 2.0]), np.array([2.0, 1.0])], 2)
    assert here != there


def test_a_digest_stays_the_same_from_one_release_to_the_next() -> None:
    """Otherwise every row would be written anew."""
    assert digests([np.array([1.5]), np.array([7])], 1).tolist() == [3843561628881592581]
