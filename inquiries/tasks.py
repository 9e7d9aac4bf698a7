from celery import shared_task
from django.utils import timezone

from inquiries.by_mail import taking_in
from inquiries.knowledge.doubting import doubt
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


@shared_task
def take_in_mails() -> int:
    """Land or refuse mails that came in. Handed out twice each lands once; what a dead process left it takes up."""
    return taking_in.take_in_all()


@shared_task
def forget_refused_mails() -> int:
    """Remove the bytes of mails that were refused long ago."""
    return taking_in.forget(timezone.now())


@shared_task
def doubt_knowledge() -> int:
    """Mark answers whose heading a notice or ruling touched since. Handed out twice it marks once."""
    return doubt(timezone.localdate())
