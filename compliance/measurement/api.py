"""Plans of measurement with what they found, for headquarters."""

from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import Choice
from accounts.api.filters import Day
from accounts.api.lists import Rows
from accounts.models import Person
from compliance.measurement.estimating import Rated
from compliance.measurement.models import MajorRules, MeasurementPlan
from compliance.measurement.rates import RateEstimate
from compliance.measurement.reading import by_year
from look.periods import InPeriod


class RateSerializer(serializers.Serializer):
    """Shares between 0 and 1; low and high: the interval to show, bound: it holds at least 95 %."""

    rate = serializers.FloatField()
    standard_error = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    bound_low = serializers.FloatField()
    bound_high = serializers.FloatField()
    well_supported = serializers.BooleanField()


class MeasurementSerializer(serializers.ModelSerializer):
    state = Choice(MeasurementPlan.State)
    examined = serializers.SerializerMethodField()
    wrong = serializers.SerializerMethodField()
    major = serializers.SerializerMethodField()
    rules = serializers.SerializerMethodField()
    letter_rate = serializers.SerializerMethodField()
    major_rate = serializers.SerializerMethodField()

    class Meta:
        model = MeasurementPlan
        fields = [
            *("id", "name", "starts", "ends", "state", "frozen_on", "closed_on"),
            *("examined", "wrong", "major", "rules", "letter_rate", "major_rate"),
        ]
        read_only_fields = fields

    def _rated(self, plan: MeasurementPlan) -> Rated | None:
        found: dict[int, Rated] = self.context.get("rated", {})
        return found.get(plan.pk)

    def get_examined(self, plan: MeasurementPlan) -> int | None:
        rated = self._rated(plan)
        return rated.examined if rated else None

    def get_wrong(self, plan: MeasurementPlan) -> int | None:
        rated = self._rated(plan)
        return rated.wrong if rated else None

    def get_major(self, plan: MeasurementPlan) -> int | None:
        rated = self._rated(plan)
        return rated.majors if rated else None

    def get_rules(self, plan: MeasurementPlan) -> int | None:
        number: int | None = self.context.get("rules")
        return number

    @extend_schema_field(RateSerializer(allow_null=True))
    def get_letter_rate(self, plan: MeasurementPlan) -> Any:
        rated = self._rated(plan)
        return _rate(rated.letter) if rated else None

    @extend_schema_field(RateSerializer(allow_null=True))
    def get_major_rate(self, plan: MeasurementPlan) -> Any:
        rated = self._rated(plan)
        return _rate(rated.major) if rated else None


def _rate(estimate: RateEstimate | None) -> Any:
    return RateSerializer(estimate).data if estimate else None


class MeasurementFilter(InPeriod):
    start = Day("ends", "gte", "Period ends on this day or later")
    end = Day("starts", "lte", "Period begins on this day or before")
    state = django_filters.ChoiceFilter(choices=MeasurementPlan.State.choices)


class Measurements(Rows):
    """Plans of measurement and their rates, newest period first. Drafts, and plans without result, have none."""

    roles = (Person.Role.HEADQUARTERS,)
    queryset = MeasurementPlan.objects.all()
    serializer_class = MeasurementSerializer
    filterset_class = MeasurementFilter
    order = ("-starts", "-id")

    def get_serializer_context(self) -> dict[str, Any]:
        """The rates of the rows of the page, two statements however many; by the rules in force."""
        context: dict[str, Any] = super().get_serializer_context()
        plans = getattr(self, "shown", [])
        if plans:
            today = timezone.localdate()
            rules = MajorRules.in_force(today)
            drawn = [plan for plan in plans if plan.state != plan.State.DRAFT]
            found = by_year(drawn, rules.thresholds, today) if drawn else []
            rated = dict(zip([plan.pk for plan in drawn], found, strict=True))
            context |= {"rated": rated, "rules": rules.number}
        return context

    def paginate_queryset(self, queryset: Any) -> Any:
        self.shown = super().paginate_queryset(queryset)
        return self.shown

    def get_object(self) -> Any:
        one = super().get_object()
        self.shown = [one]
        return one
