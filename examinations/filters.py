import contextlib
import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.identifiers import parse_entry_number
from examinations import figures
from examinations.models import Examination, Port
from examinations.models.examination import Disposition, ExaminationType, Reason

HELD = "held"
OTHER_RESULT = "other"
RESULTS = [
    (HELD, "Still held"),
    (Disposition.NO_DISCREPANCY.value, "No discrepancy"),
    (Disposition.LETTER_OF_LAW.value, "Letter of the law"),
    (Disposition.MAJOR.value, "Major"),
    (OTHER_RESULT, "Refused, seized or redelivery"),
]
GRAVE = (Disposition.REDELIVERY, Disposition.REFUSED, Disposition.SEIZED)
NO_DAY = {"invalid": "Write the day as MM/DD/YYYY.", "required": "Both days are needed."}

SORTS = {
    "selected": ("selected", "id"),
    "port": ("port", "-selected", "-id"),
    "type": ("type", "-selected", "-id"),
    "days": ("days", "-selected", "-id"),
    "result": ("disposition", "-selected", "-id"),
}


def this_year(as_of: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The period that a list shows unless asked otherwise."""
    return as_of.replace(month=1, day=1), as_of


def american(text: str) -> str:
    """A day of an address (ISO) as the field shows it; anything else as it is, for the form to judge."""
    try:
        return f"{datetime.date.fromisoformat(text):%m/%d/%Y}"
    except ValueError:
        return text


class ExaminationFilter(django_filters.FilterSet):
    """Which examinations of an account a list shows. Members filter by what they may read of the reason."""

    find = django_filters.CharFilter(method="find_exactly", label="Entry, container or examination")
    start = django_filters.DateFilter("selected", "gte", label="From", error_messages=NO_DAY)
    end = django_filters.DateFilter("selected", "lte", label="To", error_messages=NO_DAY)
    port = django_filters.ChoiceFilter(label="Port", empty_label="All ports")
    result = django_filters.MultipleChoiceFilter(
        choices=RESULTS, method="with_result", label="Result", widget=forms.CheckboxSelectMultiple
    )
    type = django_filters.ChoiceFilter(choices=ExaminationType.choices, label="Type", empty_label="All types")
    reason = django_filters.ChoiceFilter(method="with_reason", label="Why it was picked", empty_label="Any reason")

    class Meta:
        model = Examination
        fields: list[str] = []

    def __init__(self, *args: Any, ports: list[str], sees_reasons: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.port_names = dict(Port.objects.filter(code__in=ports).values_list("code", "name"))
        self.filters["port"].extra["choices"] = [(code, self.port_names.get(code, code)) for code in ports]
        self.filters["port"].extra["error_messages"] = {"invalid_choice": "No examination here was at this port."}
        self.sees_reasons = sees_reasons
        self.filters["reason"].extra["choices"] = (
            Reason.choices if sees_reasons else [("random", "At random"), ("other", "Other")]
        )

    @property
    def form(self) -> forms.Form:
        form = super().form
        form.clean = self._clean.__get__(form)  # type: ignore[method-assign]
        return form

    @staticmethod
    def _clean(form: forms.Form) -> dict[str, Any]:
        cleaned = form.cleaned_data
        if cleaned.get("start") and cleaned.get("end") and cleaned["start"] > cleaned["end"]:
            form.add_error("end", "This period ends before it starts.")
        return cleaned

    def find_exactly(self, rows: QuerySet[Examination], name: str, text: str) -> QuerySet[Examination]:
        """Search by equality: LIKE is not leakproof, and slow under row-level security."""
        asked = text.strip().upper()
        plain = asked.replace("-", "").replace(" ", "")
        with contextlib.suppress(ValueError):  # not an entry number: a container, a bill or an examination then
            plain = parse_entry_number(asked).value
        return rows.filter(Q(number=asked) | Q(entry_number=plain) | Q(container=plain) | Q(bill=asked))

    def with_result(self, rows: QuerySet[Examination], name: str, asked: list[str]) -> QuerySet[Examination]:
        wanted = Q()
        if HELD in asked:
            wanted |= figures.HELD
        if OTHER_RESULT in asked:
            wanted |= Q(disposition__in=GRAVE)
        wanted |= Q(disposition__in=[value for value in asked if value not in (HELD, OTHER_RESULT)])
        return rows.filter(wanted)

    def with_reason(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        if self.sees_reasons:
            return rows.filter(selection__reason=asked)
        return rows.filter(disclosed_reason=asked)
