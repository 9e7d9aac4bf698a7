from celery import shared_task
from django.utils import timezone

from portal.models import Heartbeat


@shared_task
def beat() -> None:
    """Say that the scheduler and a worker live."""
    Heartbeat.objects.update_or_create(name="scheduler", defaults={"at": timezone.now()})
