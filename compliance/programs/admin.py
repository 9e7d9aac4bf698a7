from django.contrib import admin

from accounts.admin import ReadOnly
from compliance.programs.models import Done, Step


@admin.register(Step)
class StepAdmin(ReadOnly):
    list_display = ["account", "program", "state", "on", "by"]
    list_filter = ["program", "state"]
    search_fields = ["account__name"]
    list_select_related = ["account", "by"]


@admin.register(Done)
class DoneAdmin(ReadOnly):
    list_display = ["account", "kind", "due", "on", "by"]
    list_filter = ["kind"]
    search_fields = ["account__name"]
    list_select_related = ["account", "by"]
