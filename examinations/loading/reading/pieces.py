"""A file in pieces of some thousand records: as columns where a piece is plain, as nearly every one is, else singly.

Parsing a plain piece at once takes a sixth of the time that records take one by one. What is plain is decided by
counting: as many line ends and delimiters outside quotes as so many rows of so many cells have, and nothing else.
"""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO, TypeVar

import polars as pl

from examinations.loading.reading.records import Record, Text, explained, open_text, records

CHARACTERS = 2**22
RECORDS = 20_000
#: How many line ends from the end of a piece are tried for one that stands outside quotes.
LINE_ENDS_TRIED = 1_000

Piece = pl.DataFrame | list[Record]
One = TypeVar("One")
Taken = TypeVar("Taken")


def pieces(path: Path, skip: int, width: int) -> Iterator[Piece]:
    """What follows the first `skip` records of a file whose rows have `width` cells. Raises UnusableFile."""
    text = open_text(path)
    if text is None:
        yield from _batches(itertools.islice(records(path), skip, None))
        return
    with text.file, explained():
        yield from _of_text(text, skip, width)


def ahead(found: Iterator[One], take: Callable[[One], Taken]) -> Iterator[Taken]:
    """Make the next one in a thread while the one before is worked on; more waiting would only hold memory.

    take: what is done with each before the next is begun, undisturbed by its thread; what it returns is given out then.
    """
    with ThreadPoolExecutor(1) as making:
        waiting = making.submit(next, found, None)
        while (one := waiting.result()) is not None:
            taken = take(one)
            del one
            waiting = making.submit(next, found, None)
            yield taken


def _batches(rows: Iterator[Record]) -> Iterator[list[Record]]:
    return iter(lambda: list(itertools.islice(rows, RECORDS)), [])


def _of_text(text: Text, skip: int, width: int) -> Iterator[Piece]:
    piece = _after(text, skip)
    while piece:
        ended = piece if piece.endswith("\n") else piece + "\n"
        bare = _without_quoted(ended, text.delimiter)
        if bare is None:
            # Quotes that nobody closed, or line ends of another kind: one record at a time to the end.
            whole_line = io.StringIO(piece + text.file.readline(), newline="")
            yield from _batches(csv.reader(itertools.chain(whole_line, text.file), delimiter=text.delimiter))
            return
        # Nothing of a piece is kept here while it is worked on: it takes ten times the memory of its text.
        made = [_made(ended, bare, text.delimiter, width)]
        del piece, ended, bare
        yield made.pop()
        piece = _next_piece(text.file)


def _after(text: Text, skip: int) -> str:
    """What of a piece is left behind the first `skip` records: those above the rows."""
    piece = ""
    while more := _next_piece(text.file):
        piece += more
        head = io.StringIO(piece, newline="")
        above = csv.reader(head, delimiter=text.delimiter)
        if sum(1 for _ in itertools.islice(above, skip)) == skip:
            return head.read() or _next_piece(text.file)
    return ""


def _next_piece(file: TextIO) -> str:
    """The next characters up to where a record ends: after a line end with an even number of quotes before it."""
    text = file.read(CHARACTERS)
    if len(text) == CHARACTERS:
        text += file.readline()
        for _ in range(LINE_ENDS_TRIED):
            if text.count('"') % 2 == 0:
                break
            text += file.readline()
    return text


def _without_quoted(piece: str, delimiter: str) -> str | None:
    """The piece without its quoted cells; None where other quotes or lone carriage returns are left."""
    if '"' in piece:
        mark = re.escape(delimiter)
        piece = re.sub(rf'(?:^|(?<=[{mark}\n]))"(?:[^"]|"")*"(?=[{mark}\r\n])', "", piece)
    if '"' in piece or piece.count("\r") != piece.count("\r\n"):
        return None
    return piece


def _made(piece: str, bare: str, delimiter: str, width: int) -> Piece:
    columns = _columns(piece, bare, delimiter, width)
    return list(csv.reader(io.StringIO(piece, newline=""), delimiter=delimiter)) if columns is None else columns


def _columns(piece: str, bare: str, delimiter: str, width: int) -> pl.DataFrame | None:
    """The piece as columns of texts; None unless each of its lines is a row of exactly `width` cells."""
    rows = bare.count("\n")
    # A line end inside a cell may be that of another row, whose quote closed it.
    if "\0" in piece or piece.count("\n") != rows or bare.count(delimiter) != rows * (width - 1):
        return None
    try:
        columns = pl.read_csv(
            piece.encode(),
            has_header=False,
            separator=delimiter,
            quote_char='"' if len(bare) != len(piece) else None,
            schema={f"c{place}": pl.String for place in range(width)},
            empty_string_is_null=False,
            extra_columns="raise",
        )
    except pl.exceptions.PolarsError:
        return None
    return columns if len(columns) == rows else None
