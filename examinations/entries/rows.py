"""The tariff rows of an entry in the order in which one reads them. Pure: rows in, rows with their notes out."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from examinations.duty.programs import Program, program_of
from examinations.models import EntryLine

SET, PART_OF_SET = "X", "V"
#: Rows of the metals of section 232, for whose content an article may stand on two lines (domain 2.7).
METALS = ("990380", "990381", "990385")


@dataclass(frozen=True)
class Shown:
    """A tariff row; `main` stands for its line, the others belong to the row above them."""

    row: EntryLine
    main: bool
    note: str = ""
    fees: Decimal = Decimal(0)
    hmf_unknown: bool = False


def _article(row: EntryLine) -> tuple[str, str, str]:
    return row.hts, row.origin, row.manufacturer_id


def in_reading_order(rows: Iterable[EntryLine], entered: datetime.date) -> list[Shown]:
    """Line by line, first the row that stands for the line, then its chapter 99 rows, whatever their ordinals.

    entered: the day of the entry, which decides the program of a row. Sets by CSMS 11-000243.
    """
    order = sorted(rows, key=lambda row: (row.line, not row.stands_for_line, row.ordinal))
    lines_of = Counter(_article(row) for row in order if row.stands_for_line)
    metal = {row.line for row in order if row.hts.startswith(METALS)}
    twice = {
        _article(row) for row in order if row.stands_for_line and row.line in metal and lines_of[_article(row)] > 1
    }
    return [_shown(row, entered, twice) for row in order]


def _shown(row: EntryLine, entered: datetime.date, twice: set[tuple[str, str, str]]) -> Shown:
    return Shown(
        row=row,
        main=row.stands_for_line,
        note=_note(row, entered, twice),
        fees=sum((amount or Decimal(0) for amount in (row.mpf, row.hmf, row.tax, row.other_fees)), Decimal(0)),
        hmf_unknown=row.hmf is None,
    )


def _note(row: EntryLine, entered: datetime.date, twice: set[tuple[str, str, str]]) -> str:
    program = program_of(row.hts, entered, row.adcvd_case)
    if row.hts.startswith("99"):
        return str(program.label)
    if program == Program.ADCVD:
        return f"AD/CVD case {row.adcvd_case}"
    if not row.stands_for_line:
        return "Belongs to the line above"
    if row.spi == SET:
        return "A set: the value of the whole set"
    if row.spi == PART_OF_SET:
        return "Part of the set: its value is in the set’s already"
    if _article(row) in twice:
        return "Same article on more than one line, its metal content apart: no duplicate"
    return ""
