"""What the numbers on a bond owed, added up for everybody as PostgreSQL adds it up for some."""

from decimal import Decimal

import numpy as np
import polars as pl

from compliance.risk.bonded import DUES, _covered, _newest


def test_what_many_numbers_owed_is_to_the_last_digit_their_decimal_sum() -> None:
    """In dollars of floating point the order of the numbers would show: 0.1 + 0.2 is not 0.3."""
    cents = np.random.default_rng(7).integers(0, 10**11, 500)
    owed = pl.DataFrame({"number": np.arange(500), "dues": [float(Decimal(int(one)) / 100) for one in cents]})
    covers = pl.DataFrame({"bond": np.arange(500) % 7, "number": np.arange(500)})
    found = dict(_covered(covers, owed).select("bond", DUES).iter_rows())
    assert found == {bond: float(Decimal(int(cents[bond::7].sum())) / 100) for bond in range(7)}
    assert any(owed["dues"].to_numpy()[bond::7].sum() != found[bond] for bond in range(7))


def test_a_number_that_two_bonds_cover_counts_on_both_and_one_without_trade_on_none() -> None:
    owed = pl.DataFrame({"number": [1, 2], "dues": [0.1, 0.2]})
    covers = pl.DataFrame({"bond": [5, 5, 6, 7], "number": [1, 2, 2, 3]})
    assert dict(_covered(covers, owed).iter_rows()) == {5: 0.3, 6: 0.2}


def test_of_several_bonds_the_one_that_began_last_counts_then_the_first_number() -> None:
    bonds = pl.DataFrame(
        {
            "id": ["b", "a", "a", "a"],
            "bond": [1, 2, 3, 4],
            "effective": ["2026-01-01", "2025-12-31", "2026-01-01", "2026-01-01"],
            "number": ["7", "1", "20", "100"],
        }
    )
    assert _newest(bonds).select("id", "bond").rows() == [("a", 4), ("b", 1)]
