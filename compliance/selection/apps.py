from django.apps import AppConfig


class SelectionConfig(AppConfig):
    name = "compliance.selection"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Selection"
