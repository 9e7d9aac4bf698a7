"""A list as a file: CSV or XLSX. Identifiers stay text, and no cell is ever a formula."""

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

#: Up to so many rows a list is built while one waits.
MOST_ROWS = 10_000
#: A sheet of Excel has so many rows, its head among them.
ROWS_OF_EXCEL = 1_048_576
#: The full-width signs of East Asian keyboards, which some spreadsheets read as the plain ones, stand at the end.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Excel reads UTF-8 by it; without it, it reads names wrongly.
MARK = b"\xef\xbb\xbf"
LONGEST_NAME = 150
#: Begins the labels of filters on the second sheet.
FILTER = "Filter: "
COUNTED = 1_000
#: What an address says of the page, and not of the list.
NOT_FILTERS = ("download", "page", "after", "before")
LONGEST_FILTER = 200

Cell = str | int | float | Decimal | datetime.date | None
Facts = Sequence[tuple[str, str]]
Told = Callable[[int], None]


def nobody(rows: int) -> None:
    """For who wants no progress told."""


class TooManyRows(Exception):
    """More rows than the format can hold."""


@dataclass(frozen=True)
class Sheet:
    """name: of the file, without its ending. Text stays text; numbers and dates are numbers and dates.

    about: what a second sheet says of the list: what was filtered, when, by whom, with which definitions.
    """

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    about: Facts = ()

    def write_csv(self, file: IO[bytes], told: Told = nobody) -> int:
        """UTF-8, dates as ISO. told: hears how many rows are written. Returns their number."""
        file.write(MARK)
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            writer, number = csv.writer(text), 0
            writer.writerow([guarded(head) for head in self.heads])
            for row in _counted(self.rows, told):
                number += 1
                writer.writerow(
                    ["" if cell is None else guarded(cell) if isinstance(cell, str) else cell for cell in row]
                )
        finally:
            text.detach()  # whoever opened the file closes it
        return number

    def write_xlsx(self, file: IO[bytes], told: Told = nobody) -> int:
        """A workbook, row by row in flat memory; its head stays in sight and filters. Returns the number of rows.

        Raises TooManyRows.
        """
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(file, options)
        try:
            number = self._fill(book, told)
        finally:
            book.close()
        return number

    def _fill(self, book: Any, told: Told) -> int:
        page = book.add_worksheet("List")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        page.set_column(0, len(self.heads) - 1, 16)
        page.freeze_panes(1, 0)
        for column, head in enumerate(self.heads):
            page.write_string(0, column, head, bold)
        last = 0
        for last, row in enumerate(_counted(self.rows, told), start=1):
            if last >= ROWS_OF_EXCEL:
                raise TooManyRows
            for column, cell in enumerate(row):
                _write(page, last, column, cell, day)
        page.autofilter(0, 0, last, len(self.heads) - 1)
        if self.about:
            _fill_about(book, self.about, bold)
        return last


def _write(page: Any, row: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell)
    elif isinstance(cell, datetime.date):
        page.write_datetime(row, column, cell, day)
    elif cell is not None:
        page.write_number(row, column, cell)


def _fill_about(book: Any, about: Facts, bold: Any) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet("About this list")
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 90)
    for place, (label, words) in enumerate(about):
        page.write_string(place, 0, label, bold)
        page.write_string(place, 1, words, wrapped)


def _counted(rows: Iterable[Sequence[Cell]], told: Told) -> Iterator[Sequence[Cell]]:
    for number, row in enumerate(rows, start=1):
        yield row
        if not number % COUNTED:
            told(number)


def guarded(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made harmless."""
    return "'" + text if text.startswith(FORMULA) else text


WRITERS: dict[str, tuple[Callable[..., int], str]] = {
    "csv": (lambda sheet, file, told=nobody: sheet.write_csv(file, told), "text/csv; charset=utf-8"),
    "xlsx": (
        lambda sheet, file, told=nobody: sheet.write_xlsx(file, told),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
#: Every list is to be had as these; a document in the place of a list writes itself as what it is.
FORMATS = tuple(WRITERS)


def write(sheet: Sheet, kind: str, file: IO[bytes], told: Told = nobody) -> int:
    """Write the list into a file; kind: csv or xlsx, or what the sheet has a `write_…` for. Returns the number of rows.

    Raises AttributeError, TooManyRows.
    """
    return int(getattr(sheet, f"write_{kind}")(file, told))


def as_bytes(sheet: Sheet, kind: str) -> bytes:
    """A small list as the content of a file."""
    kept = io.BytesIO()
    write(sheet, kind, kept)
    return kept.getvalue()


def download(
    sheet: Sheet,
    kind: str,
    request: HttpRequest | None = None,
    *,
    form: forms.Form | None = None,
    definitions: Facts = (),
) -> HttpResponse:
    """The list as an attachment; kind: csv or xlsx. Raises KeyError on any other.

    With the request, a list that does not say so itself says what was filtered, when, by whom: in words of the form,
    or of the address where the page has none.
    """
    if request is not None and not sheet.about:
        sheet = _told(sheet, request, form, definitions)
    response = HttpResponse(as_bytes(sheet, kind), content_type=WRITERS[kind][1])
    response["Content-Disposition"] = f'attachment; filename="{sheet.name}.{kind}"'
    return response


# ---- what a file says of itself ------------------------------------------------------------------------------


def filters_in_words(form: forms.Form) -> list[tuple[str, str]]:
    """What a valid form of filters narrows by, as (label, words); fields left empty narrow by nothing."""
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", [], False):
            continue
        field = form.fields[name]
        names = {str(key): str(label) for key, label in getattr(field, "choices", [])}
        values = value if isinstance(value, list) else [value]
        words = ["yes" if one is True else names.get(str(one), str(one)) for one in values]
        found.append((str(field.label or name), ", ".join(words)))
    return found


def named(list_name: str, filters: Facts) -> str:
    """The name of a file, without its ending, that says what was filtered: letters, digits, dashes, nothing else."""
    parts = [list_name, *(slugify(f"{label} {words}") for label, words in filters)]
    return "_".join(filter(None, parts))[:LONGEST_NAME].rstrip("_-")


def _told(sheet: Sheet, request: HttpRequest, form: forms.Form | None, definitions: Facts) -> Sheet:
    if form is not None and form.is_valid():
        filters = filters_in_words(form)
    else:
        asked = {name: ", ".join(filter(None, request.GET.getlist(name))) for name in request.GET}
        filters = [
            (name.replace("_", " ").capitalize(), words[:LONGEST_FILTER])
            for name, words in asked.items()
            if words and name not in NOT_FILTERS
        ]
    account = getattr(request, "account", None)
    of = account.name if account else "all that this person may see"
    title = sheet.name.replace("-", " ").capitalize()
    about = about_list(title, of, request.user.name, filters, definitions)
    return replace(sheet, name=named(sheet.name, filters), about=about)


def about_list(title: str, of: str, by: str, filters: Facts, definitions: Facts) -> list[tuple[str, str]]:
    """The second sheet of a workbook. of: whose rows; by: the name of who asked."""
    now = timezone.localtime()
    facts = [("List", title), ("Of", of)]
    facts += [(FILTER + label, words) for label, words in filters] or [("Filter", "none")]
    made = f"{now:%Y-%m-%d %H:%M} {now.tzname()}"
    return [*facts, ("Made", made), ("Made by", by), *(("Definition: " + term, words) for term, words in definitions)]
