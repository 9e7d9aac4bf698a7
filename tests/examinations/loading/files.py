"""Small files for the loaders' tests: good rows, to be spoiled one cell at a time."""

import csv
import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone

from accounts.identifiers import entry_check_digit
from examinations.loading.load import Outcome, load_path

Row = dict[str, Any]


def entry_number(serial: int, filer: str = "9XZ") -> str:
    return f"{filer}{serial:07}{entry_check_digit(filer, f'{serial:07}')}"


def days_ago(days: int) -> str:
    return (timezone.localdate() - datetime.timedelta(days=days)).strftime("%m/%d/%Y")


def entry_row(serial: int = 1, line: int = 1, **changes: Any) -> Row:
    """One tariff row of ES-003; `changes` by header."""
    row: Row = {
        "Entry Summary Number": entry_number(serial),
        "Entry Summary Line Number": f"{line:03}",
        "Tariff Ordinal Number": "1",
        "Entry Type Code": "01",
        "Importer Number": "96-447182000",
        "Importer Name": "Quillard Electric",
        "Port of Entry Code": "2704",
        "Entry Date": days_ago(40),
        "Entry Summary Date": days_ago(30),
        "Country of Origin Code": "CN",
        "Manufacturer ID": "CNCORTEC1958SUZ",
        "Line SPI Code": "",
        "HTS Number - Full": "8501104020",
        "Line Tariff Goods Value Amount": "$10,000.00",
        "Line Tariff Duty Amount": "$250.00",
        "Line MPF Amount": "$34.64",
        "Line HMF Amount": "$12.50",
        "Mode of Transportation Code": "11",
    }
    return row | changes


def examination_row(number: str = "X1", **changes: Any) -> Row:
    row: Row = {
        "Examination Number": number,
        "Importer Number": "96-447182000",
        "Entry Summary Number": entry_number(1),
        "Entry Summary Line Number": "",
        "Bill of Lading Number": "",
        "Container Number": "",
        "Examination Type Code": "NII",
        "Selection Reason Code": "TARGETED",
        "Selection Probability": "",
        "Port Code": "2704",
        "Selected Date": days_ago(30),
        "Notified Date": "",
        "Presented Date": "",
        "Examined Date": "",
        "Released Date": days_ago(28),
        "Disposition Code": "NO_DISCREPANCY",
        "Discrepancy Type Code": "",
        "Declared Amount": "",
        "Found Amount": "",
        "Revenue Difference Amount": "",
        "Examination Cost Amount": "",
    }
    return row | changes


def request_row(number: str = "R1", **changes: Any) -> Row:
    row: Row = {
        "Request Number": number,
        "Form": "CF28",
        "Entry Summary Number": entry_number(1),
        "Entry Summary Line Number": "001",
        "Subject Code": "CLASS",
        "Issued Date": days_ago(20),
        "Answered Date": "",
        "Outcome Code": "OPEN",
        "Review Team Number": "008",
    }
    return row | changes


def bond_row(number: str = "994471140", **changes: Any) -> Row:
    row: Row = {
        "Bond Number": number,
        "Importer Number": "96-447182000",
        "Party Role": "PRINCIPAL",
        "Bond Type Code": "8",
        "Activity Code": "1",
        "Bond Amount": "200000",
        "Surety Code": "900",
        "Effective Date": days_ago(400),
        "Termination Date": "",
        "Rider Codes": "",
    }
    return row | changes


def account_row(name: str = "Quillard Electric", **changes: Any) -> Row:
    row: Row = {
        "Account Name": name,
        "Account Type": "IMPORTER",
        "Identifier": "96-447182000",
        "Center Code": "010",
        "Program Codes": "ACE;CTPAT:2:2024-05-01",
        "Contact Email": "robin@quillard.example",
    }
    return row | changes


def write_csv(path: Path, rows: list[Row], header: list[str] | None = None, encoding: str = "utf-8") -> Path:
    header = header or list(rows[0])
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[Row]) -> Path:
    """A workbook whose cells keep the types of the values: numbers eat leading zeros."""
    with xlsxwriter.Workbook(path, {"default_date_format": "mm/dd/yyyy"}) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(rows[0]):
            sheet.write_string(0, column, name)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row.values()):
                sheet.write(line, column, value)
    return path


def load(kind: str, folder: Path, rows: list[Row], **options: Any) -> Outcome:
    return load_path(kind, write_csv(folder / f"{kind}.csv", rows), **options)
