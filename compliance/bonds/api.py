"""Bonds and the importer numbers that they cover."""

import django_filters
from django.db.models import Prefetch
from rest_framework import serializers

from accounts.api.fields import Choice, name_of
from accounts.api.lists import Rows
from compliance.bonds.models import Bond, CoveredNumber


class CoveredSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    role = Choice(CoveredNumber.Role)
    importer_number = serializers.CharField(source="identifier.value", read_only=True, allow_null=True)

    class Meta:
        model = CoveredNumber
        fields = ["importer_number", "account", "account_name", "role"]
        read_only_fields = fields


class BondSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    riders = serializers.ListField(child=Choice(Bond.Rider), read_only=True)
    covered = CoveredSerializer(many=True, read_only=True)

    class Meta:
        model = Bond
        fields = [
            *("id", "number", "account", "account_name", "bond_type", "activity_code", "amount", "surety_code"),
            *("executed", "effective", "terminates", "riders", "covered", "version_at"),
        ]
        read_only_fields = fields


class BondFilter(django_filters.FilterSet):
    account = django_filters.UUIDFilter("account_id", label="Account of the principal")
    number = django_filters.CharFilter("number", max_length=20, label="Bond number")
    activity = django_filters.CharFilter("activity_code", max_length=3, label="Activity code")


class Bonds(Rows):
    """Bonds of an account, or that cover one of its numbers, with the numbers that one may see."""

    queryset = Bond.objects.all()
    serializer_class = BondSerializer
    filterset_class = BondFilter
    order = ("number",)

    def related_rows(self) -> tuple[object, ...]:
        covered = CoveredNumber.objects.visible_to(self.request.user).order_by("pk")
        return "account", Prefetch("covered", covered), "covered__identifier", "covered__account"
