"""Which examinations of an account a list shows."""

import contextlib
from typing import Any

import django_filters
from django import forms
from django.core.validators import RegexValidator
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.access import discloses_reasons
from accounts.identifiers import parse_entry_number
from accounts.models import Account, Person
from examinations import figures
from examinations.breakdowns.counting import LONG_STAY
from examinations.filters.days import NO_DAY
from examinations.filters.narrowing import NOT_GIVEN, NOT_LOADED, narrowed_by
from examinations.filters.parties import of_party, offer_parties
from examinations.headings import in_heading
from examinations.models import Cost, Discrepancy, EntryLine, Examination, Port
from examinations.models.examination import (
    OPEN_DISPOSITIONS,
    OTHER_REASONS,
    DiscrepancyType,
    Disposition,
    ExaminationType,
    Reason,
)
from examinations.working_days import WorkingDays
from look.periods import InPeriod

HELD = "held"
RELEASED = "released"
LONG = "long"
OTHER_RESULT = "other"
UNRELEASED = "unreleased"
RESULTS = [
    (HELD, "Still held"),
    (RELEASED, "Released"),
    (LONG, "Over five business days"),
    (UNRELEASED, "Ended, no day of release"),
    *Disposition.choices,
    (OTHER_RESULT, "Refused, seized or redelivery"),
]
GRAVE = (Disposition.REDELIVERY, Disposition.REFUSED, Disposition.SEIZED)
#: Filters that figures lead to; the form carries them along.
OF_LINES = ("heading", "chapter", "origin", "manufacturer")
NARROWING = ("disposition", "entry_type", *OF_LINES, "finding", "money", "of")

#: Codes of two characters, or none.
TWO_OR_NONE = [RegexValidator(rf"^(.{{1,2}}|{NOT_GIVEN})$", "Enter two characters at most.")]

SORTS = {
    "selected": ("selected", "id"),
    "port": ("port", "-selected", "-id"),
    "type": ("type", "-selected", "-id"),
    "days": ("days", "-selected", "-id"),
    "result": ("disposition", "-selected", "-id"),
}


