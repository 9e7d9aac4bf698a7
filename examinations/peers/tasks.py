from celery import shared_task
from django.utils import timezone

from examinations.peers.measuring import measure_peers


@shared_task
def measure_peers_tonight() -> int:
    """Medians of the groups, and where each account stands, over the last twelve whole months."""
    return measure_peers(timezone.localdate())
