"""Which requests a list shows. What is still open is shown whatever the period: a list must not hide a deadline."""

import contextlib
import datetime

import django_filters
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.identifiers import parse_entry_number
from examinations.filters import NO_DAY
from examinations.models import CustomsRequest
from examinations.models.request import STATES, Form, RequestQuerySet, State
from look.periods import InPeriod

OPEN = STATES[State.TO_ANSWER] | STATES[State.WITH_CBP]


class RequestFilter(InPeriod):
    """By number, day of issue, form and state."""

    find = django_filters.CharFilter(method="find_exactly", label="Request or entry number")
    start = django_filters.DateFilter(method="from_day", label="From", error_messages=NO_DAY)
    end = django_filters.DateFilter(method="to_day", label="To", error_messages=NO_DAY)
    form_code = django_filters.ChoiceFilter("form", choices=Form.choices, label="Form", empty_label="All forms")
    state = django_filters.ChoiceFilter(
        choices=State.choices, method="with_state", label="State", empty_label="All states"
    )

    class Meta:
        model = CustomsRequest
        fields: list[str] = []

    def find_exactly(self, rows: QuerySet[CustomsRequest], name: str, text: str) -> QuerySet[CustomsRequest]:
        asked = text.strip()
        plain = asked.upper().replace("-", "").replace(" ", "")
        with contextlib.suppress(ValueError):  # not an entry number: a request's then
            plain = parse_entry_number(asked.upper()).value
        return rows.filter(Q(number=asked) | Q(number=asked.upper()) | Q(entry_number=plain))

    def from_day(self, rows: QuerySet[CustomsRequest], name: str, day: datetime.date) -> QuerySet[CustomsRequest]:
        return rows.filter(Q(issued__gte=day) | OPEN)

    def to_day(self, rows: QuerySet[CustomsRequest], name: str, day: datetime.date) -> QuerySet[CustomsRequest]:
        return rows.filter(Q(issued__lte=day) | OPEN)

    def with_state(self, rows: QuerySet[CustomsRequest], name: str, asked: str) -> QuerySet[CustomsRequest]:
        return rows.filter(STATES[State(asked)])


def in_order(rows: RequestQuerySet) -> RequestQuerySet:
    """What is to be answered first, by its last day; then what CBP decides; then the rest, newest first."""
    place = Case(
        *(When(STATES[state], then=Value(at)) for at, state in enumerate((State.TO_ANSWER, State.WITH_CBP))),
        default=Value(2),
        output_field=IntegerField(),
    )
    by_day = Case(When(STATES[State.TO_ANSWER], then="answer_by"), default=None)
    return rows.annotate(place=place).order_by("place", by_day, "-issued", "-id")
