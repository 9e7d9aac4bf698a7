import uuid
from typing import Any

from celery import shared_task
from django.db import transaction

from accounts.models import Account
from accounts.models.identifier import Move
from accounts.signals import identifiers_moved
from examinations.breakdowns.counting import recount
from examinations.models import Uncounted
from examinations.signals import loaded, summed
from examinations.touched import in_pieces, sides_of, with_clients

ACCOUNTS_A_TASK = 500


@shared_task
def recount_breakdowns(accounts: list[str]) -> None:
    """Sums by dimension and month of the accounts that a load, or a number that moved, touched."""
    _recount([uuid.UUID(text) for text in accounts])


@shared_task
def recount_all_breakdowns() -> None:
    """Hand out all accounts; nightly, so that a task that was lost is made good."""
    for piece in in_pieces(Account.objects.values_list("pk", flat=True), ACCOUNTS_A_TASK):
        recount_breakdowns_again.delay(piece)


@shared_task
def recount_breakdowns_again(accounts: list[str]) -> None:
    """The same at night. What tasks behind loads counted already was announced then: each account is rated, scored and its
    bond reviewed tonight anyhow. Announced are those alone that still waited to be counted."""
    ids = [uuid.UUID(text) for text in accounts]
    waited = list(Uncounted.objects.filter(account__in=ids).values_list("account", flat=True).distinct())
    recount(ids)
    if waited:
        summed.send(None, accounts=waited)


@shared_task
def recount_filed_breakdowns(accounts: list[str]) -> None:
    """The same for accounts and all that they file for."""
    _recount(with_clients(accounts))


def _recount(accounts: list[uuid.UUID]) -> None:
    recount(accounts)
    summed.send(None, accounts=accounts)


def _hand_out(accounts: list[uuid.UUID]) -> None:
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        recount_breakdowns.delay(piece)


def _after_load(sender: object, kind: str, accounts: list[uuid.UUID], **kwargs: Any) -> None:
    if kind in ("accounts", "entries", "examinations"):
        _hand_out(list(accounts))


def _after_move(sender: object, moves: list[Move], **kwargs: Any) -> None:
    sides = [str(pk) for pk in sides_of(moves)]
    transaction.on_commit(lambda: recount_filed_breakdowns.delay(sides), robust=True)


def connect() -> None:
    """Listen to the loader and to numbers that change hands."""
    loaded.connect(_after_load, dispatch_uid="examinations.breakdowns.after_load")
    identifiers_moved.connect(_after_move, dispatch_uid="examinations.breakdowns.after_move")
