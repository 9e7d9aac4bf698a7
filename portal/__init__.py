"""What puts the rooms together: settings, addresses, the worker, health, and the pages that draw on all rooms."""

import gc

# What loads stays: to look for garbage in it meanwhile costs a third of a start. PortalConfig.ready turns it on again.
gc.disable()

from portal.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
