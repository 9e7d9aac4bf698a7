"""The list of entries as a file. What a column says is decided here as on the page."""

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import Person
from examinations.entries.asked import EntryList, asked_filters
from examinations.entries.liquidation import liquidation_of
from examinations.entries.names import type_name
from examinations.entries.sheets import examinations_of_entries, filed_by
from examinations.exports.about import ENTRIES as DEFINITIONS
from examinations.exports.batches import in_batches
from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, register
from examinations.models import Entry, Port
from look.downloads import Cell, Sheet, about_list, filters_in_words, named
from look.formats import entry_number

HEADS = [
    "Entry Summary Number",
    "Importer",
    "Filed By",
    "Entry Type Code",
    "Type",
    "Port of Entry Code",
    "Port",
    "Entry Date",
    "Entry Summary Date",
    "Lines",
    "Value Amount",
    "Duty Amount",
    "MPF Amount",
    "HMF Amount",
    "Tax Amount",
    "Other Fee Amount",
    "Fees Estimated",
    "Post Summary Correction",
    "Liquidation",
    "Liquidation Date",
    "Total Liquidated Duty Amount",
    "Examinations",
    "Source",
]


def sheet_of(found: EntryList) -> Sheet:
    """The rows of a list in their order; two statements a batch of them."""
    asked = found.asked
    filters = filters_in_words(found.filter.form)
    return Sheet(
        named("entries", filters),
        HEADS,
        _rows(found.rows, asked.person, asked.today),
        about_list("Entries", asked.account.name, asked.person.name, filters, DEFINITIONS),
    )


def _rows(rows: QuerySet[Entry], person: Person, as_of: datetime.date) -> Iterator[list[Cell]]:
    ports = dict(Port.objects.values_list("code", "name"))
    for batch in in_batches(rows.select_related("account", "filer")):
        examined = examinations_of_entries(batch, person)
        yield from (_cells(one, ports, examined.get(one.pk, 0), as_of) for one in batch)


def _cells(entry: Entry, ports: dict[str, str], examined: int, as_of: datetime.date) -> list[Cell]:
    liquidation = liquidation_of(entry, as_of)
    return [
        entry_number(entry.number),
        entry.account.name,
        filed_by(entry),
        entry.entry_type,
        type_name(entry.entry_type),
        entry.port,
        ports.get(entry.port, ""),
        entry.entry_date,
        entry.summary_date,
        entry.lines,
        entry.value,
        entry.duty,
        entry.mpf,
        entry.hmf,
        entry.tax,
        entry.other_fees,
        "yes" if entry.fees_estimated else "no",
        "yes" if entry.corrected else "no",
        liquidation.word,
        liquidation.on,
        entry.liquidated_duty,
        examined,
        entry.get_source_display(),
    ]


def _sheet_for(asked: Asked) -> Sheet:
    found = EntryList(asked)
    if not found.usable:
        raise UnusableFilters("The filters of this list cannot be used.")
    return sheet_of(found)


def _settled(asked: Asked) -> Filters:
    return as_lists(asked_filters(asked))


register(Kind("entries", "Entries", "/entries/", _sheet_for, _settled))
