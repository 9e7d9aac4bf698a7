import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.effect.models import EffectStudy, Standing, StudyRun
from compliance.effect.signals import studies_asked
from compliance.selection.models import Round


def study_as_of(day: datetime.date) -> int:
    """Study every closed round and count what is under management, as of a day. Returns how many rounds."""
    Standing.count(day)
    return len([EffectStudy.compute(one, day) for one in Round.objects.filter(state=Round.State.CLOSED)])


@shared_task
def study_all() -> int:
    """The same as of today; nightly, by the scheduler."""
    return study_as_of(timezone.localdate())


@shared_task
def study_now(run: int) -> int:
    """The same when headquarters asked for it. Handed out twice it computes twice and keeps the same."""
    asked = StudyRun.objects.get(pk=run)
    try:
        return study_as_of(timezone.localdate())
    finally:
        asked.finish()


def _after_asking(sender: object, run: int, **kwargs: Any) -> None:
    study_now.delay(run)


def connect() -> None:
    """Listen to headquarters."""
    studies_asked.connect(_after_asking, dispatch_uid="compliance.effect.after_asking")
