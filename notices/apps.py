from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Notices"

    def ready(self) -> None:
        from notices import asking, ended, mailing  # noqa: PLC0415  models must be loaded first

        asking.connect()
        ended.connect()
        mailing.connect()
