"""A file as a table: its header found, its rows cut into blocks, each row usable or rejected with a reason."""

import contextlib
import datetime
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from examinations.loading.reading.cells import LONGEST_CELL, Cells
from examinations.loading.reading.columns import Column
from examinations.loading.reading.naming import Naming
from examinations.loading.reading.pieces import pieces
from examinations.loading.reading.records import Record, UnusableFile, open_text, records, records_of

HEADER_WITHIN = 50
#: As many columns as a sheet of Excel has.
MOST_COLUMNS = 16_384
#: With which a row's key may begin that is blank, a total, or neither; any other beginning is a row's.
BLANK_OR_TOTAL = frozenset(" \t\n\r'\"*-=_gGsStT")
TOTAL = re.compile(r"(?i)^\W*(grand\s+|sub)?-?totals?\b")
STRAY = "; a quote in it is closed in the wrong place, or never"
SSN = re.compile(r"^\s*\d{3}-?\d{2}-?\d{4}\s*$")


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be used: its number in the file, the column, the reason, and the row as it stood; the name of what
    it is of and the part of that, empty where nobody can say. lost: whether it may be anybody's, or have taken others in."""

    row: int
    column: str
    reason: str
    cells: Record
    name: str = ""
    part: str = ""
    lost: bool = False


@dataclass(frozen=True)
class Block:
    """Rows as clean texts, one column a field and `row` for their number; and the rejected ones among them."""

    good: pl.DataFrame
    rejected: list[Rejected]


