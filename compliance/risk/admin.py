from django.contrib import admin

from accounts.admin import ReadOnly
from compliance.risk.models import Assessment


@admin.register(Assessment)
class AssessmentAdmin(ReadOnly):
    list_display = ["account", "as_of", "score", "band", "model_version"]
    list_filter = ["band"]
    search_fields = ["account__name"]
    list_select_related = ["account"]
