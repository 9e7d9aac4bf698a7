from django.contrib import admin

from accounts.admin import Office, ReadOnly
from compliance.plans.models import Plan, RootCause, Verification


@admin.register(RootCause)
class RootCauseAdmin(Office):
    """The list of causes: what was chosen once is retired, not removed."""

    list_display = ["name", "explained", "place", "retired"]
    list_editable = ["place", "retired"]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


class VerificationInline(admin.TabularInline):
    model = Verification
    fields = readonly_fields = ["number", "limit_rate", "hoped_rate", "counted_from", "examined", "found", "outcome"]
    extra = 0
    can_delete = False


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    list_display = ["account", "state", "heading", "origin", "discrepancy_type", "started_on"]
    list_filter = ["state"]
    search_fields = ["account__name"]
    list_select_related = ["account"]
    inlines = [VerificationInline]
