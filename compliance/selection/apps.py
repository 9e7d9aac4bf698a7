from django.apps import AppConfig


class SelectionConfig(AppConfig):
    name = "compliance.selection"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Selection"

    def ready(self) -> None:
        from compliance.selection import tasks  # noqa: PLC0415  models must be loaded first

        tasks.connect()
