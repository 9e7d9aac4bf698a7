from decimal import Decimal

import pytest

from compliance.measurement.major import Finding, Thresholds, is_major

RULES = Thresholds(Decimal(1_000), Decimal("0.10"), Decimal(5_000), Decimal("0.10"), frozenset({"PGA", "IPR", "QUOTA"}))


def money(kind: str, amount: str) -> Finding:
    return Finding(kind, revenue=Decimal(amount))


@pytest.mark.parametrize(
    ("findings", "duty", "major"),
    [
        ([], "100", False),
        ([Finding("MISSING_DOC")], "100", False),
        ([Finding("IPR")], "0", True),
        ([money("CLASS", "1000")], "100000", True),
        ([money("CLASS", "999.99")], "100000", False),
        ([money("CLASS", "-1000")], "100000", True),
        # a tenth of what is owed: 10 of 100
        ([money("CLASS", "10")], "90", True),
        ([money("CLASS", "9.99")], "90.01", False),
        ([money("CLASS", "0")], "0", False),
        ([money("CLASS", "600"), money("QTY", "400")], "100000", True),
        ([money("CLASS", "1000"), money("QTY", "-1000")], "100000", False),
        ([Finding("ORIGIN")], "100", False),
        ([money("ORIGIN", "1")], "100000", True),
        ([Finding("ORIGIN"), Finding("MARKING")], "100", True),
        ([Finding("MARKING")], "100", False),
        ([Finding("VALUE", Decimal(50_000), Decimal(55_000))], "100000", True),
        ([Finding("VALUE", Decimal(50_001), Decimal(55_000))], "100000", False),
        ([Finding("VALUE", Decimal(60_000), Decimal(65_000))], "100000", False),
        ([Finding("VALUE", Decimal(50_000), Decimal(44_000))], "100000", True),
        ([Finding("VALUE", None, Decimal(44_000))], "100000", False),
        ([Finding("QTY", Decimal(50_000), Decimal(10_000))], "100000", False),
    ],
)
def test_an_error_is_major_by_the_thresholds_and_not_below(findings: list[Finding], duty: str, major: bool) -> None:
    assert is_major(findings, Decimal(duty), RULES) is major
