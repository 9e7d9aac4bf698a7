"""Scores with their parts, for an account's manager and headquarters."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import Choice, name_of
from accounts.api.filters import Day
from accounts.api.lists import Rows
from accounts.models import Person
from compliance.risk.models import Assessment
from compliance.risk.words import parts_of
from look.periods import InPeriod


class PartSerializer(serializers.Serializer):
    name = serializers.CharField()
    points = serializers.DecimalField(max_digits=6, decimal_places=2)
    because = serializers.CharField()


class AssessmentSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    band = Choice(Assessment.Band)
    parts = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = ["id", "account", "account_name", "as_of", "model_version", "score", "band", "parts"]
        read_only_fields = fields

    @extend_schema_field(PartSerializer(many=True))
    def get_parts(self, assessment: Assessment) -> list[dict[str, Any]]:
        return PartSerializer(parts_of(assessment, None), many=True).data


class AssessmentFilter(InPeriod):
    account = django_filters.UUIDFilter("account_id", label="Account")
    start = Day("as_of", "gte", "As of this day or later")
    end = Day("as_of", "lte", "As of this day or before")
    band = django_filters.ChoiceFilter(choices=Assessment.Band.choices)
    newest = django_filters.BooleanFilter(method="only_newest", label="true: of each account its newest alone")

    def only_newest(self, rows: QuerySet[Assessment], name: str, asked: bool) -> QuerySet[Assessment]:
        return rows.filter(stands=True) if asked else rows


class Assessments(Rows):
    """Risk scores, by account, newest first. The parts add up to the score."""

    roles = (Person.Role.MANAGER, Person.Role.HEADQUARTERS)
    queryset = Assessment.objects.all()
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    order = ("account_id", "-as_of")
    related = ("account",)
