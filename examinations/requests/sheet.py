"""The list of requests as a file."""

from collections.abc import Iterable

from examinations.models import CustomsRequest
from examinations.models.examination import DiscrepancyType
from examinations.models.request import RequestQuerySet
from look.downloads import MOST_ROWS, Cell, Sheet
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


def sheet_of(rows: RequestQuerySet) -> Sheet:
    """The rows in their order; one statement, however many there are. They carry `answer_by` and `said_on`."""
    return Sheet("requests", HEADS, _cells(rows.select_related("account").with_lines()[:MOST_ROWS]))


def _cells(rows: Iterable[CustomsRequest]) -> Iterable[list[Cell]]:
    for one in rows:
        yield [
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
