"""Long work whose process died is taken up again, and given up after the third time."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

#: A load, a file that is made, a plan that is drawn: with `state`, `attempts`, `created_at` and `started_at`.
Work = TypeVar("Work", bound=Model)

MOST_ATTEMPTS = 3
#: Longer than the moment between the record's "running" and the lock that proves it.
QUIET = datetime.timedelta(minutes=1)
#: Work that waits longer than this may have been forgotten by the broker.
FORGOTTEN = datetime.timedelta(minutes=10)


def tried_enough(work: Any, in_hand: Callable[[uuid.UUID], bool]) -> bool:
    """Whether it was begun as often as it may be, and no process does it now."""
    return work.attempts >= MOST_ATTEMPTS and not in_hand(work.pk)


def resume(
    every: QuerySet[Work],
    *,
    in_hand: Callable[[uuid.UUID], bool],
    gave_up: Callable[[Work], bool],
    hand_out: Callable[[str], object],
) -> int:
    """Hand out anew what no process does though it should. Returns how many pieces of work were found so.

    in_hand: whether a process holds the lock of this piece; gave_up: fails what cannot be taken up again.
    """
    now, found = timezone.now(), 0
    dead = Q(state="running", started_at__lt=now - QUIET)
    forgotten = Q(state="waiting", created_at__lt=now - FORGOTTEN)
    for work in every.filter(dead | forgotten):
        if in_hand(work.pk):
            continue
        found += 1
        # Waiting in a long queue is no death: a second copy would do nothing, a copy a minute would fill the queue.
        key = f"{work._meta.model_name}-resumed:{work.pk}"
        if not gave_up(work) and cache.add(key, 1, FORGOTTEN.total_seconds()):
            hand_out(str(work.pk))
    return found
