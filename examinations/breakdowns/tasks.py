import uuid
from typing import Any

from celery import shared_task
from django.db import transaction

from accounts.models import Account
from accounts.models.identifier import Move
from accounts.signals import identifiers_moved
from examinations.breakdowns.counting import recount
from examinations.models import EntryMonth
from examinations.signals import loaded

ACCOUNTS_A_TASK = 500


@shared_task
def recount_breakdowns(accounts: list[str]) -> None:
    """Sums by dimension and month of the accounts that a load, or a number that moved, touched."""
    recount([uuid.UUID(text) for text in accounts])


@shared_task
def recount_all_breakdowns() -> None:
    """Hand out all accounts; nightly, so that a task that was lost is made good."""
    _hand_out(list(Account.objects.values_list("pk", flat=True)))


@shared_task
def recount_filed_breakdowns(accounts: list[str]) -> None:
    """The same for accounts and all that they file for."""
    sides = [uuid.UUID(text) for text in accounts]
    filed = EntryMonth.objects.filter(filer__in=sides)
    recount([*{*sides, *filed.values_list("account", flat=True).distinct()}])


def _hand_out(accounts: list[uuid.UUID]) -> None:
    for start in range(0, len(accounts), ACCOUNTS_A_TASK):
        recount_breakdowns.delay([str(pk) for pk in accounts[start : start + ACCOUNTS_A_TASK]])


def _after_load(sender: object, kind: str, accounts: list[uuid.UUID], **kwargs: Any) -> None:
    if kind in ("accounts", "entries", "examinations"):
        _hand_out(list(accounts))


def _after_move(sender: object, moves: list[Move], **kwargs: Any) -> None:
    """A filer code's rows may be of any importer: found by the months of entries, which moved with the code."""
    touched = {side for move in moves for side in (move.source, move.target)}
    transaction.on_commit(lambda: recount_filed_breakdowns.delay([str(pk) for pk in touched]), robust=True)


def connect() -> None:
    """Listen to the loader and to numbers that change hands."""
    loaded.connect(_after_load, dispatch_uid="examinations.breakdowns.after_load")
    identifiers_moved.connect(_after_move, dispatch_uid="examinations.breakdowns.after_move")
