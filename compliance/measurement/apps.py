from django.apps import AppConfig


class MeasurementConfig(AppConfig):
    name = "compliance.measurement"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Compliance measurement"

    def ready(self) -> None:
        from compliance.measurement import tasks  # noqa: PLC0415  models must be loaded first

        tasks.connect()
