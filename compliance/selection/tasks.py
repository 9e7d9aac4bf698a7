import uuid
from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.risk import forgetting
from compliance.selection.models import Candidate, Opening
from compliance.selection.models.opening import GAVE_UP
from compliance.selection.signals import opening_asked
from examinations.resuming import resume, tried_enough


@shared_task(time_limit=3600)
def open_round(opening_id: str) -> bool:
    """Open a round that headquarters asked for. Handed out twice it is opened once."""
    asked = Opening.objects.filter(pk=uuid.UUID(opening_id)).first()
    return asked is not None and not asked.finished and not _gave_up(asked) and asked.do()


@shared_task
def resume_openings() -> int:
    """Take up the openings whose process died: again, or as failed after the third time. Returns how many."""
    return resume(
        Opening.objects.all(),
        in_hand=lambda pk: Opening(pk=pk).is_in_hand(),
        gave_up=_gave_up,
        hand_out=open_round.delay,
    )


def _gave_up(asked: Opening) -> bool:
    if not tried_enough(asked, lambda pk: asked.is_in_hand()):
        return False
    asked.finish(Opening.State.FAILED, GAVE_UP)
    return True


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


def _after_asking(sender: object, opening: str, **kwargs: Any) -> None:
    open_round.delay(opening)


def connect() -> None:
    """Listen to what is asked for."""
    opening_asked.connect(_after_asking, dispatch_uid="compliance.selection.after_asking")
