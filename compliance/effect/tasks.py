from celery import shared_task
from django.utils import timezone

from compliance.effect.models import EffectStudy, Standing
from compliance.selection.models import Round


@shared_task
def study_all() -> int:
    """Study every closed round anew, and count what is under management; nightly. Returns how many rounds."""
    today = timezone.localdate()
    Standing.count(today)
    closed = Round.objects.filter(state=Round.State.CLOSED)
    return len([EffectStudy.compute(one, today) for one in closed])
