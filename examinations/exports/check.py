"""The lines that one check found as a file."""

from collections.abc import Iterator

from django.utils import timezone

from examinations.checks.finding import first_day
from examinations.checks.listing import SAID, CheckList, Marks, marks_of
from examinations.exports.batches import in_batches
from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, register
from examinations.models import CheckFinding
from look.downloads import Cell, Sheet, about_list
from look.formats import entry_number, long_day

HEADS = ["Entry Summary Number", "Line", "Entry Date", "HTS Number", "Country of Origin Code", "Manufacturer ID"]
HEADS += ["Value", "In Question", "Why", "Looked At", "What Was Found", "From"]


def sheet_of(found: CheckList) -> Sheet:
    """The lines of a check in their order; two statements a batch of them. Raises UnusableFilters without a check."""
    asked, check = found.asked, found.check
    if check is None:
        raise UnusableFilters("This account has no such check.")
    said = [("Shown", SAID[found.shown]), ("Entered since", long_day(first_day(asked.today)))]
    asks = [(check.title, f"{check.asks} In question: {check.money}")]
    about = about_list(check.title, asked.account.name, asked.person.name, said, asks)
    return Sheet(f"check-{check.key}", HEADS, _rows(found), about)


def _rows(found: CheckList) -> Iterator[list[Cell]]:
    for batch in in_batches(found.rows):
        marks = marks_of(batch, found.asked.account)
        yield from (_cells(row, marks) for row in batch)


def _cells(row: CheckFinding, marks: Marks) -> list[Cell]:
    mark = marks.get((row.kind, row.entry_number, row.line))
    line: list[Cell] = [entry_number(row.entry_number), f"{row.line:03}", row.entry_date, row.hts, row.origin]
    line += [row.manufacturer_id, row.value, row.money, row.because]
    return [*line, timezone.localdate(mark.at) if mark else None, mark.reason if mark else "", row.get_source_display()]


def _sheet_for(asked: Asked) -> Sheet:
    return sheet_of(CheckList(asked))


def _settled(asked: Asked) -> Filters:
    found = CheckList(asked)
    return as_lists({"check": found.check.key if found.check else "", "show": found.shown})


register(Kind("check", "Lines of a check", "/checks/", _sheet_for, _settled, in_path="check"))
