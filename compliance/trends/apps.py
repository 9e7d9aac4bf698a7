from django.apps import AppConfig


class TrendsConfig(AppConfig):
    name = "compliance.trends"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Trends"

    def ready(self) -> None:
        from compliance.trends import tasks  # noqa: PLC0415  models must be loaded first

        tasks.connect()
