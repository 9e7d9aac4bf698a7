from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.effect.models import StudyRun, study_as_of
from compliance.effect.signals import studies_asked


@shared_task
def study_all() -> int:
    """The same as of today; nightly, by the scheduler."""
    return study_as_of(timezone.localdate())


@shared_task
def study_now(work_id: str) -> bool:
    """The same when headquarters asked for it. Handed out twice it is done once."""
    return StudyRun.take_up(work_id)


@shared_task
def resume_study_runs() -> int:
    """Take up the runs whose process died: again, or as failed after the third time. Returns how many."""
    return StudyRun.resume(study_now.delay)


def _after_asking(sender: object, work: str, **kwargs: Any) -> None:
    study_now.delay(work)


def connect() -> None:
    """Listen to headquarters."""
    studies_asked.connect(_after_asking, dispatch_uid="compliance.effect.after_asking")
