"""How unlikely a count is, held to known values and to scipy."""

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from compliance.trends.tail import mid_p

KNOWN = [
    (3, 0.3, 5, 0.0029690),
    (5, 1.2, 8, 0.0085991),
    (12, 1.2, 8, 2.99256e-07),
    (12, 1.2, 2, 4.60988e-05),
    (2, 0.5, 50, 0.0529532),
]


@pytest.mark.parametrize(("found", "expected", "shape", "p"), KNOWN)
def test_mid_p_has_the_known_values(found: int, expected: float, shape: float, p: float) -> None:
    assert mid_p(np.array([found]), np.array([expected]), np.array([shape]))[0] == pytest.approx(p, rel=2e-5)


@given(st.integers(0, 500), st.floats(1e-3, 200), st.floats(0.05, 5000))
def test_mid_p_is_the_negative_binomials(found: int, expected: float, shape: float) -> None:
    chance = shape / (shape + expected)
    p = scipy.stats.nbinom.sf(found, shape, chance) + scipy.stats.nbinom.pmf(found, shape, chance) / 2
    assert mid_p(np.array([found]), np.array([expected]), np.array([shape]))[0] == pytest.approx(p, rel=1e-6, abs=1e-12)
