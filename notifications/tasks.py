import logging
import time

from celery import shared_task

from notifications import digests, reports, sending

logger = logging.getLogger("portal.notifications")

#: A task stays short: a worker that is asked to end finishes its task first, and is given fifteen seconds.
SECONDS_A_TASK = 8


@shared_task
def send_due() -> int:
    """Deliver what is due; safe to run twice, at once, or after a crash. What is left a next task takes on."""
    ends = time.monotonic() + SECONDS_A_TASK

    def enough() -> bool:
        return time.monotonic() > ends

    try:
        sent = sending.send_all(enough)
    except sending.ServerAway as away:
        logger.warning("The mail server does not answer (%s); nothing is lost, the next try is in two minutes.", away)
        return 0
    except PermissionError as objection:
        logger.error("%s", objection)
        return 0
    if enough():
        send_due.delay()
    return sent


@shared_task
def gather_digests() -> int:
    """Make the digests of those whose morning has come. Handed out twice, or late, it makes each once."""
    made = digests.gather()
    if made:
        send_due.delay()
    return made


@shared_task
def take_in_reports() -> int:
    """Take in what the mail provider reported; what is left a next task takes on."""
    taken = reports.take_in()
    if taken == reports.BATCH:
        take_in_reports.delay()
    return taken


@shared_task
def forget_reports() -> int:
    """Remove reports of the mail provider that were taken in long ago."""
    return reports.forget_old()