@dataclass
class Table:
    """An opened file. `header` as it stood; `present` the fields it has; counts grow while blocks are read."""

    path: Path
    columns: Sequence[Column]
    as_of: datetime.date
    key: str
    naming: Naming = field(default_factory=Naming)
    header: Record = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    header_row: int = 0
    width: int = 0
    #: What stands between cells; nothing in a workbook.
    delimiter: str = ""
    repaired: int = 0
    skipped: int = 0
    #: Rows that a stray quote spoiled: nobody knows whose they were, nor how many lines they took in.
    swallowed: int = 0
    #: Rows that cannot be used and do not say of what they are.
    nameless: int = 0

    @property
    def lost(self) -> bool:
        """Whether there are rows of which nobody knows whose they are: what the file lacks may stand in one of them."""
        return bool(self.swallowed or self.nameless)

    @property
    def present(self) -> set[str]:
        return set(self.places)

    def blocks(self) -> Iterator[Block]:
        """The rows below the header, some thousand at a time. Raises UnusableFile where the file breaks off."""
        first = self.header_row + 1
        for piece in pieces(self.path, self.header_row, self.width):
            made, first = [self._made(piece, first)], first + len(piece)
            del piece  # not to be kept beside what is made of it
            if made[0]:
                yield made.pop()  # type: ignore[misc]

    def _made(self, piece: pl.DataFrame | list[Record], first: int) -> Block | None:
        """The rows of a piece, numbered from `first` on; nothing where all are blank or totals."""
        if isinstance(piece, pl.DataFrame) and self._is_plain(piece):
            numbers = pl.int_range(first, first + len(piece), dtype=pl.Int32, eager=True)
            return Block(*self._convert(numbers, piece.get_columns()[: len(self.header)]))
        rows = piece.iter_rows() if isinstance(piece, pl.DataFrame) else piece
        chunk = [(number, list(row)) for number, row in enumerate(rows, first) if self._is_data(row)]
        return self._block(chunk) if chunk else None

    def start_again(self) -> None:
        """Forget what was counted: the blocks are read once more."""
        self.repaired = self.skipped = self.swallowed = self.nameless = 0

    def records_at(self, rows: set[int]) -> Iterator[tuple[int, Record]]:
        """The whole rows of these numbers, read again: rejects found later repeat them."""
        for number, record in enumerate(records(self.path), start=1):
            if number in rows:
                yield number, masked(record)

    # ---- header --------------------------------------------------------------------------------------------

    def _find_header(self, numbered: Iterator[tuple[int, Record]]) -> None:
        wanted = {_plain(column.header): column for column in self.columns}
        required = {name for name, column in wanted.items() if column.required}
        best: tuple[int, Record] = (0, [])
        for number, record in itertools.islice(numbered, HEADER_WITHIN):
            names = [_plain(cell) for cell in record]
            if required <= set(names):
                self.header_row, self.width = number, len(record)
                self._take_header(record, names, wanted)
                return
            best = max(best, (len(set(names) & set(wanted)), record), key=lambda pair: pair[0])
        if not best[0]:
            raise UnusableFile("The file has no header that names the columns.")
        missing = [column.header for name, column in wanted.items() if name in required - set(map(_plain, best[1]))]
        raise UnusableFile("The header lacks " + ", ".join(missing) + ".")

    def _take_header(self, record: Record, names: list[str], wanted: dict[str, Column]) -> None:
        while names and not names[-1]:
            names.pop()
        if len(names) > MOST_COLUMNS:
            raise UnusableFile(f"The header names {len(names):,} columns; {MOST_COLUMNS:,} are the limit.")
        twice = {name for name in names if name in wanted and names.count(name) > 1}
        if twice:
            raise UnusableFile(f"The header names {wanted[min(twice)].header} twice.")
        self.header = [cell.replace("\0", "").strip() for cell in record[: len(names)]]  # stored, where no NUL may be
        self.places = {wanted[name].field: place for place, name in enumerate(names) if name in wanted}

    # ---- rows ----------------------------------------------------------------------------------------------

    def _is_data(self, record: Sequence[str]) -> bool:
        """Whether a record is a row; blank ones and totals below the table are skipped."""
        place = self.places[self.key]
        key = record[place] if len(record) > place else ""
        if key and key[0] not in BLANK_OR_TOTAL:
            return True
        first = next((cell for cell in record if cell and not cell.isspace()), "")
        if not first:
            return False
        if TOTAL.match(first) and (not key.strip() or TOTAL.match(key)):
            self.skipped += 1
            return False
        return True

    def _cell(self, record: Record, name: str) -> str:
        place = self.places.get(name)
        return record[place].strip() if place is not None and place < len(record) else ""

    def _shape(self, record: Record) -> tuple[str, str] | None:
        """The column and the reason why a record is no row of this table; nothing where it is one."""
        width = len(self.header)
        extra = [cell for cell in record[width:] if cell.strip()]
        if len(record) < width or extra:
            reason = f"the row has {len(record)} cells, the header {width}"
            if any(mark in cell for cell in record for mark in '"\n\r'):
                self.swallowed += 1
                reason += STRAY
            return "", reason
        for name, cell in zip(self.header, record, strict=False):
            if "\0" in cell:
                return name, "the cell has a NUL byte"
            if len(cell) > LONGEST_CELL:
                return name, f"the cell has {len(cell):,} characters; {LONGEST_CELL:,} are the limit"
            if self.delimiter and ("\n" in cell or "\r" in cell) and self._takes_in_another(record, cell):
                self.swallowed += 1
                return name, f"the cell takes in what looks like another row{STRAY}"
        return None

    def _takes_in_another(self, record: Record, cell: str) -> bool:
        """Whether as much stands in the cell and around it as in two rows: what a quote left open in two of them makes of both."""
        return len(record) - 1 + cell.count(self.delimiter) >= 2 * (self.width - 1)

    def _reject(self, number: int, record: Record, why: tuple[str, str], name: str, part: str) -> Rejected:
        # A single filled cell is a note below the table, of nothing.
        nameless = bool(self.naming.fields) and not name and sum(1 for cell in record if cell.strip()) > 1
        self.nameless += nameless
        lost = nameless or why[1].endswith(STRAY)
        return Rejected(number, *why, masked(record), name, part, lost)

    def _names(self, records: Sequence[Record]) -> tuple[list[str], list[str]]:
        """Of what these records are that cannot be used, and of which part, by the cells that stand where they should."""
        fields: dict[str, pl.Series] = {}
        unread: dict[str, pl.Series] = {}
        for column in self.columns:
            if column.field in self.naming.needed and column.field in self.places:
                given = pl.Series([self._cell(record, column.field) for record in records], dtype=pl.String)
                read = column.read(given, self.as_of)
                fields[column.field] = read.values
                unread[column.field] = _unread(column, given, read)
        told = (fields, unread, len(records))
        return self.naming.names(*told).to_list(), self.naming.parts(*told).to_list()

    def _is_plain(self, piece: pl.DataFrame) -> bool:
        """Whether each row is one for certain: no blanks or totals among them, no cell too long or beyond the header."""
        texts = piece.get_columns()
        beyond = any((column != "").any() for column in texts[len(self.header) :])
        keys = texts[self.places[self.key]]
        doubtful = (keys.str.strip_chars() == "") | keys.str.contains(TOTAL.pattern)
        return not (beyond or doubtful.any() or any((one.str.len_bytes().max() or 0) > LONGEST_CELL for one in texts))

    def _block(self, chunk: list[tuple[int, Record]]) -> Block:
        width = len(self.header)
        odd: list[tuple[int, Record, tuple[str, str]]] = []
        rows: list[tuple[int, Record]] = []
        for number, record in chunk:
            why = self._shape(record)
            if why:
                odd.append((number, record, why))
            else:
                rows.append((number, record[:width]))
        names, parts = self._names([record for _, record, _ in odd]) if odd else ([], [])
        rejected = [self._reject(*one, *of) for one, *of in zip(odd, names, parts, strict=True)]
        if not rows:
            return Block(pl.DataFrame(), rejected)
        numbers = pl.Series([number for number, _ in rows], dtype=pl.Int32)
        texts = [pl.Series(cells, dtype=pl.String) for cells in zip(*(record for _, record in rows), strict=True)]
        good, bad = self._convert(numbers, texts)
        return Block(good, sorted(rejected + bad, key=lambda one: one.row))

    def _convert(self, numbers: pl.Series, texts: list[pl.Series]) -> tuple[pl.DataFrame, list[Rejected]]:
        fields: dict[str, pl.Series] = {"row": numbers}
        unread: dict[str, pl.Series] = {}
        first: dict[int, tuple[str, str]] = {}
        repaired: list[pl.Series] = []
        for column in sorted((one for one in self.columns if one.field in self.places), key=self._place):
            given = texts[self.places[column.field]].str.strip_chars()
            read = column.read(given, self.as_of)
            if read.repaired is not None:
                repaired.append(read.repaired)
            fields[column.field] = read.values
            if column.field in self.naming.needed:
                unread[column.field] = _unread(column, given, read)
            if read.bad.any():
                for place in read.bad.fill_null(False).arg_true().to_list():
                    first.setdefault(place, (column.header, f"{column.header} {read.reason_of(given[place])}"))
            if column.required and (given == "").any():
                for place in (given == "").arg_true().to_list():
                    first.setdefault(place, (column.header, f"{column.header} is missing"))
        self.repaired += sum(int(one.sum()) - sum(bool(one[place]) for place in first) for one in repaired)
        if not first and not self.naming.made:
            return pl.DataFrame(fields), []
        names = self.naming.names(fields, unread, len(numbers))
        if self.naming.made:
            fields["name"] = names
            self.nameless += sum(place not in first for place in (names == "").arg_true())
        parts = self.naming.parts(fields, unread, len(numbers))
        bad = [
            self._reject(numbers[place], [column[place] for column in texts], why, names[place], parts[place])
            for place, why in sorted(first.items())
        ]
        good = pl.DataFrame(fields)
        if first:
            good = good.filter(pl.Series([place not in first for place in range(len(good))]))
        return good, bad

    def _place(self, column: Column) -> int:
        return self.places[column.field]


def _unread(column: Column, given: pl.Series, read: Cells) -> pl.Series:
    """Where a cell of the column says nothing that could be used."""
    bad = read.bad.fill_null(False)
    if len(bad) != len(given):
        bad = pl.Series([bool(bad[0])] * len(given), dtype=pl.Boolean)
    return bad | (given == "") if column.required else bad


def masked(record: Record) -> Record:
    """The row with every Social Security number down to its last four."""
    return [
        f"***-**-{cell.strip()[-4:]}" if SSN.match(cell) and "-" in cell else cell[:LONGEST_CELL] for cell in record
    ]


def _plain(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").replace("\0", "").split()).casefold()


def open_table(
    path: Path, columns: Sequence[Column], as_of: datetime.date, *, key: str, naming: Naming | None = None
) -> Table:
    """Open a file of these columns. `key`: the field without which a row is none. `naming`: how a row names what it is of.
    Raises UnusableFile at once where the header lacks a required column or the content is no table."""
    table = Table(path, columns, as_of, key, naming or Naming())
    text = open_text(path)
    table.delimiter = text.delimiter if text else ""
    with contextlib.closing(records_of(path, text)) as found:
        table._find_header(enumerate(found, start=1))
    return table
