from celery import shared_task

from compliance.controls.telling import tell_of_controls


@shared_task
def tell_of_self_assessments() -> int:
    """Tell by mail of self-assessments handed in and of their reviews. Handed out twice it tells once."""
    return tell_of_controls()
