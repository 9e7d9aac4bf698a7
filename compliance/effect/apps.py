from django.apps import AppConfig


class EffectConfig(AppConfig):
    name = "compliance.effect"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Effect"
