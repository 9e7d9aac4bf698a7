"""Counting and drawing, by a worker."""

from typing import Any

from celery import shared_task

from accounts.models import Person
from accounts.signals import left
from compliance.measurement.models import PlanWork
from compliance.measurement.models.drawn import owed_by
from compliance.measurement.signals import work_asked


@shared_task
def run_plan_work(work_id: str) -> bool:
    """Count or draw what was asked for. Handed out twice it is done once."""
    return PlanWork.take_up(work_id)


@shared_task
def resume_plan_work() -> int:
    """Take up the work whose process died: again, or as failed after the third time. Returns how many."""
    return PlanWork.resume(run_plan_work.delay)


def _after_asking(sender: object, work: str, **kwargs: Any) -> None:
    run_plan_work.delay(work)


def _after_leaving(sender: object, person: Person, first: Person, **kwargs: Any) -> None:
    """Reviews that a manager who leaves still owes go to who takes what belongs to no account."""
    owed_by(person.name).update(reviewer=first.name)


def connect() -> None:
    """Listen to what is asked for, and to managers who leave."""
    left.connect(_after_leaving, sender=Person, dispatch_uid="compliance.measurement.after_leaving")
    work_asked.connect(_after_asking, dispatch_uid="compliance.measurement.after_asking")
