"""The past of an entry or an examination as a person may read it: its superseded rows, and the files that did it."""

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Person
from examinations.changes import COST, ENTRY, EXAMINATION, LINE, Before, Change, as_row, changes_of, line_rows
from examinations.models import (
    Cost,
    Discrepancy,
    EarlierEntry,
    EarlierEntryLine,
    Entry,
    EntryLine,
    Examination,
    Load,
    SupersededRow,
)

#: Rows of history that a page reads; older ones stay in the database.
MOST_ROWS = 400


def _superseded(person: Person, key: str, tables: Iterable[str]) -> list[SupersededRow]:
    rows = SupersededRow.objects.visible_to(person).filter(key=key, table__in=tables)
    return list(rows.order_by("-id")[:MOST_ROWS])


def _earlier_entries(entry: Entry, person: Person) -> list[Before]:
    """Versions of an entry before the one that stands, newest first."""
    kept = EarlierEntry.objects.visible_to(person).filter(number=entry.number, source=entry.source)
    return [_before(one, ENTRY, one.number) for one in kept.order_by("-id")[:MOST_ROWS]]


def _earlier_lines(entry: Entry, person: Person) -> list[Before]:
    kept = EarlierEntryLine.objects.visible_to(person).filter(number=entry.number, source=entry.source)
    return [_before(one, LINE, f"{one.number}/{one.line}/{one.ordinal}") for one in kept.order_by("-id")[:MOST_ROWS]]


def _before(one: EarlierEntry | EarlierEntryLine, table: str, key: str) -> Before:
    return Before(one.pk, table, key, one.why, as_row(one), one.replaced_by_id, one.at)


def _named(changes: list[Change], person: Person) -> list[Change]:
    """Say which file did each change, as far as the person may know: its name, or only that CBP sent it, and when."""
    names = dict(
        Load.objects.visible_to(person).filter(pk__in=[one.load for one in changes]).values_list("pk", "file_name")
    )
    for one in changes:
        one.file_name = names.get(one.load, "")
    return changes


def entry_changes(entry: Entry, person: Person, *, sees_bond: bool) -> list[Change]:
    """What later files changed in an entry and its rows; four statements, one where nothing ever changed."""
    versions = _earlier_entries(entry, person)
    if not versions:  # a row that changes makes a version of its entry
        return []
    superseded = versions + _earlier_lines(entry, person)
    rows = EntryLine.objects.visible_to(person).filter(entry=entry)
    touched = Q(load__in={row.load_id for row in superseded})
    for row in superseded:
        if row.table == LINE:
            _, line, ordinal = row.key.split("/")
            touched |= Q(line=line, ordinal=ordinal)
    now = {(ENTRY, entry.number): as_row(entry)} | line_rows(entry.number, rows.filter(touched)[:MOST_ROWS])
    hidden = frozenset() if sees_bond else frozenset({"bond_number"})
    return _named(changes_of(superseded, now, hidden), person)


def examination_changes(examination: Examination, person: Person) -> list[Change]:
    """What later files changed in an examination, its findings and the cost that they name."""
    superseded = _superseded(person, examination.key, (EXAMINATION, COST))
    if not superseded:
        return []
    parts = Discrepancy.objects.visible_to(person).filter(examination=examination).order_by("ordinal")
    now = as_row(examination) | {"discrepancies": [as_row(one) for one in parts]}
    cost = Cost.objects.visible_to(person).filter(examination=examination, by=Cost.By.FILE).first()
    rows = {(EXAMINATION, examination.key): now} | ({(COST, examination.key): as_row(cost)} if cost else {})
    return _named(changes_of(superseded, rows), person)
