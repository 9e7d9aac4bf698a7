"""The actions of improvement plans, with the state of the plan that each belongs to."""

import django_filters
from rest_framework import serializers

from accounts.api.fields import Choice, name_of
from accounts.api.lists import Rows
from compliance.plans.models import Action, PlanState


class PlanItemSerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    plan_state = Choice(PlanState, source="plan.state")
    trend = serializers.IntegerField(source="plan.trend_id", read_only=True)
    side = Choice(Action.Side)
    owner_name = serializers.CharField(source="owner.name", read_only=True)

    class Meta:
        model = Action
        fields = [
            *("id", "account", "account_name", "plan", "plan_state", "trend", "what", "side", "owner_name", "due"),
            *("done_on", "how_done", "dropped_on"),
        ]
        read_only_fields = fields


class PlanItemFilter(django_filters.FilterSet):
    account = django_filters.UUIDFilter("account_id", label="Account")
    plan = django_filters.NumberFilter("plan_id", min_value=1, max_value=2**63 - 1, label="Plan")
    start = django_filters.DateFilter("due", lookup_expr="gte", label="Due on or after this day")
    end = django_filters.DateFilter("due", lookup_expr="lte", label="Due on or before this day")
    open = django_filters.BooleanFilter(method="only_open", label="Neither done nor dropped")

    def only_open(self, rows: object, name: str, value: bool) -> object:
        return rows.waiting() if value else rows  # type: ignore[attr-defined]


class PlanItems(Rows):
    """Actions of the plans that one may see."""

    queryset = Action.objects.all()
    serializer_class = PlanItemSerializer
    filterset_class = PlanItemFilter
    order = ("id",)
    related = ("account", "plan", "owner")
