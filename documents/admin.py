from django.contrib import admin

from accounts.admin import ReadOnly
from documents.models import Document


@admin.register(Document)
class DocumentAdmin(ReadOnly):
    """Which files are kept; they are opened at what they are about."""

    list_display = ["name", "account", "kind", "size", "scan", "by", "created_at", "withdrawn_at"]
    list_filter = ["kind", "scan"]
    list_select_related = ["account", "by"]
    date_hierarchy = "created_at"
    exclude = ["file"]
