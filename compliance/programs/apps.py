from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "compliance.programs"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Programs"
