"""A file as records of text cells, whatever it is written in. Memory does not grow with the file."""

import codecs
import contextlib
import csv
import datetime
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import python_calamine

Record = list[str]

SNIFFED = 64 * 1024
#: A cell may be longer than any we accept, so that its row can be refused and no other.
csv.field_size_limit(64 * 2**20)
#: What a workbook may unpack to, and how many times its own size: more is a bomb.
MOST_UNPACKED = 1536 * 2**20
MOST_RATIO = 400
SAFE_UNPACKED = 64 * 2**20

PICTURES_AND_PROGRAMS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\xd0\xcf\x11\xe0": "a workbook of the old .xls kind; save it as .xlsx",
    b"\x1f\x8b": "a gzip archive",
    b"SQLite": "a database",
}


class UnusableFile(Exception):
    """The file as a whole cannot be used; the message says why, in a sentence."""


def records(path: Path) -> Iterator[Record]:
    """The file's records in order, by its content and not by its name. Raises UnusableFile."""
    text = open_text(path)
    return _of_workbook(path) if text is None else _read(text)


def open_text(path: Path) -> "Text | None":
    """The file as text; None where it is a workbook. Raises UnusableFile where it is neither."""
    with path.open("rb") as file:
        start = file.read(SNIFFED)
    if not start.strip(b" \t\r\n\x0b\x0c" + codecs.BOM_UTF8 + codecs.BOM_UTF16_LE):  # a mark alone is no content
        raise UnusableFile("The file is empty.")
    if start.startswith(b"PK"):
        return None
    for magic, what in PICTURES_AND_PROGRAMS.items():
        if start.startswith(magic):
            raise UnusableFile(f"The file is {what}, not a table.")
    return _of_text(path, start)


@dataclass(frozen=True)
class Text:
    """An opened file of text, line ends as they stand in it, and what stands between its cells."""

    file: TextIO
    delimiter: str


# ---- text -------------------------------------------------------------------------------------------------


def _encoding(path: Path, start: bytes) -> str:
    """By its mark, else UTF-8 where the whole file is that, else Windows-1252."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(2**20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _delimiter(text: str) -> str:
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    best = max(lines, key=lambda line: max(line.count(mark) for mark in ",;\t|"), default="")
    mark = max(",;\t|", key=best.count)
    if not best.count(mark):
        raise UnusableFile("The file has no columns: no commas, semicolons, tabs or bars between cells.")
    return mark


def _of_text(path: Path, start: bytes) -> Text:
    encoding = _encoding(path, start)
    printable = start.replace(b"\0", b"") if encoding == "utf-16" else start
    strange = sum(byte < 9 or 13 < byte < 32 for byte in printable)
    if strange > len(printable) // 20:
        raise UnusableFile("The file is not text: it holds bytes that no table has.")
    # Windows-1252 leaves five bytes undefined; a replacement sign shows where one stood.
    file = path.open(encoding=encoding, errors="replace" if encoding == "cp1252" else "strict", newline="")
    return Text(file, _delimiter(_first_text(path, encoding)))


def _first_text(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace") as file:
        return file.read(SNIFFED)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Errors of reading become the reason why the whole file cannot be used."""
    try:
        yield
    except csv.Error as error:
        raise UnusableFile(f"The file cannot be read as a table: {error}.") from error
    except UnicodeError as error:
        raise UnusableFile("The file ends in the middle of a character, or mixes encodings.") from error


def _read(text: Text) -> Iterator[Record]:
    with text.file, explained():
        yield from csv.reader(text.file, delimiter=text.delimiter)


# ---- workbooks --------------------------------------------------------------------------------------------


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UnusableFile("The file is a damaged archive.") from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise UnusableFile("The file is an archive, but no Excel workbook.")
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > MOST_UNPACKED or (unpacked > SAFE_UNPACKED and unpacked / packed > MOST_RATIO):
        raise UnusableFile("The workbook unpacks to far more than it could hold in honest rows.")


def _cell_text(value: object) -> str:
    """A cell as its text; a whole number loses its .0, a number of cents its binary noise."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.9f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _of_workbook(path: Path) -> Iterator[Record]:
    _check_archive(path)
    try:
        with path.open("rb") as file:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        if not book.sheet_names:
            raise UnusableFile("The workbook has no sheet.")
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, ValueError) as error:
        raise UnusableFile("The workbook cannot be read; open it and save it again.") from error
    return ([_cell_text(value) for value in row] for row in sheet.iter_rows())
