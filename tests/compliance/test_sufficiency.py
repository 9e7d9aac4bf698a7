from decimal import Decimal

import pytest

from compliance.bonds import required_amount
from compliance.bonds.sufficiency import utilisation


# domain.md 1.1, worked examples
@pytest.mark.parametrize(
    ("duties", "required"),
    [
        ("0", 50_000),
        ("123456.78", 50_000),
        ("500000.00", 50_000),
        ("500000.01", 60_000),
        ("560000", 60_000),
        ("600000", 60_000),
        ("600000.01", 70_000),
        ("940000", 100_000),
        ("1000000", 100_000),
        ("1000000.01", 200_000),
        ("2000000", 200_000),
        ("2000000.10", 300_000),
        ("4250000", 500_000),
        ("12345678", 1_300_000),
        ("27000000", 2_700_000),
    ],
)
def test_the_published_examples_come_out_exactly(duties: str, required: int) -> None:
    assert required_amount(Decimal(duties)) == required


@pytest.mark.parametrize("nonsense", ["-0.01", "NaN", "Infinity"])
def test_an_impossible_amount_is_refused(nonsense: str) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        required_amount(Decimal(nonsense))


def test_floats_are_refused_since_a_cent_decides() -> None:
    with pytest.raises(TypeError):
        required_amount(500000.01)  # type: ignore[arg-type]


def test_use_of_the_worked_scenario() -> None:
    assert round(utilisation(Decimal(416_568), Decimal(50_000)), 3) == Decimal("0.833")
