import datetime
import uuid
from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.measurement.own_rates import recomputing as own_rates
from compliance.risk.recompute import recompute
from examinations.models.entry import Source
from examinations.signals import loaded
from examinations.touched import in_pieces

ACCOUNTS_A_TASK = 5000


@shared_task
def recompute_all() -> int:
    """Score every account as of today; nightly, by the scheduler."""
    return recompute(None, timezone.localdate())


@shared_task
def recompute_touched(accounts: list[str], as_of: str) -> int:
    """Rate, then score the accounts that a load touched."""
    touched, day = [uuid.UUID(text) for text in accounts], datetime.date.fromisoformat(as_of)
    own_rates.recompute(touched, day)
    return recompute(touched, day)


def _after_load(sender: object, accounts: list[uuid.UUID], source: str, **kwargs: Any) -> None:
    if source == Source.OWN:
        return
    today = timezone.localdate().isoformat()
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        recompute_touched.delay(piece, today)


def connect() -> None:
    """Listen to the loader."""
    loaded.connect(_after_load, dispatch_uid="compliance.risk.after_load")
