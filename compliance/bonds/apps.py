from django.apps import AppConfig


class BondsConfig(AppConfig):
    name = "compliance.bonds"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Bonds"
