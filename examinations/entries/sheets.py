"""Entries, and the tariff rows of one, as files. What a column says is decided here as on the page."""

import datetime
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accounts.models import Person
from examinations.entries.liquidation import liquidation_of
from examinations.entries.names import type_name
from examinations.entries.rows import in_reading_order
from examinations.models import Entry, EntryLine, Examination, Port
from look.downloads import MOST_ROWS, Cell, Sheet
from look.formats import entry_number

ENTRY_HEADS = [
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
LINE_HEADS = [
    "Entry Summary Number",
    "Entry Summary Line Number",
    "Tariff Ordinal Number",
    "HTS Number - Full",
    "Note",
    "Country of Origin Code",
    "Manufacturer ID",
    "Line SPI Code",
    "AD/CVD Case Number",
    "Line Tariff Quantity (1)",
    "Line Tariff UOM (1) Code",
    "Line Tariff Goods Value Amount",
    "Counts as Value",
    "Line Tariff Duty Amount",
    "Line MPF Amount",
    "Line HMF Amount",
    "Line Tax Amount",
    "Line Fee Amount",
    "Fees Estimated",
]


def filed_by(entry: Entry) -> str:
    """Who filed it: the broker's account, else the name of the file, else the filer code."""
    return entry.filer.name if entry.filer else entry.filer_name or entry.number[:3]


def examinations_of_entries(entries: Iterable[Entry], person: Person) -> dict[int, int]:
    """How many examinations of each of these entries this person may see; one statement."""
    ids = [entry.pk for entry in entries]
    found = Examination.objects.visible_to(person).filter(entry__in=ids)
    return dict(found.values_list("entry").annotate(Count("pk")))


def entry_sheet(rows: QuerySet[Entry], person: Person, as_of: datetime.date) -> Sheet:
    """The entries in their order; three statements, however many there are."""
    found = list(rows.select_related("account", "filer")[:MOST_ROWS])
    names = dict(Port.objects.values_list("code", "name"))
    examined = examinations_of_entries(found, person)
    return Sheet("entries", ENTRY_HEADS, (_entry_cells(one, names, examined, as_of) for one in found))


def _entry_cells(entry: Entry, ports: dict[str, str], examined: dict[int, int], as_of: datetime.date) -> list[Cell]:
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
        examined.get(entry.pk, 0),
        entry.get_source_display(),
    ]


def line_sheet(entry: Entry, rows: QuerySet[EntryLine]) -> Sheet:
    """The tariff rows of one entry as the page orders them, with their ordinals as filed."""
    shown = in_reading_order(rows.order_by("line", "ordinal")[:MOST_ROWS], entry.entry_date)
    return Sheet(f"entry-{entry.number}", LINE_HEADS, (_line_cells(entry, one.row, one.note) for one in shown))


def _line_cells(entry: Entry, row: EntryLine, note: str) -> list[Cell]:
    return [
        entry_number(entry.number),
        f"{row.line:03}",
        str(row.ordinal),
        row.hts,
        note,
        row.origin,
        row.manufacturer_id,
        row.spi,
        row.adcvd_case,
        row.quantity,
        row.uom,
        row.value,
        "yes" if row.counts_value else "no",
        row.duty,
        row.mpf,
        row.hmf,
        row.tax,
        row.other_fees,
        "yes" if row.fees_estimated else "no",
    ]
