from django.apps import AppConfig


class ExaminationsConfig(AppConfig):
    name = "examinations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Entries and examinations"
