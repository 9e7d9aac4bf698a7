"""What one examination found as a file."""

from collections.abc import Iterable

from django.utils.text import slugify

from examinations.models import Discrepancy, Examination
from look.downloads import Cell, Sheet
from look.formats import entry_number

HEADS = [
    "Examination Number",
    "Entry Summary Number",
    "Entry Summary Line Number",
    "Discrepancy",
    "How Grave",
    "Declared Amount",
    "Found Amount",
    "Revenue Difference Amount",
]


def sheet_of(examination: Examination, found: Iterable[Discrepancy]) -> Sheet:
    """The discrepancies of one examination, as far as the reader may see them, in the order of their file."""
    number = slugify(examination.number) or str(examination.pk)
    return Sheet(f"examination-{number}-found", HEADS, (_cells(examination, one) for one in found))


def _cells(examination: Examination, one: Discrepancy) -> list[Cell]:
    return [
        examination.number,
        entry_number(examination.entry_number) if examination.entry_number else "",
        f"{examination.line:03}" if examination.line else "",
        one.get_type_display(),
        one.get_disposition_display(),
        one.declared,
        one.found,
        one.revenue_difference,
    ]
