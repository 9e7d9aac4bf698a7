import gc

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.db.models.signals import post_migrate

from portal import grants
from portal.celery import app as celery_app


def _apply_grants(sender: AppConfig, **kwargs: object) -> None:
    grants.apply()


class ServedFilesConfig(StaticFilesConfig):
    """Collects what a page asks for: the API answers in JSON alone, pages call one htmx, sources are compiled.

    To compress the rest, a third of all files, took more than a second of every first start.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework", "scss", "htmx-4*", "htmax-4*"]


class PortalConfig(AppConfig):
    default = True  # beside the other of this file, Django would take neither
    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import admitting, queues, schedule, telling, told  # noqa: PLC0415  tasks need the models of all rooms
        from portal.review import kind  # noqa: F401, PLC0415  it registers itself, for the worker too

        schedule.write_into(celery_app)
        queues.write_into(celery_app)
        telling.connect()
        admitting.connect()
        told.register()
        post_migrate.connect(_apply_grants, sender=self, dispatch_uid="portal.grants")
        # All rooms are loaded: from here on garbage is looked for, in what comes now.
        gc.freeze()
        gc.enable()
