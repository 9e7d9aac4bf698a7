"""The first sheet of an Excel workbook as CSV on standard output: `python workbook.py FILE BYTES`, a process of its own.

The library keeps a cell for each place between the outermost two of a sheet, and a copy of a text for each cell that shows
it; where memory ends it takes its process along. Some kB of a file can ask for any amount: this process may use BYTES of
memory and `SECONDS` of a processor, and nobody else's. It loads nothing of the portal.
"""

import csv
import datetime
import resource
import sys
import zipfile
import zlib
from pathlib import Path

import python_calamine

#: With this code the reason why the workbook cannot be used, a sentence, is the whole of standard error.
REFUSED = 3
OUT_OF_MEMORY = 4
SECONDS = 900
#: What a workbook may unpack to, and how many times its own size: more is a bomb.
MOST_UNPACKED = 1536 * 2**20
MOST_RATIO = 400
SAFE_UNPACKED = 64 * 2**20

DAMAGED = "The file is a damaged archive."


class Unusable(Exception):
    """The workbook cannot be used; the message says why, in a sentence."""


def _bound(memory: int) -> None:
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def check_archive(path: Path) -> None:
    """Raise Unusable where the file is no sound archive with a workbook in it, or unpacks to too much.

    What an archive says of its sizes is held against what it unpacks to.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive.infolist())
            if archive.testzip() is not None:  # as much of each part as it says it has does not have its checksum
                raise Unusable(DAMAGED)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unusable(DAMAGED) from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unusable("The file is an archive, but no Excel workbook.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Unusable("The workbook is packed as no spreadsheet packs it; open it and save it again.")
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > MOST_UNPACKED or (unpacked > SAFE_UNPACKED and unpacked / packed > MOST_RATIO):
        raise Unusable("The workbook unpacks to far more than it could hold in honest rows.")


def _cell_text(value: object) -> str:
    """A cell as its text; a whole number loses its .0, a number of cents its binary noise."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.9f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _first_sheet(path: Path) -> python_calamine.CalamineSheet:
    try:
        with path.open("rb") as file:
            book = python_calamine.CalamineWorkbook.from_filelike(file)
        if not book.sheet_names:
            raise Unusable("The workbook has no sheet.")
        return book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, ValueError) as error:
        raise Unusable("The workbook cannot be read; open it and save it again.") from error


def main(path: Path, memory: int) -> int:
    """Write the sheet; returns the code to end with."""
    _bound(memory)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    try:
        check_archive(path)
        rows = _first_sheet(path).iter_rows()
        csv.writer(sys.stdout).writerows([_cell_text(value) for value in row] for row in rows)
    except Unusable as error:
        print(error, end="", file=sys.stderr)
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
