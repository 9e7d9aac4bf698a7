from django.apps import AppConfig


class ExaminationsConfig(AppConfig):
    name = "examinations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Entries and examinations"

    def ready(self) -> None:
        from examinations import moves  # noqa: F401, PLC0415  models must be loaded first
        from examinations.breakdowns import tasks as breakdowns  # noqa: PLC0415  models must be loaded first
        from examinations.checks import tasks as checks  # noqa: PLC0415  models must be loaded first
        from examinations.duty import tasks as duty  # noqa: PLC0415  models must be loaded first
        from examinations.exports import lists  # noqa: F401, PLC0415  they register themselves
        from examinations.exports import tasks as export_tasks  # noqa: F401, PLC0415  the worker must know them
        from examinations.loading import accounts, entries, examinations, requests  # noqa: F401, PLC0415  they register
        from examinations.telling import requests as reminders  # noqa: F401, PLC0415  it listens

        duty.connect()
        checks.connect()
        breakdowns.connect()
