"""The rates of all accounts each night. After a load the touched ones are rated by the task that then scores them."""

from celery import shared_task
from django.utils import timezone

from compliance.measurement.own_rates.recomputing import recompute


@shared_task
def rate_all() -> int:
    """Fit anew and rate every account as of today; nightly, before the scores."""
    return recompute(None, timezone.localdate())
