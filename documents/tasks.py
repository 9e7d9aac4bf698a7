from celery import shared_task

from documents.models import Document
from documents.sweeping import remove_forgotten


@shared_task
def remove_forgotten_documents() -> int:
    """Remove files of documents whose row was never committed. Returns how many."""
    return remove_forgotten(
        "documents", lambda paths: set(Document.objects.filter(file__in=paths).values_list("file", flat=True))
    )
