from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin import Office, ReadOnly
from examinations.models import AdditionalDuty, Load, Port


@admin.register(Load)
class LoadAdmin(ReadOnly):
    """The history of loads; files are brought in on the portal's page of loads."""

    list_display = [
        "file_name",
        "kind",
        "state",
        "loaded",
        "unchanged",
        "rejected",
        "withdrawn",
        "by",
        "created_at",
        "page",
    ]
    list_filter = ["kind", "state"]
    list_select_related = ["by"]
    date_hierarchy = "created_at"

    @admin.display(description="Page")
    def page(self, load: Load) -> str:
        return format_html('<a href="{}">open</a>', reverse("load", args=[load.pk]))


@admin.register(Port)
class PortAdmin(Office):
    list_display = ["code", "name", "seaport_only"]
    list_filter = ["seaport_only"]
    search_fields = ["code", "name"]


@admin.register(AdditionalDuty)
class AdditionalDutyAdmin(Office):
    """What a published notice asks for beside other rows; the check of chapter 99 numbers looks for it every night.

    What comes from a notice of the portal follows it: it is corrected by a correction of the notice.
    """

    list_display = ["chapter_99", "title", "notice", "points", "first_entry_date", "last_entry_date", "by_hand"]
    search_fields = ["chapter_99", "notice", "title"]

    @admin.display(boolean=True)
    def by_hand(self, duty: AdditionalDuty) -> bool:
        return not duty.about_id

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.about_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.about_id)
