"""Bonds and the importer numbers that they cover."""

import django_filters
from django.db.models import Prefetch
from rest_framework import serializers

from accounts.api.fields import Choice, name_of
from accounts.api.lists import Rows
from compliance.bonds.models import Bond, CoveredNumber
from compliance.bonds.states import State


class CoveredSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    role = Choice(CoveredNumber.Role)
    importer_number = serializers.CharField(source="identifier.value", read_only=True, allow_null=True)

    class Meta:
        model = CoveredNumber
        fields = ["importer_number", "account", "account_name", "role"]
        read_only_fields = fields


def _money(source: str) -> serializers.DecimalField:
    return serializers.DecimalField(18, 2, source=source, read_only=True, allow_null=True, default=None)


class BondSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    riders = serializers.ListField(child=Choice(Bond.Rider), read_only=True)
    covered = CoveredSerializer(many=True, read_only=True)

    # Of bonds of activity 1, to who may see the bond of its principal; null elsewhere.
    state = Choice(State.choices, source="review.state", allow_null=True, default=None)
    duties_taxes_fees = _money("review.total")
    required_amount = _money("review.required")
    use = serializers.DecimalField(16, 4, source="review.use", read_only=True, allow_null=True, default=None)
    headroom = _money("review.headroom")
    refunded = _money("review.refunded")
    delinquent_since = serializers.DateField(
        source="review.delinquent_since",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Since when bills of its principal are overdue. The amount is then for manual determination by CBP: "
        "required_amount is the least, by the basic formula, and there is no amount_to_ask_for.",
    )
    short_from = serializers.DateField(source="review.short_half", read_only=True, allow_null=True, default=None)
    amount_to_ask_for = _money("review.asked_amount")

    class Meta:
        model = Bond
        fields = [
            *("id", "number", "account", "account_name", "bond_type", "activity_code", "amount", "surety_code"),
            *("executed", "effective", "terminates", "riders", "covered", "version_at"),
            *("state", "duties_taxes_fees", "required_amount", "use", "headroom", "refunded"),
            *("delinquent_since", "short_from", "amount_to_ask_for"),
        ]
        read_only_fields = fields


class BondFilter(django_filters.FilterSet):
    account = django_filters.UUIDFilter("account_id", label="Account of the principal")
    number = django_filters.CharFilter("number", max_length=20, label="Bond number")
    activity = django_filters.CharFilter("activity_code", max_length=3, label="Activity code")
    state = django_filters.ChoiceFilter("review__state", choices=State.choices, label="State by the formula")


class Bonds(Rows):
    """Bonds of an account, or that cover one of its numbers, with the numbers that one may see."""

    queryset = Bond.objects.all()
    serializer_class = BondSerializer
    filterset_class = BondFilter
    order = ("number",)

    def related_rows(self) -> tuple[object, ...]:
        covered = CoveredNumber.objects.visible_to(self.request.user).order_by("pk")
        return "account", "review", Prefetch("covered", covered), "covered__identifier", "covered__account"
