from celery import shared_task
from django.utils import timezone

from compliance.programs.reminding import remind


@shared_task
def remind_of_letters() -> int:
    """Remind of annual letters that are due and not yet told. Handed out twice, or late, it reminds once."""
    return remind(timezone.localdate())
