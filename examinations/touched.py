"""Accounts that a load, or a number that moved, touched: as the tasks that count them anew take them."""

import uuid
from collections.abc import Iterable, Iterator

from accounts.models.identifier import Move
from examinations.models import EntryMonth


def in_pieces(accounts: Iterable[uuid.UUID], size: int) -> Iterator[list[str]]:
    """Accounts as text, at most `size` a task."""
    text = [str(pk) for pk in accounts]
    for start in range(0, len(text), size):
        yield text[start : start + size]


def sides_of(moves: Iterable[Move]) -> list[uuid.UUID]:
    """The accounts that numbers left and those that they went to, each once."""
    return sorted({side for move in moves for side in (move.source, move.target)})


def with_clients(accounts: Iterable[str]) -> list[uuid.UUID]:
    """Accounts, and all that they file for.

    A filer code's rows may be of any importer: found by the months of entries, which moved with the code.
    """
    sides = {uuid.UUID(text) for text in accounts}
    return [*sides.union(EntryMonth.objects.filter(filer__in=sides).values_list("account", flat=True).distinct())]
