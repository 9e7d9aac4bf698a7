"""Requests and notices of CBP (CF-28, CF-29, CF-4647), for programs."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import Choice, name_of
from accounts.api.filters import Day
from accounts.api.lists import Rows
from examinations.models import CustomsRequest, RequestLine
from examinations.models.examination import DiscrepancyType
from examinations.models.request import Form, State
from examinations.models.request_records import Outcome
from examinations.requests.filters import RequestFilter as OfPage


class RequestLineSerializer(serializers.ModelSerializer):
    subject = Choice(DiscrepancyType, allow_null=True)

    class Meta:
        model = RequestLine
        fields = ["line", "subject"]
        read_only_fields = fields


class RequestSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    filer_account_name = name_of("filer")
    form = Choice(Form)
    outcome = Choice(Outcome)
    answer_by = serializers.DateField(read_only=True, allow_null=True, help_text="Null: no answer is asked for.")
    answered = serializers.DateField(read_only=True, allow_null=True, help_text="The day CBP received the answer.")
    said_on = serializers.DateField(read_only=True, allow_null=True, help_text="The day the account says it answered.")
    state = serializers.SerializerMethodField(help_text="By what CBP says.")
    lines = RequestLineSerializer(many=True, read_only=True, help_text="Asked about; a null line is the whole entry.")

    class Meta:
        model = CustomsRequest
        fields = [
            *("id", "number", "form", "account", "account_name", "filer", "filer_account_name", "entry"),
            *("entry_number", "lines", "issued", "answer_by", "extended_to", "answered", "said_on", "state"),
            *("outcome", "review_team", "version_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(State.choices))
    def get_state(self, request: CustomsRequest) -> str:
        return request.state.value


class RequestFilter(OfPage):
    """The filters of the page; over all accounts that one sees, and with days as ISO 8601 writes them."""

    account = django_filters.UUIDFilter("account_id", label="Importer's account")
    filer = django_filters.UUIDFilter("filer_id", label="Broker's account")
    find = django_filters.CharFilter(method="find_exactly", max_length=20, label="Request or entry number")
    start = Day("issued", "gte", "Issued on this day or later, or still open", method="from_day")
    end = Day("issued", "lte", "Issued on this day or before, or still open", method="to_day")


class Requests(Rows):
    """Requests and notices of CBP on entries. `account` is null while the entry has not been loaded. What is still
    open is listed whatever the period."""

    queryset = CustomsRequest.objects.all()
    serializer_class = RequestSerializer
    filterset_class = RequestFilter

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().with_dates()

    def related_rows(self) -> tuple[Any, ...]:
        return "account", "filer", Prefetch("lines", RequestLine.objects.visible_to(self.request.user))  # type: ignore[attr-defined]
