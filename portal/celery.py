import os
import sys

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
if "celery" in sys.argv[0]:
    # A worker that nobody told what it is must not become the owner of the tables. Web and tests import this too.
    os.environ.setdefault("PORTAL_PROCESS", "worker")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
