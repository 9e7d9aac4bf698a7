from celery import shared_task
from django.utils import timezone

from compliance.risk import forgetting
from compliance.selection.models import Candidate


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
