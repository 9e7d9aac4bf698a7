"""A list as a file: CSV or XLSX. Identifiers stay text, and no cell is ever a formula."""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse

#: Up to so many rows a list is built while one waits.
MOST_ROWS = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | float | Decimal | datetime.date | None


@dataclass(frozen=True)
class Sheet:
    """name: of the file, without its ending. Text stays text; numbers and dates are numbers and dates."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def guarded(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made harmless."""
    return "'" + text if text.startswith(FORMULA) else text


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark at its head, without which Excel reads names wrongly; dates as ISO."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.heads)
    for row in sheet.rows:
        writer.writerow(["" if cell is None else guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """A workbook with one sheet; its head stays in sight and filters."""
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(kept, options)
    page = book.add_worksheet(sheet.name[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head, bold)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(last, column, cell)
            elif isinstance(cell, datetime.date):
                page.write_datetime(last, column, cell, day)
            elif cell is not None:
                page.write_number(last, column, cell)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last, len(sheet.heads) - 1)
    page.set_column(0, len(sheet.heads) - 1, 16)
    book.close()
    return kept.getvalue()


FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def download(sheet: Sheet, kind: str) -> HttpResponse:
    """The list as an attachment; kind: csv or xlsx. Raises KeyError on any other."""
    build, content_type = FORMATS[kind]
    response = HttpResponse(build(sheet), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{sheet.name}.{kind}"'
    return response
