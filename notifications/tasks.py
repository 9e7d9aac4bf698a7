from celery import shared_task

from notifications import sending

#: A task stays short: the broker hands it out again when it seems lost.
MAILS_A_TASK = 2000


@shared_task
def send_due() -> int:
    """Deliver what is due; safe to run twice, at once, or after a crash."""
    sent = sending.send_all(MAILS_A_TASK)
    if sent >= MAILS_A_TASK:
        send_due.delay()
    return sent
