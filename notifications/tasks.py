import logging
import time

from celery import shared_task

from notifications import sending

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
