from django.apps import AppConfig


class MeasurementConfig(AppConfig):
    name = "compliance.measurement"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Compliance measurement"
