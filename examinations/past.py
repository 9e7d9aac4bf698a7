"""The past of an entry or an examination as a person may read it: its superseded rows, and the files that did it."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from accounts.models import Person
from examinations.changes import COST, ENTRY, EXAMINATION, LINE, Before, Change, as_row, changes_of, line_rows
from examinations.files_named import Files
from examinations.models import (
    Cost,
    Discrepancy,
    EarlierEntry,
    EarlierEntryLine,
    Entry,
    EntryLine,
    Examination,
    SupersededRow,
)

M = TypeVar("M", bound=Model)

#: Rows of history that a page reads; older ones stay in the database.
MOST_ROWS = 400


@dataclass(frozen=True)
class Past:
    """What later files changed, newest first. whole: whether that is all that they changed."""

    changes: list[Change] = field(default_factory=list)
    whole: bool = True

    @property
    def most(self) -> int:
        """Rows of history that a page reads at most."""
        return MOST_ROWS


def _first(rows: QuerySet[M]) -> tuple[list[M], bool]:
    """The first of these rows that a page reads, and whether there are no more."""
    found = list(rows[: MOST_ROWS + 1])
    return found[:MOST_ROWS], len(found) <= MOST_ROWS


def _before(one: Any, table: str, key: str) -> Before:
    return Before(one.pk, table, key, one.why, as_row(one), one.replaced_by_id, one.at)


def _named(changes: list[Change], person: Person) -> None:
    """Say which file did each change, and which brought what was: its name as far as the person may know it."""
    loads = {one.load for one in changes} | {item.load for one in changes for item in one.items}
    files = Files(person, loads, {one.load: one.day for one in changes})
    for one in changes:
        one.file = files.said(one.load)
        one.brought = files.said(one.before) if one.before else ""
        for item in one.items:
            item.brought = files.said(item.load) if item.load not in (None, one.before) else ""


def entry_changes(entry: Entry, person: Person, *, sees_bond: bool) -> Past:
    """What later files changed in an entry and its rows; five statements, one where nothing ever changed."""
    earlier = EarlierEntry.objects.visible_to(person).filter(number=entry.number, source=entry.source)
    versions, every_version = _first(earlier.order_by("-id"))
    if not versions:  # a row that changes makes a version of its entry
        return Past()
    of_lines = EarlierEntryLine.objects.visible_to(person).filter(number=entry.number, source=entry.source)
    lines, every_line = _first(of_lines.order_by("-id"))
    superseded = [_before(one, ENTRY, one.number) for one in versions]
    superseded += [_before(one, LINE, f"{one.number}/{one.line}/{one.ordinal}") for one in lines]
    rows = EntryLine.objects.visible_to(person).filter(entry=entry)
    now = line_rows(entry.number, rows.filter(line__in={one.line for one in lines}))
    now = {key: now[key] for key in {(one.table, one.key) for one in superseded} & now.keys()}
    began = of_lines.filter(line=OuterRef("line"), ordinal=OuterRef("ordinal"))
    new = rows.filter(~Exists(began), load__in={one.load_id for one in superseded}).order_by("line", "ordinal")
    added, every_added = _first(new)
    now |= line_rows(entry.number, added) | {(ENTRY, entry.number): as_row(entry)}
    whole = every_version and every_line
    hidden = frozenset() if sees_bond else frozenset({"bond_number"})
    changes = changes_of(superseded, now, hidden, whole=whole)
    _named(changes, person)
    return Past(changes, whole and every_added)


def examination_changes(examination: Examination, person: Person) -> Past:
    """What later files changed in an examination, its findings and the cost that they name."""
    kept = SupersededRow.objects.visible_to(person).filter(key=examination.key, table__in=(EXAMINATION, COST))
    superseded, whole = _first(kept.order_by("-id"))
    if not superseded:
        return Past()
    parts = Discrepancy.objects.visible_to(person).filter(examination=examination).order_by("ordinal")
    now = as_row(examination) | {"discrepancies": [as_row(one) for one in parts]}
    cost = Cost.objects.visible_to(person).filter(examination=examination, by=Cost.By.FILE).first()
    rows = {(EXAMINATION, examination.key): now} | ({(COST, examination.key): as_row(cost)} if cost else {})
    changes = changes_of(superseded, rows)
    _named(changes, person)
    return Past(changes, whole)
