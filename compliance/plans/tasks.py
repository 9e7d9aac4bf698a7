"""Plans in work are verified each night, and behind each load those of the touched accounts."""

import datetime
import uuid
from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.plans import reminding, telling
from compliance.plans.verifying import verify
from examinations.models.entry import Source
from examinations.signals import loaded
from examinations.touched import in_pieces

ACCOUNTS_A_TASK = 5000


@shared_task
def verify_plans() -> int:
    """Count and judge for every plan in work."""
    return verify(None, timezone.localdate())


@shared_task
def verify_touched(accounts: list[str], as_of: str) -> int:
    """The same for accounts that a load touched."""
    return verify([uuid.UUID(text) for text in accounts], datetime.date.fromisoformat(as_of))


@shared_task
def remind_of_actions() -> int:
    """Remind of actions whose day comes or is past, as far as nobody has."""
    return reminding.remind()


@shared_task
def tell_of_plans() -> int:
    """Tell what became of plans, as far as nobody has."""
    return telling.tell_of_steps()


def _after_load(sender: object, accounts: list[uuid.UUID], source: str, **kwargs: Any) -> None:
    if source == Source.OWN:
        return
    today = timezone.localdate().isoformat()
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        verify_touched.delay(piece, today)


def connect() -> None:
    """Listen to the loader."""
    loaded.connect(_after_load, dispatch_uid="compliance.plans.after_load")
