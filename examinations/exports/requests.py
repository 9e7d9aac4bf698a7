"""The list of requests as a file."""

from collections.abc import Iterator

from examinations.exports.about import REQUESTS as DEFINITIONS
from examinations.exports.batches import in_batches
from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, register
from examinations.models import CustomsRequest
from examinations.models.examination import DiscrepancyType
from examinations.models.request import RequestQuerySet
from examinations.requests.listing import RequestList, asked_filters
from look.downloads import Cell, Sheet, about_list, filters_in_words, named
from look.formats import entry_number

HEADS = [
    "Request Number",
    "Form",
    "Importer",
    "Entry Summary Number",
    "Entry Summary Line Numbers",
    "Subjects",
    "Issued Date",
    "Answer By",
    "Extended To",
    "Answered Date",
    "Answered, Says The Account",
    "State",
    "Outcome",
    "Review Team Number",
]


def sheet_of(found: RequestList) -> Sheet:
    """The rows of a list in their order; a statement a batch of them."""
    asked = found.asked
    filters = filters_in_words(found.filter.form)
    about = about_list("Requests", asked.account.name, asked.person.name, filters, DEFINITIONS)
    return Sheet(named("requests", filters), HEADS, _rows(found.rows), about)


def _rows(rows: RequestQuerySet) -> Iterator[list[Cell]]:
    for batch in in_batches(rows.select_related("account").with_lines()):
        yield from (_cells(one) for one in batch)


def _cells(one: CustomsRequest) -> list[Cell]:
    return [
        one.number,
        one.get_form_display(),
        one.account.name if one.account else "",
        entry_number(one.entry_number),
        "; ".join(dict.fromkeys(f"{line:03}" for line in one.line_numbers if line)),
        "; ".join(dict.fromkeys(DiscrepancyType(code).label for code in one.subject_codes if code)),
        one.issued,
        one.answer_by,
        one.extended_to,
        one.answered,
        one.said_on,
        one.state.label,
        one.get_outcome_display(),
        one.review_team,
    ]


def _sheet_for(asked: Asked) -> Sheet:
    found = RequestList(asked)
    if not found.usable:
        raise UnusableFilters("The filters of this list cannot be used.")
    return sheet_of(found)


def _settled(asked: Asked) -> Filters:
    return as_lists(asked_filters(asked))


register(Kind("requests", "Requests and notices of action", "/requests/", _sheet_for, _settled))
