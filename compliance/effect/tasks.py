import datetime

from celery import shared_task
from django.utils import timezone

from compliance.effect.models import EffectStudy, Standing
from compliance.selection.models import Round


def study_as_of(day: datetime.date) -> int:
    """Study every closed round and count what is under management, as of a day. Returns how many rounds."""
    Standing.count(day)
    return len([EffectStudy.compute(one, day) for one in Round.objects.filter(state=Round.State.CLOSED)])


@shared_task
def study_all() -> int:
    """The same as of today; nightly, by the scheduler."""
    return study_as_of(timezone.localdate())
