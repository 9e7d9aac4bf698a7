"""What puts the rooms together: settings, addresses, the worker, health, and the pages that draw on all rooms."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
