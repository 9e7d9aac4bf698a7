"""ES-003 files as the field has them, each through the whole loader."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from examinations.loading.load import Outcome, load_path
from examinations.models import Entry, EntryLine, EntryMonth
from tests.examinations.loading.files import Row, entry_number, entry_row

pytestmark = pytest.mark.django_db

TITLES = [["ES-003 Entry Summary Line Tariff Details"], ["Run Date: 09/30/2025", "", "Prepared for Quillard, Inc."], []]


def report(rows: list[Row], *, titles: list[list[str]] | None = None, below: list[list[str]] | None = None) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(titles or [])
    writer.writerow(rows[0])
    writer.writerows([row.values() for row in rows])
    writer.writerows(below or [])
    return text.getvalue()


def read(folder: Path, text: str) -> Outcome:
    path = folder / "es-003.csv"
    path.write_text(text, encoding="utf-8")
    return load_path("entries", path)


@pytest.mark.parametrize(
    "number", ["9XZ-0000090-{}", "9XZ0000090{}", "9XZ 0000090 {}", "9xz-0000090-{}", "  9XZ-0000090-{} "]
)
def test_entry_numbers_come_hyphenated_plain_and_with_blanks(tmp_path: Path, number: str) -> None:
    plain = entry_number(90)
    outcome = read(tmp_path, report([entry_row(90, **{"Entry Summary Number": number.format(plain[-1])})]))
    assert (outcome.loaded, outcome.rejected) == (1, 0)
    assert Entry.objects.get().number == plain


def test_the_same_entry_hyphenated_and_plain_is_one_entry(tmp_path: Path) -> None:
    plain = entry_number(90)
    rows = [entry_row(90, 1, **{"Entry Summary Number": f"{plain[:3]}-{plain[3:10]}-{plain[10]}"}), entry_row(90, 2)]
    assert read(tmp_path, report(rows)).loaded == 2
    assert Entry.objects.get().lines == 2


@pytest.mark.parametrize("amount", ["$1,234,567.80", "1234567.8", " 1,234,567.80 ", "$1234567.80"])
def test_amounts_come_with_dollar_signs_and_thousands(tmp_path: Path, amount: str) -> None:
    assert read(tmp_path, report([entry_row(90, **{"Line Tariff Goods Value Amount": amount})])).rejected == 0
    assert Entry.objects.get().value == Decimal("1234567.80")


@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_headers_come_in_any_case_and_order_with_columns_nobody_knows(tmp_path: Path, case: Any) -> None:
    row = {case(name): cell for name, cell in reversed(entry_row(90).items())} | {"Importer City": "Dayton"}
    assert read(tmp_path, report([row])).loaded == 1
    assert Entry.objects.get().duty == 250


def test_duty_under_chapter_99_belongs_to_the_commodity_of_its_line(tmp_path: Path) -> None:
    section_301 = {
        "HTS Number - Full": "9903.88.03",
        "Line Tariff Goods Value Amount": "$0.00",
        "Line Tariff Duty Amount": "$2,500.00",
        "Line MPF Amount": "$0.00",
        "Line HMF Amount": "$0.00",
    }
    rows = [entry_row(90, **section_301), entry_row(90, **{"Tariff Ordinal Number": "2"})]
    assert read(tmp_path, report(rows)).loaded == 2
    entry = Entry.objects.get()
    assert (entry.lines, entry.value, entry.duty) == (1, 10000, 2750)
    assert EntryLine.objects.get(stands_for_line=True).hts == "8501104020"
    assert EntryMonth.objects.get().duty == 2750


def test_titles_above_and_totals_below_are_skipped_and_count_nowhere(tmp_path: Path) -> None:
    width = len(entry_row(90))
    total = ["Total", *[""] * (width - 1)]
    total[list(entry_row(90)).index("Line Tariff Goods Value Amount")] = "$20,000.00"
    below = [[], total, ["Grand Total:", "2 lines"], []]
    outcome = read(tmp_path, report([entry_row(90), entry_row(91)], titles=TITLES, below=below))
    assert (outcome.loaded, outcome.rejected) == (2, 0)
    assert sum(EntryMonth.objects.values_list("value", flat=True)) == 20000


def test_a_workbook_with_titles_totals_and_numbers_for_identifiers_is_read_whole(tmp_path: Path) -> None:
    row = entry_row(90, **{"Port of Entry Code": 901, "Entry Summary Line Number": 1, "HTS Number - Full": 101210000})
    with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "ES-003 Entry Summary Line Tariff Details")
        sheet.write_row(2, 0, list(row))
        sheet.write_row(3, 0, list(row.values()))
        sheet.write_row(4, 0, ["Total"])
    outcome = load_path("entries", tmp_path / "r.xlsx")
    assert (outcome.loaded, outcome.rejected, outcome.repaired) == (1, 0, 2)
    stored = EntryLine.objects.get()
    assert (stored.port, stored.hts) == ("0901", "0101210000")
