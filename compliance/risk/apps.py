from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "compliance.risk"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Risk scores"

    def ready(self) -> None:
        from compliance.risk import tasks  # noqa: PLC0415  models must be loaded first

        tasks.connect()
