"""A list as a file: nothing in it is a formula, identifiers stay text."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from look.downloads import Sheet, as_bytes, guarded

HEADS = ["Name", "Number", "Port", "Amount", "Day"]
ROWS = [
    ['=HYPERLINK("http://x.example")', "01234567890", "0401", Decimal("-12.50"), datetime.date(2026, 11, 24)],
    ["Müller & Søn", "00E4", "2704", None, None],
]


def sheet() -> Sheet:
    return Sheet("list", HEADS, ROWS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff20A"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("cell", ["Corvanter Imports", "96-447182000", ""])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell


def test_csv_keeps_zeros_signs_and_letters_of_other_languages() -> None:
    kept = as_bytes(sheet(), "csv")
    assert kept.startswith(b"\xef\xbb\xbf"), "without its mark Excel reads the names wrongly"
    head, first, second = csv.reader(io.StringIO(kept.decode("utf-8-sig")))
    assert head == HEADS
    assert first == ['\'=HYPERLINK("http://x.example")', "01234567890", "0401", "-12.50", "2026-11-24"]
    assert second == ["Müller & Søn", "00E4", "2704", "", ""]


def test_a_workbook_holds_text_as_text_numbers_as_numbers_and_no_formula() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_bytes(sheet(), "xlsx")))
    head, first, second = book.get_sheet_by_index(0).to_python()
    assert head == HEADS
    assert first == ['=HYPERLINK("http://x.example")', "01234567890", "0401", -12.5, datetime.date(2026, 11, 24)]
    assert second[:3] == ["Müller & Søn", "00E4", "2704"]


def test_an_empty_list_is_a_file_with_its_heads() -> None:
    empty = Sheet("list", HEADS, [])
    assert as_bytes(empty, "csv").decode("utf-8-sig").strip() == ",".join(HEADS)
    assert CalamineWorkbook.from_filelike(io.BytesIO(as_bytes(empty, "xlsx"))).get_sheet_by_index(0).to_python() == [
        HEADS
    ]
