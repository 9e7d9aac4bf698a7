from django.contrib import admin

from accounts.admin import ReadOnly
from inquiries.models import Contact, FollowUp


@admin.register(Contact)
class ContactAdmin(ReadOnly):
    list_display = ["account", "kind", "on", "whom", "by"]
    list_filter = ["kind"]
    search_fields = ["account__name", "whom"]
    list_select_related = ["account", "by"]


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly):
    list_display = ["account", "what", "due", "done_on", "done_by"]
    search_fields = ["account__name", "what"]
    list_select_related = ["account", "done_by"]
