from django.contrib import admin

from accounts.admin import ReadOnly
from notifications.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ["message", "person", "account", "state", "attempts", "sent_at", "read_at", "last_error"]
    list_filter = ["state"]
    search_fields = ["message__subject", "person__name"]
    list_select_related = ["message", "person", "account"]
