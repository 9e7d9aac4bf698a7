from typing import Any

from celery import shared_task
from celery.signals import beat_init
from django.utils import timezone

from portal.models import Heartbeat


@shared_task
def beat() -> None:
    """Say that the scheduler and a worker live."""
    Heartbeat.objects.update_or_create(name="scheduler", defaults={"at": timezone.now()})


@beat_init.connect
def _at_once(**kwargs: Any) -> None:
    """A scheduler says at its start that it lives, not a minute later."""
    beat.delay()
