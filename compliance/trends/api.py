"""Trends of accounts."""

from typing import Any

import django_filters
from rest_framework import serializers

from accounts.api.fields import Choice, name_of
from accounts.api.filters import Code, Day
from accounts.api.lists import Rows
from compliance.trends.models import Measure, Trend, TrendState
from examinations.models.examination import DiscrepancyType


class Part(serializers.CharField):
    """A value of the cell; null where the dimension plays no part."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        return str(value) or None


class TrendSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    measure = Choice(Measure)
    port = Part()
    hts4 = Part(source="heading")
    origin = Part()
    manufacturer_id = Part()
    discrepancy_type = Choice(DiscrepancyType)
    other_account = serializers.UUIDField(source="other_side_id", read_only=True, allow_null=True)
    status = Choice(TrendState, source="state")
    rate = serializers.FloatField(read_only=True)
    expected_rate = serializers.FloatField(read_only=True)

    class Meta:
        model = Trend
        fields = [
            *("id", "account", "account_name", "measure", "port", "hts4", "origin", "manufacturer_id"),
            *("discrepancy_type", "other_account", "since", "since_low", "since_high", "status", "found_on", "as_of"),
            *("examinations", "discrepancies", "rate", "expected_rate", "q_value", "revenue_found"),
            *("revenue_at_stake",),
        ]
        read_only_fields = fields


class TrendFilter(django_filters.FilterSet):
    account = django_filters.UUIDFilter("account_id", label="Account")
    measure = django_filters.ChoiceFilter(choices=Measure.choices, label="What is counted")
    status = django_filters.ChoiceFilter("state", choices=TrendState.choices, label="State")
    hts4 = Code("heading", "[0-9]{4}", "Heading")
    origin = Code("origin", "[A-Z]{2}", "Country of origin")
    manufacturer = django_filters.CharFilter("manufacturer_id", max_length=15, label="Manufacturer ID")
    found_since = Day("found_on", "gte", "Announced on this day or later")


class Trends(Rows):
    """Where more is found than is expected, newest first. Each value of the cell is null where it plays no part."""

    queryset = Trend.objects.all()
    serializer_class = TrendSerializer
    filterset_class = TrendFilter
    order = ("-id",)
    related = ("account",)
