from django.apps import AppConfig


class EffectConfig(AppConfig):
    name = "compliance.effect"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Effect"

    def ready(self) -> None:
        from compliance.effect import tasks  # noqa: PLC0415  models must be loaded first

        tasks.connect()
