from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "inquiries"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Inquiries and contacts"

    def ready(self) -> None:
        from inquiries import leaving, results, telling  # noqa: PLC0415  they need the models
        from inquiries.by_mail import outgoing  # noqa: PLC0415
        from inquiries.models import Inquiry  # noqa: PLC0415
        from notifications.models.message import READ_WITH  # noqa: PLC0415

        READ_WITH.append(Inquiry)
        leaving.connect()
        results.connect()
        telling.connect()
        outgoing.connect()
