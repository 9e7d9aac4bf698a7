"""The tariff rows of one entry as a file, and what lists of entries say of each."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accounts.models import Person
from examinations.entries.rows import in_reading_order
from examinations.models import Entry, EntryLine, Examination
from look.downloads import MOST_ROWS, Cell, Sheet
from look.formats import entry_number

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
