"""The list of examinations as a file. What a column says and to whom is decided here as on the page."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet, Sum

from accounts.models import Person
from examinations.models import Cost, Discrepancy, Examination, Port, Selection
from look.downloads import MOST_ROWS, Cell, Sheet
from look.formats import entry_number

HEADS = [
    "Examination Number",
    "Importer",
    "Entry Summary Number",
    "Entry Summary Line Number",
    "Bill of Lading Number",
    "Container Number",
    "Port Code",
    "Port",
    "Type",
    "Hold",
    "Selected Date",
    "Notified Date",
    "Presented Date",
    "Examined Date",
    "Released Date",
    "Days Held",
    "Result",
    "Discrepancies",
    "Revenue Difference Amount",
    "Why It Was Picked",
]


def sheet_of(rows: QuerySet[Examination], person: Person, *, sees_reasons: bool, sees_cost: bool) -> Sheet:
    """The rows in their order, as the page shows them to this person; five statements, however many rows there are."""
    parts = Prefetch("discrepancies", Discrepancy.objects.visible_to(person).order_by("examination", "ordinal"))
    found = list(rows.select_related("account").prefetch_related(parts)[:MOST_ROWS])
    ids = [one.pk for one in found]
    names = dict(Port.objects.values_list("code", "name"))
    spent = Cost.objects.visible_to(person).filter(examination__in=ids)
    costs = dict(spent.values_list("examination").annotate(Sum("amount")))
    chosen = Selection.objects.visible_to(person).filter(pk__in=ids) if sees_reasons else None
    reasons = None if chosen is None else {one.pk: one.get_reason_display() for one in chosen}
    heads = HEADS + (["Examination Cost Amount"] if sees_cost else [])
    return Sheet("examinations", heads, _cells(found, names, reasons, costs if sees_cost else None))


def _cells(
    found: list[Examination],
    ports: dict[str, str],
    reasons: dict[int, str] | None,
    costs: dict[int, object] | None,
) -> Iterable[list[Cell]]:
    for one in found:
        parts = list(one.discrepancies.all())
        differences = [part.revenue_difference for part in parts if part.revenue_difference is not None]
        row: list[Cell] = [
            one.number,
            one.account.name,
            entry_number(one.entry_number),
            f"{one.line:03}" if one.line else "",
            one.bill,
            one.container,
            one.port,
            ports.get(one.port, ""),
            one.get_type_display(),
            one.get_hold_display(),
            one.selected,
            one.notified,
            one.presented,
            one.examined,
            one.released,
            one.days,
            one.get_disposition_display(),
            "; ".join(dict.fromkeys(part.get_type_display() for part in parts)),
            sum(differences) if differences else None,
            one.told_reason if reasons is None else reasons.get(one.pk, ""),
        ]
        yield row + ([costs.get(one.pk)] if costs is not None else [])
