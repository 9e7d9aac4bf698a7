from django.contrib import admin

from accounts.admin import ReadOnly
from compliance.trends.models import PeerFit, SharedTrend, Trend


@admin.register(Trend)
class TrendAdmin(ReadOnly):
    list_display = ["account", "heading", "origin", "manufacturer_id", "port", "discrepancy_type", "state", "since"]
    list_filter = ["state", "measure", "rests_on"]
    search_fields = ["account__name", "manufacturer_id"]
    list_select_related = ["account"]


@admin.register(PeerFit)
class PeerFitAdmin(ReadOnly):
    list_display = ["as_of", "side", "measure", "examinations"]
    exclude = ["data"]


@admin.register(SharedTrend)
class SharedTrendAdmin(ReadOnly):
    list_display = ["heading", "origin", "manufacturer_id", "discrepancy_type", "accounts", "since", "ended_on"]
