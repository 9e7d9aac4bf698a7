"""Entries, their tariff rows, examinations and what they found."""

import contextlib
from typing import Any

import django_filters
from django import forms
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.access import discloses_reasons, reach_now
from accounts.api.fields import Choice, name_of
from accounts.api.filters import Code, Day
from accounts.api.lists import Rows
from accounts.identifiers import parse_entry_number
from accounts.models import Person
from examinations.duty.programs import Program, rows_of
from examinations.entries.listing import MARKED, OF_LINES, STATES, YES_NO, NarrowedEntries
from examinations.entry_lines import CHAPTER_99, WITH_99
from examinations.figures import with_days
from examinations.filters import NOT_GIVEN
from examinations.filters import ExaminationFilter as OfPage
from examinations.headings import in_heading
from examinations.models import Cost, Discrepancy, Entry, EntryLine, Examination, Port, Selection
from examinations.models.entry import MONEY, NO_DUTY_TYPES, Source
from examinations.models.examination import DiscrepancyType, Disposition, ExaminationType, HoldType
from look.periods import InPeriod

#: Who reads why an examination was selected.
TOLD_REASONS = (Person.Role.MANAGER, Person.Role.HEADQUARTERS)


class OfParties(Rows):
    """Rows of an importer's account that a broker's account may have filed, in the order of the importers' index.

    Headquarters and brokers who filter by filer go through the index of the filers instead.
    """

    day = "entry_date"

    def page_order(self) -> tuple[str, ...]:
        asked = self.request.query_params
        mine = {str(account) for account in self.reach.own | self.reach.managed}
        by_filer = not asked.get("account") and asked.get("filer") and (self.reach.everything or asked["filer"] in mine)
        return "filer_id" if by_filer else "account_id", self.day, "-id" if self.day.startswith("-") else "id"

    def get_queryset(self) -> QuerySet[Any]:
        """Accounts of which one may see rows are among those known by name: said again, it is a range of the index."""
        rows = super().get_queryset()
        return rows if self.reach.everything else rows.filter(account__in=self.reach.known)


class PartiesFilter(InPeriod):
    account = django_filters.UUIDFilter("account_id", label="Importer's account")
    filer = django_filters.UUIDFilter("filer_id", label="Broker's account")


def entry_number_of(text: str) -> str:
    """An entry number as it is stored; text that is none finds nothing."""
    with contextlib.suppress(ValueError):
        return parse_entry_number(text).value
    return text.strip().upper()


class EntrySerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    filer_account_name = name_of("filer")
    importer_number = serializers.CharField(source="identifier.value", read_only=True, allow_null=True)
    source = Choice(Source)

    class Meta:
        model = Entry
        fields = [
            *("id", "number", "account", "account_name", "filer", "filer_account_name", "importer_number", "source"),
            *("entry_type", "port", "entry_date", "summary_date", "mode", "importer_name", "filer_name", "review_team"),
            *("bond_number", "lines", "value", "duty", "mpf", "hmf", "tax", "other_fees", "fees_estimated"),
            *("liquidation_date", "liquidation_status", "liquidated_duty", "reconciliation_due", "extension_status"),
            *("corrected", "version_at"),
        ]
        read_only_fields = fields

    def to_representation(self, entry: Entry) -> dict[str, Any]:
        """The bond is the importer's: the broker that filed the entry does not read its number."""
        shown = super().to_representation(entry)
        held = reach_now(self.context["request"].user)
        return shown if held.everything or entry.account_id in held.bonds else shown | {"bond_number": ""}


class BoundedEntries(NarrowedEntries):
    """Filters that look beside each entry are asked of one account or from a day on, never of all entries of all years."""

    #: At an entry's rows, its examinations or its past.
    LOOKING = ("examined", "marked", *OF_LINES)

    def get_form_class(self) -> type[forms.Form]:
        class WithinBounds(super().get_form_class()):  # type: ignore[misc]
            def clean(form) -> dict[str, Any]:
                asked: dict[str, Any] = super().clean()
                looking = [name for name in self.LOOKING if asked.get(name)]
                bounds = {"start", "account"}
                if looking and not any(asked.get(name) for name in bounds) and not bounds & set(form.errors):
                    form.add_error(
                        "start", f"Say start or account as well: {', '.join(looking)} would look at every entry."
                    )
                return asked

        return WithinBounds


