"""Questions about results that wait for an answer, as a file for those who answer them."""

from django.db.models import QuerySet
from django.utils import timezone

from examinations.models import ResultQuestion
from look.downloads import MOST_ROWS, Cell, Sheet
from look.formats import entry_number

HEADS = ["Account", "Asked By", "Examination Number", "Entry Summary Number", "About", "Question", "Asked On"]


def sheet_of(waiting: QuerySet[ResultQuestion]) -> Sheet:
    """The questions in their order, those that have waited longest first."""
    return Sheet("questions-waiting", HEADS, (_cells(one) for one in waiting[:MOST_ROWS]))


def _cells(one: ResultQuestion) -> list[Cell]:
    examination = one.examination
    return [
        one.account.name,
        one.asked_by.name,
        examination.number,
        entry_number(examination.entry_number) if examination.entry_number else "",
        one.get_kind_display(),
        one.text,
        timezone.localdate(one.asked_at),
    ]
