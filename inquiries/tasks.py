from celery import shared_task
from django.utils import timezone

from inquiries.reminding import remind


@shared_task
def remind_of_follow_ups() -> int:
    """Remind of follow-ups that are due and not yet told. Handed out twice, or late, it reminds once."""
    return remind(timezone.localdate())