class EntryFilter(BoundedEntries):
    """The filters of the page; over all accounts that one sees, and with days as ISO 8601 writes them."""

    account = django_filters.UUIDFilter("account_id", label="Importer's account")
    filer = django_filters.UUIDFilter("filer_id", label="Broker's account")
    start = Day("entry_date", "gte", "Entered on this day or later")
    end = Day("entry_date", "lte", "Entered on this day or before")
    find = django_filters.CharFilter(method="find_exactly", max_length=20, label="Entry number")
    type = Code("entry_type", "[0-9]{2}", "Entry type")
    port = Code("port", "[0-9]{4}", "Port of entry")
    liquidation = django_filters.ChoiceFilter(choices=STATES, method="in_state", label="How it stands")
    examined = django_filters.ChoiceFilter(choices=YES_NO, method="with_examination", label="Examined, or not")
    marked = django_filters.MultipleChoiceFilter(choices=MARKED, method="with_mark", label="All of these")
    heading = Code("heading", "[0-9]{4}", "With goods of this heading", method="with_line")
    chapter = Code("chapter", "[0-9]{2}", "With goods of this chapter", method="with_line")
    origin = Code("origin", "[A-Z]{2}", "With goods from this country", method="with_line")
    manufacturer = Code(
        "manufacturer", f"([A-Z0-9]{{1,15}}|{NOT_GIVEN})", "With goods of this supplier", method="with_line"
    )
    source = django_filters.ChoiceFilter(choices=Source.choices, label="cbp, or own: uploaded by the account itself")

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, person=request.user, as_of=timezone.localdate(), request=request, **kwargs)


class Entries(OfParties):
    """Entry summaries in their newest version, by account, then day. A broker also sees what it filed."""

    queryset = Entry.objects.all()
    serializer_class = EntrySerializer
    filterset_class = EntryFilter
    related = ("account", "filer", "identifier")


class EntryLineSerializer(serializers.ModelSerializer):
    entry_number = serializers.CharField(source="entry.number", read_only=True)
    account_name = name_of("account")
    filer_account_name = name_of("filer")
    source = Choice(Source)

    class Meta:
        model = EntryLine
        fields = [
            *("id", "entry", "entry_number", "line", "ordinal", "stands_for_line", "counts_value", "account"),
            *("account_name", "filer", "filer_account_name", "source", "entry_date", "port", "mode", "origin"),
            *("export_country", "manufacturer_id", "spi", "hts", "value", "duty", "mpf", "hmf", "tax", "other_fees"),
            *("fees_estimated", "quantity", "uom", "adcvd_case"),
        ]
        read_only_fields = fields


class EntryLineFilter(PartiesFilter):
    start = Day("entry_date", "gte", "Entered on this day or later")
    end = Day("entry_date", "lte", "Entered on this day or before")
    entry = django_filters.CharFilter(method="of_entry", max_length=20, label="Entry number")
    port = Code("port", "[0-9]{4}", "Port of entry")
    hts = Code("hts", "[0-9]{2,10}", "Beginning of an HTS number, without points", method="beginning")
    origin = Code("origin", "[A-Z]{2}", "Country of origin")
    manufacturer_id = Code("manufacturer_id", "[A-Z0-9]{1,15}", "Manufacturer")
    spi = Code("spi", "[A-Z0-9+*]{1,4}", "Claimed under this SPI")
    entry_type = Code("entry__entry_type", "[0-9]{2}", "Entry type")
    chapter99 = django_filters.ChoiceFilter(
        choices=WITH_99, method="with_chapter_99", label="Rows of chapter 99, or all others"
    )
    program = django_filters.ChoiceFilter(
        choices=Program.choices, method="of_program", label="Whose duty or fee is on it, as duty by program counts it"
    )
    source = django_filters.ChoiceFilter(choices=Source.choices, label="cbp, or own: uploaded by the account itself")

    def with_chapter_99(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        return rows.filter(in_heading(CHAPTER_99)) if asked == "only" else rows.filter(hts__lt=CHAPTER_99)

    def of_program(self, rows: QuerySet[EntryLine], name: str, asked: str) -> QuerySet[EntryLine]:
        return rows.filter(rows_of(Program(asked))).exclude(entry__entry_type__in=NO_DUTY_TYPES)

    def of_entry(self, rows: QuerySet[EntryLine], name: str, text: str) -> QuerySet[EntryLine]:
        return rows.filter(entry__number=entry_number_of(text))

    def beginning(self, rows: QuerySet[EntryLine], name: str, text: str) -> QuerySet[EntryLine]:
        return rows.filter(in_heading(text))


class EntryLines(OfParties):
    """Tariff rows of entries, by account, then day. `stands_for_line` marks one row of each line; a value counts
    only where `counts_value`; `hmf` is null where the harbor fee is unknown."""

    queryset = EntryLine.objects.all()
    serializer_class = EntryLineSerializer
    filterset_class = EntryLineFilter
    related = ("entry", "account", "filer")


class ExaminationSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    filer_account_name = name_of("filer")
    hold = Choice(HoldType, allow_null=True)
    type = Choice(ExaminationType)
    disposition = Choice(Disposition)
    disclosed_reason = Choice(Examination.Disclosed, allow_null=True, help_text="Once closed: random, or other.")
    days = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Days held, or held so far; null for a review."
    )
    reason = serializers.SerializerMethodField(help_text="Why it was selected.")
    cost = serializers.SerializerMethodField(help_text="What it cost the importer; null also where that is not told.")

    class Meta:
        model = Examination
        fields = [
            *("id", "number", "account", "account_name", "filer", "filer_account_name", "entry", "entry_number"),
            *("line", "bill", "container", "mode", "hold", "type", "agency", "port", "selected", "notified"),
            *("presented", "examined", "released", "days", "disposition", "closed", "disclosed_reason", "reason"),
            *("cost", "version_at"),
        ]
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        """Members are told no reason but the disclosed one: there is not even a field."""
        fields = super().get_fields()
        if getattr(self.context["request"].user, "role", None) not in TOLD_REASONS:
            del fields["reason"]
        return fields

    def to_representation(self, instance: Examination) -> dict[str, Any]:
        """The setting that hides what was random hides it here too."""
        found = super().to_representation(instance)
        return found if discloses_reasons() else found | {"disclosed_reason": None}

    def get_reason(self, examination: Examination) -> str | None:
        return examination.selection.reason if hasattr(examination, "selection") else None

    @extend_schema_field(serializers.DecimalField(**MONEY, allow_null=True))
    def get_cost(self, examination: Examination) -> str | None:
        spent = [one.amount for one in examination.costs.all()]
        return str(sum(spent)) if spent else None


