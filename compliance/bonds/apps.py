from django.apps import AppConfig


class BondsConfig(AppConfig):
    name = "compliance.bonds"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Bonds"

    def ready(self) -> None:
        from compliance.bonds import loading, moves, tasks  # noqa: F401, PLC0415  they register themselves

        tasks.connect()
