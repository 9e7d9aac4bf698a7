"""Improvement plans: from a trend to what is done about it, and whether later data say that it helped."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "compliance.plans"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Improvement plans"

    def ready(self) -> None:
        from compliance.plans import following, reminding, tasks  # noqa: F401, PLC0415  models must be loaded first

        tasks.connect()
