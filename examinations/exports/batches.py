"""Rows of a long list some thousands at a time, in its order: memory does not grow with the list."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

#: So many rows are in memory at a time.
BATCH = 2_000


def in_batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows in their order, some thousands at a time. What goes meanwhile is left out.

    Their ids are read in order once, the rows by these: an order is sorted once and not for each batch.
    """
    ids = list(rows.prefetch_related(None).values_list("pk", flat=True))
    unordered = rows.order_by()
    for start in range(0, len(ids), BATCH):
        wanted = ids[start : start + BATCH]
        found = {one.pk: one for one in unordered.filter(pk__in=wanted)}
        yield [found[pk] for pk in wanted if pk in found]
