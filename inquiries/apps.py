from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "inquiries"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Inquiries and contacts"

    def ready(self) -> None:
        from inquiries import leaving, results  # noqa: PLC0415  they need the models

        leaving.connect()
        results.connect()
