import uuid
from typing import Any

from celery import shared_task
from django.db import transaction

from accounts.models import Account
from accounts.models.identifier import Move
from accounts.signals import identifiers_moved
from examinations.duty.months import recount
from examinations.models import EntryMonth
from examinations.signals import loaded

ACCOUNTS_A_TASK = 500


@shared_task
def recount_duty(accounts: list[str]) -> None:
    """Duty by program and month of the accounts that a load, or a number that moved, touched."""
    recount([uuid.UUID(text) for text in accounts])


@shared_task
def recount_all_duty() -> None:
    """Hand out all accounts; nightly, so that a task that was lost is made good."""
    _hand_out(list(Account.objects.values_list("pk", flat=True)))


def _hand_out(accounts: list[uuid.UUID]) -> None:
    for start in range(0, len(accounts), ACCOUNTS_A_TASK):
        recount_duty.delay([str(pk) for pk in accounts[start : start + ACCOUNTS_A_TASK]])


def _after_load(sender: object, kind: str, accounts: list[uuid.UUID], **kwargs: Any) -> None:
    if kind in ("accounts", "entries"):
        _hand_out(list(accounts))


def _after_move(sender: object, moves: list[Move], **kwargs: Any) -> None:
    """A filer code's rows may be of any importer: found by the months of entries, which moved with the code."""
    touched = {side for move in moves for side in (move.source, move.target)}
    transaction.on_commit(lambda: recount_filed.delay([str(pk) for pk in touched]), robust=True)


@shared_task
def recount_filed(accounts: list[str]) -> None:
    """The same for accounts and all that they file for."""
    sides = [uuid.UUID(text) for text in accounts]
    clients = EntryMonth.objects.filter(filer__in=sides).values_list("account", flat=True).distinct()
    recount([*{*sides, *clients}])


def connect() -> None:
    """Listen to the loader and to numbers that change hands."""
    loaded.connect(_after_load, dispatch_uid="examinations.duty.after_load")
    identifiers_moved.connect(_after_move, dispatch_uid="examinations.duty.after_move")
