"""A file as records of text cells, whatever it is written in. Memory does not grow with the file: a workbook's is that of
the process which reads it."""

import codecs
import contextlib
import csv
import io
import logging
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.conf import settings

from examinations.loading.reading import workbook

logger = logging.getLogger("portal.loading")

Record = list[str]

SNIFFED = 64 * 1024
#: A cell may be longer than any we accept, so that its row can be refused and no other.
csv.field_size_limit(64 * 2**20)

#: A letter beyond ASCII in UTF-8, and the bytes of which such letters are made in any encoding.
UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
BEYOND_ASCII = bytes(range(128, 256))

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


def records(path: Path) -> Generator[Record, None, None]:
    """The file's records in order, by its content and not by its name. Raises UnusableFile."""
    return records_of(path, open_text(path))


def records_of(path: Path, text: "Text | None") -> Generator[Record, None, None]:
    """The same of a file that `open_text` has opened."""
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
    """By its mark, else UTF-8 where the whole file is that or nearly so, else Windows-1252.

    A text that is UTF-8 but for some bytes is refused when they are read: as Windows-1252 all its other letters would be wrong.
    """
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
            return "utf-8" if _is_nearly_utf8(path) else "cp1252"
    return "utf-8"


def _is_nearly_utf8(path: Path) -> bool:
    """Whether more letters beyond ASCII are whole ones of UTF-8 than bytes are left that are none."""
    letters = strays = 0
    with path.open("rb") as file:
        while chunk := file.read(2**20):  # a letter that is cut between two counts as bytes: three in a million
            whole = 0
            for found in UTF8_LETTER.finditer(chunk):
                letters, whole = letters + 1, whole + found.end() - found.start()
            strays += len(chunk) - len(chunk.translate(None, BEYOND_ASCII)) - whole
    return letters > strays


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


def _read(text: Text) -> Generator[Record, None, None]:
    with text.file, explained():
        yield from csv.reader(text.file, delimiter=text.delimiter)


# ---- workbooks --------------------------------------------------------------------------------------------


def _of_workbook(path: Path) -> Generator[Record, None, None]:
    """The first sheet's rows, by a process of its own that may end for lack of memory."""
    memory = settings.WORKBOOK_MEMORY
    command = [sys.executable, "-P", workbook.__file__, str(path.absolute()), str(memory)]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said) as reader,
    ):
        assert reader.stdout
        try:
            with explained():
                yield from csv.reader(io.TextIOWrapper(reader.stdout, encoding="utf-8", newline=""))
            reader.wait()
        finally:
            reader.kill()  # where nobody wants the other rows
        if reader.returncode:
            said.seek(0)
            raise UnusableFile(_why_not(reader.returncode, said.read().decode(errors="replace"), memory))


def _why_not(code: int, said: str, memory: int) -> str:
    if code == workbook.REFUSED:
        return said
    if code in (workbook.OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
        return (
            f"The workbook takes more than {memory // 2**20:,} MB of memory to read: it has too many cells, or its cells lie "
            "too far apart. Save the sheet as CSV."
        )
    if code == -signal.SIGXCPU:
        return f"The workbook takes more than {workbook.SECONDS // 60} minutes to read. Save the sheet as CSV."
    logger.warning("reading a workbook ended with code %s: %s", code, said[-2000:])
    return "The workbook cannot be read; open it and save it again."
