import datetime
import uuid
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from accounts.models.identifier import Move
from accounts.signals import identifiers_moved
from examinations.checks.finding import look
from examinations.signals import loaded
from examinations.touched import in_pieces, sides_of

ACCOUNTS_A_TASK = 200
CHECKED_AFTER = ("accounts", "entries", "examinations")


@shared_task
def check_lines(accounts: list[str], as_of: str) -> None:
    """Run the checks over the lines of accounts that a load, or a number that moved, touched."""
    look([uuid.UUID(text) for text in accounts], datetime.date.fromisoformat(as_of))


@shared_task
def check_all_lines() -> None:
    """Hand out all accounts; nightly, since what is new or long ago changes with the day."""
    hand_out(list(Account.objects.values_list("pk", flat=True)))


def hand_out(accounts: list[uuid.UUID]) -> None:
    """Have these accounts checked by the worker, some at a time."""
    today = timezone.localdate().isoformat()
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        check_lines.delay(piece, today)


def _after_load(sender: object, kind: str, accounts: list[uuid.UUID], **kwargs: Any) -> None:
    if kind in CHECKED_AFTER:
        hand_out(list(accounts))


def _after_move(sender: object, moves: list[Move], **kwargs: Any) -> None:
    sides = sides_of(moves)
    transaction.on_commit(lambda: hand_out(sides), robust=True)


def connect() -> None:
    """Listen to the loader and to numbers that change hands."""
    loaded.connect(_after_load, dispatch_uid="examinations.checks.after_load")
    identifiers_moved.connect(_after_move, dispatch_uid="examinations.checks.after_move")
