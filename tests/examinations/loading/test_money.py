"""Whatever stands in a column of money: what is no amount rejects its row with a reason, and costs no other row anything."""

from pathlib import Path
from typing import Any

import pytest

from compliance.bonds.models import Bond
from examinations.loading.reading.columns import BONDS, ENTRIES, EXAMINATIONS, MONEY, REQUESTS, SIGNED
from examinations.models import Entry, EntryLine, Reject
from tests.examinations.loading.files import bond_row, entry_row, examination_row, load

pytestmark = pytest.mark.django_db
#: As it stands in the file, and what its row is told.
NO_AMOUNT = {
    "99999999999999999999": "below a trillion dollars",
    "$99,999,999,999,999,999,999.00": "below a trillion dollars",
    "999999999999999": "below a trillion dollars",
    "10000000000000.00": "below a trillion dollars",
    "1,000,000,000,000": "below a trillion dollars",
    "0001000000000000.00": "below a trillion dollars",
    "NaN": "is not an amount",
    "Infinity": "is not an amount",
    "-inf": "is not an amount",
    "1e15": "is not an amount",
    "1E+3": "is not an amount",
    "\uff11\uff12": "is not an amount",
    "0x10": "is not an amount",
    ".": "is not an amount",
}
MONEY_OF = {
    kind: [column.header for column in columns if column.read in (MONEY, SIGNED)]
    for kind, columns in {
        "entries": ENTRIES,
        "examinations": EXAMINATIONS,
        "bonds": BONDS,
        "requests": REQUESTS,
    }.items()
}
ROWS: dict[str, Any] = {
    "entries": lambda n, **cells: entry_row(n, **cells),
    "examinations": lambda n, **cells: examination_row(f"X{n}", **cells),
    "bonds": lambda n, **cells: bond_row(f"B{n}", **cells),
}


def test_every_column_of_money_is_tried_below() -> None:
    assert {kind: len(headers) for kind, headers in MONEY_OF.items()} == {
        "entries": 7,
        "examinations": 4,
        "bonds": 1,
        "requests": 0,
    }


@pytest.mark.parametrize(("kind", "header"), [(kind, one) for kind, headers in MONEY_OF.items() for one in headers])
def test_what_is_no_amount_rejects_its_row_alone(tmp_path: Path, kind: str, header: str) -> None:
    bad = [ROWS[kind](n, **{header: text}) for n, text in enumerate(NO_AMOUNT, 1)]
    if kind == "examinations":
        load("entries", tmp_path, [entry_row()])
    outcome = load(kind, tmp_path, [*bad, ROWS[kind](50)])
    assert (outcome.loaded, outcome.rejected) == (1, len(NO_AMOUNT))
    told = list(Reject.objects.order_by("row").values_list("column", "reason"))
    for (column, reason), (text, said) in zip(told, NO_AMOUNT.items(), strict=True):
        assert (column, said in reason) == (header, True), (text, reason)


@pytest.mark.parametrize("text", ["-1", "(5.00)", "5.00-", "-99999999999999999999"])
def test_a_negative_bond_is_said_to_be_negative(tmp_path: Path, text: str) -> None:
    outcome = load("bonds", tmp_path, [bond_row("1", **{"Bond Amount": text}), bond_row("2")])
    assert (outcome.loaded, outcome.rejected) == (1, 1)
    assert "is negative" in Reject.objects.get().reason


@pytest.mark.parametrize(
    "text", ["999999999999.99", "$999,999,999,999.99", "0000999999999999.99", "999999999999.990000"]
)
def test_the_largest_amount_fits_every_column_and_the_sums_of_many(tmp_path: Path, text: str) -> None:
    load("bonds", tmp_path, [bond_row("1", **{"Bond Amount": text})])
    assert str(Bond.objects.get().amount) == "999999999999.99"
    cells = {"Line Tariff Goods Value Amount": text, "Line Tariff Duty Amount": text}
    outcome = load("entries", tmp_path, [entry_row(line=line, **cells) for line in range(1, 40)])
    assert (outcome.loaded, outcome.rejected) == (39, 0)
    assert EntryLine.objects.count() == 39
    assert str(Entry.objects.get().duty) == "38999999999999.61"
