from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.risk import forgetting
from compliance.selection.models import Candidate, Opening
from compliance.selection.signals import opening_asked


@shared_task(time_limit=3600)
def open_round(opening_id: str) -> bool:
    """Open a round that headquarters asked for. Handed out twice it is opened once."""
    return Opening.take_up(opening_id)


@shared_task
def resume_openings() -> int:
    """Take up the openings whose process died: again, or as failed after the third time. Returns how many."""
    return Opening.resume(open_round.delay)


@shared_task
def forget_old_scores() -> int:
    """Remove nightly scores and fits that nobody needs any more, but for those that a round froze; nightly, after the
    scores. Returns how many scores. Run twice, or late, it removes nothing more."""
    today = timezone.localdate()
    frozen = Candidate.objects.exclude(assessed_on=None).values_list("account", "assessed_on")
    gone = forgetting.forget_scores(today, frozen=frozen)
    forgetting.forget_fits(today)
    forgetting.forget_months(today)
    return gone


def _after_asking(sender: object, work: str, **kwargs: Any) -> None:
    open_round.delay(work)


def connect() -> None:
    """Listen to what is asked for."""
    opening_asked.connect(_after_asking, dispatch_uid="compliance.selection.after_asking")
