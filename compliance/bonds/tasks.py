"""Bonds are reviewed each night and behind each load; the year ahead of all anew each month, and when a duty changes."""

import datetime
import uuid
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.models.identifier import Move
from accounts.signals import identifiers_moved
from compliance.bonds import reminding, telling
from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import PathErrors
from compliance.bonds.reviewing import review
from compliance.bonds.signals import stepped
from examinations.models.entry import Source
from examinations.signals import duty_changed, loaded, summed
from examinations.touched import in_pieces, sides_of

ACCOUNTS_A_TASK = 5000


@shared_task
def review_bonds() -> int:
    """Review every bond as of today; each night, for letters run by days. With a new month the year ahead of all is new."""
    today = timezone.localdate()
    reviewed, _ = review(None, today)
    if not PathErrors.objects.filter(month=today.replace(day=1)).exists():
        look_ahead(None, today)
    return reviewed


@shared_task
def review_touched(accounts: list[str], as_of: str) -> int:
    """Review the bonds that cover a number of accounts that a load touched, or of which somebody entered something."""
    touched, day = [uuid.UUID(text) for text in accounts], datetime.date.fromisoformat(as_of)
    reviewed, _ = review(touched, day)
    look_ahead(touched, day)
    return reviewed


@shared_task
def look_ahead_of_all() -> int:
    """The year ahead of every bond: a change of duty was announced or withdrawn."""
    return look_ahead(None, timezone.localdate())


@shared_task
def remind_of_bonds() -> int:
    """Remind of bonds that will be, or are, too small, as far as nobody has."""
    return reminding.remind(timezone.localdate())


@shared_task
def tell_of_bond_questions() -> int:
    """Tell managers of questions about the year ahead that were sent to them."""
    return telling.tell_of_questions()


def _hand_out(accounts: Any) -> None:
    today = timezone.localdate().isoformat()
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        review_touched.delay(piece, today)


def _after_load(sender: object, kind: str, accounts: list[uuid.UUID], source: str, **kwargs: Any) -> None:
    if source != Source.OWN and kind in ("accounts", "entries", "bonds"):
        _hand_out(accounts)


def _after_sums(sender: object, accounts: list[uuid.UUID], **kwargs: Any) -> None:
    _hand_out(accounts)  # what announced changes of duty cost is read from these sums


def _after_step(sender: object, account: uuid.UUID, **kwargs: Any) -> None:
    transaction.on_commit(lambda: _hand_out([account]), robust=True)


def _after_move(sender: object, moves: list[Move], **kwargs: Any) -> None:
    transaction.on_commit(lambda: _hand_out(sides_of(moves)), robust=True)


def _after_change(sender: object, **kwargs: Any) -> None:
    look_ahead_of_all.delay()


def connect() -> None:
    """Listen to the loader, to those who count sums behind it, to numbers that move, and to announced duty."""
    loaded.connect(_after_load, dispatch_uid="compliance.bonds.after_load")
    summed.connect(_after_sums, dispatch_uid="compliance.bonds.after_sums")
    stepped.connect(_after_step, dispatch_uid="compliance.bonds.after_step")
    identifiers_moved.connect(_after_move, dispatch_uid="compliance.bonds.after_move")
    duty_changed.connect(_after_change, dispatch_uid="compliance.bonds.after_change")