class ExaminationFilter(InPeriod):
    """Which examinations of an account a list shows. Members filter by what they may read of the reason."""

    find = django_filters.CharFilter(method="find_exactly", label="Entry, container or examination")
    start = django_filters.DateFilter("selected", "gte", label="From", error_messages=NO_DAY)
    end = django_filters.DateFilter("selected", "lte", label="To", error_messages=NO_DAY)
    port = django_filters.ChoiceFilter(label="Port", empty_label="All ports")
    result = django_filters.MultipleChoiceFilter(
        choices=RESULTS, method="with_result", label="Result", widget=forms.CheckboxSelectMultiple
    )
    #: One result beside what `result` asks for, whose choices add up: released and detained at once, say.
    disposition = django_filters.ChoiceFilter("disposition", choices=Disposition.choices, label="Result")
    entry_type = django_filters.CharFilter(method="of_entry_type", label="Entry type", validators=TWO_OR_NONE)
    heading = django_filters.CharFilter(method="with_line", label="Heading", max_length=10)
    chapter = django_filters.CharFilter(method="with_line", label="Chapter", validators=TWO_OR_NONE)
    origin = django_filters.CharFilter(method="with_line", label="Origin", validators=TWO_OR_NONE)
    manufacturer = django_filters.CharFilter(method="with_line", label="Supplier", max_length=15)
    finding = django_filters.ChoiceFilter(
        choices=[*DiscrepancyType.choices, (NOT_GIVEN, "Nothing found")],
        method="with_finding",
        label="Discrepancy",
        empty_label="Any discrepancy",
    )
    money = django_filters.ChoiceFilter(
        choices=[("owed", "More owed"), ("overpaid", "Overpaid"), ("cost", "With a cost")], method="with_money"
    )
    of = django_filters.ChoiceFilter(
        choices=[("line", "One line"), ("entry", "A whole entry")], method="of_what", label="Of"
    )
    type = django_filters.ChoiceFilter(choices=ExaminationType.choices, label="Type", empty_label="All types")
    party = django_filters.ChoiceFilter(method="of_party")
    reason = django_filters.ChoiceFilter(method="with_reason", label="Why it was picked", empty_label="Any reason")

    class Meta:
        model = Examination
        fields: list[str] = []

    def __init__(
        self,
        *args: Any,
        person: Person,
        account: Account | None = None,
        ports: list[str],
        sees_reasons: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if account is None:  # over many accounts nobody's brokers or clients are meant
            self.filters.pop("party", None)
        else:
            self.party_column = offer_parties(self.filters["party"], account)
        self.port_names = dict(Port.objects.values_list("code", "name"))
        self.filters["port"].extra["choices"] = [(code, self.port_names.get(code, code)) for code in ports]
        self.filters["port"].extra["error_messages"] = {"invalid_choice": "No examination here was at this port."}
        self.sees_reasons = sees_reasons
        if not sees_reasons and not discloses_reasons():
            del self.filters["reason"]
            return
        told = [("random", "At random"), ("other", "Other")]
        self.filters["reason"].extra["choices"] = (
            [*Reason.choices, (NOT_GIVEN, "Not known"), *((value, f"{label}, closed") for value, label in told)]
            if sees_reasons
            else told
        )

    def of_party(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        return rows.filter(of_party(self.party_column, asked))

    def of_entry_type(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        if asked == NOT_GIVEN:
            return rows.filter(entry__entry_type=None)
        return rows.filter(entry__entry_type=asked)

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
        if RELEASED in asked:
            wanted |= figures.CARGO & Q(released__isnull=False)
        if LONG in asked:
            rows = rows.alias(working=WorkingDays(F("selected"), F("released")))
            wanted |= figures.CARGO & Q(working__gt=LONG_STAY)
        if UNRELEASED in asked:
            wanted |= figures.CARGO & Q(released=None) & ~Q(disposition__in=OPEN_DISPOSITIONS)
        if OTHER_RESULT in asked:
            wanted |= Q(disposition__in=GRAVE)
        wanted |= Q(disposition__in=[value for value in asked if value in Disposition.values])
        return rows.filter(wanted)

    def with_reason(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        """Members filter by what they are told; staff by the reason, or by what figures count as random and other."""
        if not self.sees_reasons:
            return rows.filter(disclosed_reason=asked)
        if asked == NOT_GIVEN:
            return rows.filter(selection=None)
        reasons = {"random": [Reason.RANDOM], "other": OTHER_REASONS}.get(asked)
        if reasons is None:
            return rows.filter(selection__reason=asked)
        return rows.filter(selection__reason__in=reasons, closed__isnull=False)

    def with_line(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        """Each of these narrows the same line: `filter_queryset` asks for all of them at once."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Examination]) -> QuerySet[Examination]:
        """Examinations of a line, or of a whole entry with a line, of that heading, origin and supplier together."""
        rows = super().filter_queryset(queryset)
        asked = {name: value for name in OF_LINES if (value := self.form.cleaned_data.get(name))}
        if not asked:
            return rows
        lines = EntryLine.objects.visible_to(self.person).filter(entry=OuterRef("entry"), stands_for_line=True)
        wanted = Q()
        for name, value in asked.items():
            wanted &= self._of_line(name, value)
        found = self._with_one_of(lines.filter(wanted))
        # Of an examination whose entry or line is not loaded none of these is known.
        if all(value == (NOT_LOADED if name == "manufacturer" else NOT_GIVEN) for name, value in asked.items()):
            found |= ~self._with_one_of(lines)
        return rows.filter(found)

    @staticmethod
    def _with_one_of(lines: QuerySet[EntryLine]) -> Q:
        of_line = lines.filter(line=OuterRef("line"))
        return Q(line=None) & Exists(lines) | Q(line__isnull=False) & Exists(of_line)

    @staticmethod
    def _of_line(name: str, asked: str) -> Q:
        if asked == NOT_LOADED:
            return Q(pk=None)
        if name in ("heading", "chapter"):
            return Q(hts="") if asked == NOT_GIVEN else in_heading(asked)
        if name == "origin":
            return Q(origin="" if asked == NOT_GIVEN else asked)
        return Q(manufacturer_id="" if asked == NOT_GIVEN else asked)

    def with_finding(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        """What closed examinations found, whatever their result, as the pivot and sums of money count it: an open one
        tells nothing yet."""
        found = Discrepancy.objects.visible_to(self.person).filter(examination=OuterRef("pk"))
        if asked == NOT_GIVEN:
            return rows.filter(Q(closed=None) | ~Exists(found))
        return rows.filter(Exists(found.filter(type=asked)), closed__isnull=False)

    def with_money(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        if asked == "cost":
            spent = Cost.objects.visible_to(self.person).filter(examination=OuterRef("pk"))
            return rows.filter(Exists(spent))
        differs = {"revenue_difference__gt" if asked == "owed" else "revenue_difference__lt": 0}
        found = Discrepancy.objects.visible_to(self.person).filter(examination=OuterRef("pk"), **differs)
        return rows.filter(Exists(found), closed__isnull=False)

    def of_what(self, rows: QuerySet[Examination], name: str, asked: str) -> QuerySet[Examination]:
        """A review of a whole entry is a cluster of its lines, and not among reviews of lines."""
        return rows.filter(line__isnull=asked == "entry")

    @property
    def narrowed(self) -> list[tuple[str, str, str]]:
        return narrowed_by(self, NARROWING)
