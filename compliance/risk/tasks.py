import datetime
import uuid
from typing import Any

from celery import shared_task
from django.utils import timezone

from compliance.measurement.own_rates import recomputing as own_rates
from compliance.measurement.own_rates import years
from compliance.risk import trade
from compliance.risk.models import Backtest
from compliance.risk.recompute import recompute
from compliance.risk.signals import activated, backtest_asked
from examinations.models.entry import Source
from examinations.signals import loaded, summed
from examinations.touched import in_pieces

ACCOUNTS_A_TASK = 5000


@shared_task
def recompute_all() -> int:
    """Score every account as of today; nightly, by the scheduler, and when another model is put in force."""
    return recompute(None, timezone.localdate())


@shared_task
def recompute_touched(accounts: list[str], as_of: str) -> int:
    """Rate, then score the accounts that a load touched."""
    touched, day = [uuid.UUID(text) for text in accounts], datetime.date.fromisoformat(as_of)
    years.recount(touched, day)
    own_rates.recompute(touched, day)
    return recompute(touched, day)


@shared_task
def recompute_summed(accounts: list[str], as_of: str) -> int:
    """Score the accounts whose sums by dimension, or duty by program, were counted again."""
    touched, day = [uuid.UUID(text) for text in accounts], datetime.date.fromisoformat(as_of)
    trade.recount(touched, day)
    years.recount(touched, day)
    own_rates.recompute(touched, day)  # which leans on the same sums
    return recompute(touched, day)


@shared_task
def recount_facts() -> None:
    """What is kept by month of all accounts, counted again from their sums; nightly, between these and the rates and
    scores that read it, so that a task that was lost is made good."""
    today = timezone.localdate()
    trade.recount(None, today)
    years.recount(None, today)


@shared_task
def compute_backtest(work_id: str) -> bool:
    """Compute a backtest that headquarters asked for. Handed out twice it is computed once."""
    return Backtest.take_up(work_id)


@shared_task
def resume_backtests() -> int:
    """Take up the backtests whose process died: again, or as failed after the third time. Returns how many."""
    return Backtest.resume(compute_backtest.delay)


def _after_load(sender: object, accounts: list[uuid.UUID], source: str, **kwargs: Any) -> None:
    if source == Source.OWN:
        return
    today = timezone.localdate().isoformat()
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        recompute_touched.delay(piece, today)


def _after_sums(sender: object, accounts: list[uuid.UUID], **kwargs: Any) -> None:
    today = timezone.localdate().isoformat()
    for piece in in_pieces(accounts, ACCOUNTS_A_TASK):
        recompute_summed.delay(piece, today)


def _after_activation(sender: object, **kwargs: Any) -> None:
    recompute_all.delay()


def _after_asking(sender: object, work: str, **kwargs: Any) -> None:
    compute_backtest.delay(work)


def connect() -> None:
    """Listen to the loader, to those who count sums behind it, and to another model."""
    loaded.connect(_after_load, dispatch_uid="compliance.risk.after_load")
    summed.connect(_after_sums, dispatch_uid="compliance.risk.after_sums")
    backtest_asked.connect(_after_asking, dispatch_uid="compliance.risk.after_asking")
    activated.connect(_after_activation, dispatch_uid="compliance.risk.after_activation")
