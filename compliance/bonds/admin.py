from django.contrib import admin

from accounts.admin import ReadOnly
from compliance.bonds.models import Bond, CoveredNumber


class CoveredNumberInline(admin.TabularInline):
    model = CoveredNumber
    fields = readonly_fields = ["identifier", "account", "role"]
    extra = 0
    can_delete = False


@admin.register(Bond)
class BondAdmin(ReadOnly):
    list_display = ["number", "account", "activity_code", "amount", "surety_code", "effective", "terminates"]
    list_filter = ["activity_code", "bond_type"]
    search_fields = ["number", "account__name"]
    list_select_related = ["account"]
    inlines = [CoveredNumberInline]
