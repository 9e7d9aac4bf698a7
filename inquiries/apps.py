from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "inquiries"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Inquiries and contacts"

    def ready(self) -> None:
        from inquiries import leaving, results  # noqa: PLC0415  they need the models
        from inquiries.by_mail import outgoing  # noqa: PLC0415

        leaving.connect()
        results.connect()
        outgoing.connect()
