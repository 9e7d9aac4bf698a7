import datetime
import logging

from celery import shared_task
from django.core.exceptions import ValidationError
from django.utils import timezone

from examinations.models import Uncounted
from notices import joining, reminding
from notices.models import Notice

#: A count takes seconds, a load of everything minutes; what takes longer is stuck, and a notice is not kept back by that.
PATIENCE = datetime.timedelta(hours=1)
logger = logging.getLogger("portal.notices")


@shared_task
def publish_due() -> int:
    """Publish what was approved for a moment that has come, whenever the scheduler was last awake. Returns how many.

    Handed out twice it publishes once. One that cannot go out any more (its effective date has passed meanwhile) stays
    scheduled, and headquarters sees it as late. One that asks of trade waits for sums that are being counted, PATIENCE at
    most: whom it touches is written down once.
    """
    done, now = 0, timezone.now()
    counting = Uncounted.objects.exists()
    for notice in Notice.objects.due(now).order_by("publish_at", "pk"):
        if counting and notice.asks_of_trade and notice.publish_at > now - PATIENCE:
            continue
        try:
            notice.publish_scheduled(now)
        except ValidationError as error:
            logger.warning("notice %s is not published: %s", notice.pk, error.messages[0])
        else:
            done += 1
    return done


@shared_task
def tell_who_joined() -> int:
    """Tell whoever joined an account, or began to manage it, of changes that are ahead still. Run twice it tells once."""
    return joining.tell_who_joined(timezone.localdate(), recently=True)


@shared_task
def tell_whoever_was_not() -> int:
    """The same of everybody whom a change ahead is for, such as of accounts that became active; each night."""
    return joining.tell_who_joined(timezone.localdate(), recently=False)


@shared_task
def remind_of_notices() -> int:
    """Remind people of what takes effect in 30, 7 and 1 days. Handed out twice, or late, it reminds once."""
    return reminding.remind_all(timezone.localdate())
