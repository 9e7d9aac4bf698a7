"""The list of entries that close as a file."""

from collections.abc import Iterator

from examinations.closing import checks_of
from examinations.closing.listing import Asked as ClosingAsked
from examinations.closing.listing import ClosingList, asked_filters
from examinations.closing.question import Checked
from examinations.entry_dates import dates_of
from examinations.exports.about import CLOSING as DEFINITIONS
from examinations.exports.batches import in_batches
from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, register
from examinations.models import Entry, Port
from look.downloads import Cell, Sheet, about_list, filters_in_words, named
from look.formats import entry_number

HEADS = [
    "Entry Summary Number",
    "Importer",
    "Entry Type Code",
    "Port of Entry Code",
    "Port",
    "Entry Date",
    "What Closes",
    "Last Day",
    "Days Left",
    "Standing",
    "Liquidation Date",
    "Duty Deposited",
    "More Owed",
    "Overpaid",
    "Found By Checks",
    "Which Checks",
    "From",
]


def sheet_of(found: ClosingList) -> Sheet:
    """The entries of a list in their order; two statements a batch of them."""
    asked, filters = found.asked, filters_in_words(found.form)
    about = about_list("Closing", asked.account.name, asked.person.name, filters, DEFINITIONS)
    return Sheet(named("closing", filters), HEADS, _rows(asked), about)


def _rows(asked: ClosingAsked) -> Iterator[list[Cell]]:
    ports = dict(Port.objects.values_list("code", "name"))
    for batch in in_batches(asked.rows.select_related("account")):
        checks = checks_of(batch, asked.person)
        yield from (_cells(one, asked, ports, checks.get(one.pk, [])) for one in batch)


def _cells(one: Entry, asked: ClosingAsked, ports: dict[str, str], checks: list[Checked]) -> list[Cell]:
    closes = one.closes  # type: ignore[attr-defined]
    return [
        entry_number(one.number),
        one.account.name,
        one.entry_type,
        one.port,
        ports.get(one.port, ""),
        one.entry_date,
        "Protest" if one.protest_by else "Correction",  # type: ignore[attr-defined]
        closes,
        (closes - asked.as_of).days,
        str(dates_of(one, asked.as_of).standing),
        one.liquidation,  # type: ignore[attr-defined]
        one.duty,
        one.owed,  # type: ignore[attr-defined]
        one.overpaid,  # type: ignore[attr-defined]
        one.checked,  # type: ignore[attr-defined]
        "; ".join(part.check.title for part in checks),
        one.get_source_display(),
    ]


def _sheet_for(asked: Asked) -> Sheet:
    found = ClosingList(asked)
    if not found.usable:
        raise UnusableFilters("The filters of this list cannot be used.")
    return sheet_of(found)


def _settled(asked: Asked) -> Filters:
    return as_lists(asked_filters(asked))


register(Kind("closing", "Entries that close soon", "/dates/closing/", _sheet_for, _settled))
