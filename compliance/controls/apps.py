from django.apps import AppConfig


class ControlsConfig(AppConfig):
    name = "compliance.controls"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Internal controls"
