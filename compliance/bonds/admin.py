from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import Office, ReadOnly
from compliance.bonds.models import Bond, BondStep, BondTerms, CoveredNumber, Delinquency


class CoveredNumberInline(admin.TabularInline):
    model = CoveredNumber
    fields = readonly_fields = ["identifier", "account", "role"]
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoveredNumber]:
        return super().get_queryset(request).select_related("identifier", "account", "bond")


@admin.register(Bond)
class BondAdmin(ReadOnly):
    list_display = ["number", "account", "activity_code", "amount", "surety_code", "effective", "terminates"]
    list_filter = ["activity_code", "bond_type"]
    search_fields = ["number", "account__name"]
    list_select_related = ["account"]
    inlines = [CoveredNumberInline]


@admin.register(BondStep)
class BondStepAdmin(ReadOnly):
    list_display = ["bond", "account", "kind", "state", "on", "by"]
    list_filter = ["kind", "state"]
    search_fields = ["bond__number", "account__name"]
    list_select_related = ["bond", "account", "by"]


@admin.register(Delinquency)
class DelinquencyAdmin(ReadOnly):
    list_display = ["account", "since", "until", "by"]
    search_fields = ["account__name"]
    list_select_related = ["account", "by"]


@admin.register(BondTerms)
class BondTermsAdmin(Office):
    """Days and shares from a day on. What has begun stays: a new day is a new row."""

    list_display = ["since", "watch_share", "remedy_days", "in_force_days", "termination_days", "stay_share"]

    def has_change_permission(self, request: HttpRequest, obj: BondTerms | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.since > timezone.localdate())

    def has_delete_permission(self, request: HttpRequest, obj: BondTerms | None = None) -> bool:
        return False
