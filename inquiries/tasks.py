from celery import shared_task
from django.utils import timezone

from inquiries.reminding import remind
from inquiries.routing.round import route_waiting
from inquiries.telling import tell


@shared_task
def remind_of_follow_ups() -> int:
    """Remind of follow-ups that are due and not yet told. Handed out twice, or late, it reminds once."""
    return remind(timezone.localdate())


@shared_task
def route_inquiries() -> int:
    """Say which experts new inquiries go to. Handed out twice it routes once; what a dead process left it takes up."""
    return route_waiting(timezone.now())


@shared_task
def tell_of_inquiries() -> int:
    """Tell by mail of questions, answers and promises that run out. Handed out twice it tells once."""
    return tell(timezone.now())
