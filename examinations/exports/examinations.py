"""The list of examinations as a file. What a column says and to whom is decided here as on the page."""

from collections.abc import Iterable, Iterator

from django.db.models import Prefetch, QuerySet

from accounts.models import Person
from examinations.exports.about import EXAMINATIONS as DEFINITIONS
from examinations.exports.batches import in_batches
from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, register
from examinations.listing import ExaminationList, asked_filters
from examinations.models import Cost, Discrepancy, Examination, Port, Selection
from look.downloads import Cell, Sheet, about_list, filters_in_words, named
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


def sheet_of(found: ExaminationList) -> Sheet:
    """The rows of a list in their order, as the page shows them to this person; five statements a batch of them."""
    asked = found.asked
    filters = filters_in_words(found.filter.form)
    if found.with_reviews:
        filters.append(("Reviews of papers", "among the rows"))
    return Sheet(
        named("examinations", filters),
        HEADS + (["Examination Cost Amount"] if found.sees_cost else []),
        _rows(found.rows, asked.person, sees_reasons=found.sees_reasons, sees_cost=found.sees_cost),
        about_list("Examinations", asked.account.name, asked.person.name, filters, DEFINITIONS),
    )


def _rows(rows: QuerySet[Examination], person: Person, *, sees_reasons: bool, sees_cost: bool) -> Iterator[list[Cell]]:
    names = dict(Port.objects.values_list("code", "name"))
    parts = Prefetch("discrepancies", Discrepancy.objects.visible_to(person).order_by("examination", "ordinal"))
    for batch in in_batches(rows.select_related("account").prefetch_related(parts)):
        wanted = [one.pk for one in batch]
        costs = Cost.objects.visible_to(person).by_examination(wanted) if sees_cost else None
        chosen = Selection.objects.visible_to(person).filter(pk__in=wanted) if sees_reasons else None
        reasons = None if chosen is None else {one.pk: one.get_reason_display() for one in chosen}
        yield from _cells(batch, names, reasons, costs)


def _sheet_for(asked: Asked) -> Sheet:
    found = ExaminationList(asked)
    if not found.usable:
        raise UnusableFilters("The filters of this list cannot be used.")
    return sheet_of(found)


def _settled(asked: Asked) -> Filters:
    return as_lists(asked_filters(asked))


register(Kind("examinations", "Examinations", "/examinations/", _sheet_for, _settled))


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
