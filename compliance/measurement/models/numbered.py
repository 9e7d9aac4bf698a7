"""Sets that headquarters numbers and dates: when the next may begin, and that two do not write it at once."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

#: A set that begins later is more likely a year that was mistyped.
FURTHEST = datetime.timedelta(days=366)


def refuse_day(since: datetime.date, because: str) -> None:
    """Refuse a set that would begin before today or more than a year ahead. because: why not earlier, as a clause.

    A set with a higher number takes the place of one that has not begun: `in_force` picks by number, and no day that is
    over changes by it. Raises ValidationError.
    """
    today = timezone.localdate()
    if since < today:
        raise ValidationError({"since": f"Let it begin on {today:%m/%d/%Y} or later: {because}."})
    if since > today + FURTHEST:
        last = f"{today + FURTHEST:%m/%d/%Y}"
        raise ValidationError(
            {"since": f"{since:%m/%d/%Y} is more than a year ahead. Let it begin on {last} or earlier."}
        )


def next_number(model: Any, lock: int) -> int:
    """The number of the next set, held until the transaction ends. lock: of the kind of set.

    No row is locked, for that needs the right to change rows, and a set is never changed. Raises ValidationError where
    somebody wrote one while this one waited: who wrote it did not see that one.
    """
    seen = _newest(model)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    newest = _newest(model)
    if newest != seen:
        raise ValidationError(f"Somebody wrote set {newest} meanwhile: look at it first, then write yours again.")
    return newest + 1


def _newest(model: Any) -> int:
    return model.objects.order_by("-number").values_list("number", flat=True).first() or 0