class ExaminationFilter(OfPage):
    """The filters of the page; over all accounts that one sees, and with days as ISO 8601 writes them."""

    party = None  # of one account's page; here account and filer narrow
    account = django_filters.UUIDFilter("account_id", label="Importer's account")
    filer = django_filters.UUIDFilter("filer_id", label="Broker's account")
    start = Day("selected", "gte", "Selected on this day or later")
    end = Day("selected", "lte", "Selected on this day or before")

    reason = extend_schema_field(OpenApiTypes.STR)(
        django_filters.ChoiceFilter(method="with_reason", label="Members: random or other, of closed ones")
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        codes = list(Port.objects.values_list("code", flat=True))
        super().__init__(
            *args,
            ports=codes,
            sees_reasons=request.user.role in TOLD_REASONS,
            request=request,
            person=request.user,
            **kwargs,
        )


class Examinations(OfParties):
    """Examinations and reviews, by account, newest first. A review of papers is told to members once it is closed."""

    queryset = Examination.objects.all()
    serializer_class = ExaminationSerializer
    filterset_class = ExaminationFilter
    day = "-selected"

    def get_queryset(self) -> QuerySet[Any]:
        return with_days(super().get_queryset(), timezone.localdate())

    def related_rows(self) -> tuple[Any, ...]:
        person = self.request.user
        costs = Prefetch("costs", Cost.objects.visible_to(person).that_count())
        told = [Prefetch("selection", Selection.objects.visible_to(person))] if person.role in TOLD_REASONS else []
        return "account", "filer", costs, *told


class DiscrepancySerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    type = Choice(DiscrepancyType)
    disposition = Choice(Disposition)
    examination_number = serializers.CharField(source="examination.number", read_only=True)
    selected = serializers.DateField(source="examination.selected", read_only=True)
    entry_number = serializers.CharField(source="examination.entry_number", read_only=True)

    class Meta:
        model = Discrepancy
        fields = [
            *("id", "examination", "examination_number", "entry_number", "selected", "account", "account_name"),
            *("ordinal", "type", "disposition", "declared", "found", "revenue_difference"),
        ]
        read_only_fields = fields


class DiscrepancyFilter(InPeriod):
    account = django_filters.UUIDFilter("account_id", label="Importer's account")
    examination = django_filters.NumberFilter("examination_id", label="Id of an examination")
    start = Day("examination__selected", "gte", "Selected on this day or later")
    end = Day("examination__selected", "lte", "Selected on this day or before")
    type = django_filters.ChoiceFilter(choices=DiscrepancyType.choices)
    disposition = django_filters.ChoiceFilter(choices=Disposition.choices)


class Discrepancies(Rows):
    """What examinations found to differ, once these are closed. `revenue_difference`: plus, more owed."""

    queryset = Discrepancy.objects.all()
    serializer_class = DiscrepancySerializer
    filterset_class = DiscrepancyFilter
    order = ("examination_id", "ordinal")
    related = ("examination", "account")
