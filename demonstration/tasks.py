from celery import shared_task
from django.conf import settings

from inquiries.by_mail.maildir import read_maildir
from inquiries.by_mail.taking_in import take_in_all
from servers.mailboxes import REPLIES


@shared_task
def fetch_replies() -> int:
    """Fetch what was mailed to the portal from the demonstration's mail server, as `read_maildir` does elsewhere."""
    folder = settings.DEMO_MAILDIR / REPLIES
    if not settings.DEMONSTRATION or not (folder / "new").is_dir():
        return 0
    read_maildir(folder)
    return take_in_all()
