"""How much each account and each test counts in a search."""

import numpy as np
import pytest

from compliance.trends.cells import SUBSETS, Cells
from compliance.trends.finding import one_each, weights


def cells(unit: list[int], subset: list[int]) -> Cells:
    count = len(unit)
    whole = np.zeros(count, np.int64)
    found = np.full((count, 1), 5)
    return Cells(np.array(unit), np.array(subset), np.zeros((count, 5), np.int64), whole, whole + 9, whole + 1.0, found)


def test_a_test_counts_the_same_in_a_large_account_and_in_a_small_one() -> None:
    given = cells([0, 1, 2], [0, 0, 0])
    p, tests = np.array([[1e-5], [1e-5], [0.03]]), np.array([10, 90, 50, 0])
    # Fifty tests an account in the mean: of a small one ten times 1e-5 is raised by as much as is taken from a large one.
    assert one_each(given, p, tests, 50.0) == pytest.approx([5e-4, 5e-4, 1.0, 1.0])
    assert one_each(given, p, tests, None) == pytest.approx([1e-4, 9e-4, 1.0, 1.0])


def test_what_an_account_weighs_is_one_in_the_mean_over_accounts_and_over_an_accounts_tests() -> None:
    tests = np.array([10, 90, 50])
    alone = one_each(cells([0, 1, 2], [0, 0, 0]), np.full((3, 1), 1e-6), tests, float(tests.mean()))
    assert (1e-6 * tests / alone).mean() == pytest.approx(1.0)
    each = weights(cells([0, 0, 0, 1], [0, len(SUBSETS) - 1, len(SUBSETS) - 1, 0]), np.ones(1))[:, 0]
    assert each[:3].mean() == pytest.approx(1.0)
    assert each[3] == pytest.approx(1.0)
