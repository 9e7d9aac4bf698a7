"""Trends are looked for once a month, in its first night that a worker is there, and in touched accounts behind each load;
each night they are followed."""

import datetime
import uuid
from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.trends.looking import find_trends
from compliance.trends.models import PeerFit
from compliance.trends.telling import tell_of_trends
from examinations.models.entry import Source
from examinations.signals import loaded
from examinations.touched import in_pieces

ACCOUNTS_A_TASK = 5000


@shared_task
def follow_trends(announces: bool | None = None) -> int:
    """Learn anew what is usual and count the trends that stand; once a month announce new ones.

    Errors are held down a search: were every night one, a month would have thirty chances to cry wolf. A month in which
    the first night was missed, or died, announces in the next.
    announces: whether new ones are announced, whatever the month has had; None: where it had no search of all yet.
    """
    today = timezone.localdate()
    return find_trends(None, today, announces=not _searched_this_month(today) if announces is None else announces)


def _searched_this_month(today: datetime.date) -> bool:
    """Whether all accounts were searched. The first search of a month announces, this one, one by hand or one behind a
    load; each keeps what it learned, in the same transaction."""
    return PeerFit.objects.filter(as_of__range=(today.replace(day=1), today)).exists()


@shared_task
def find_in_touched(accounts: list[str], as_of: str) -> int:
    """Search the accounts that a load touched."""
    return find_trends([uuid.UUID(text) for text in accounts], datetime.date.fromisoformat(as_of))


@shared_task
def tell_of_new_trends() -> int:
    """Tell by mail of trends that were announced. Handed out twice it tells once."""
    return tell_of_trends()


def _after_load(sender: object, accounts: list[uuid.UUID], source: str, **kwargs: Any) -> None:
    if source == Source.OWN:
        return
    today = timezone.localdate().isoformat()
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        find_in_touched.delay(piece, today)


def connect() -> None:
    """Listen to the loader."""
    loaded.connect(_after_load, dispatch_uid="compliance.trends.after_load")
