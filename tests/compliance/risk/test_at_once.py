"""Two at once, dying half-way, and putting a model in force meanwhile: with connections of their own, committed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account
from compliance.risk import recompute as module
from compliance.risk import trade
from compliance.risk.models import Assessment, RiskModel, TradeFacts
from compliance.risk.recompute import recompute
from tests.committed import at_once
from tests.named_people import make_account, make_person

pytestmark = pytest.mark.usefixtures("committed")


def in_a_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Run on a connection of its own; what came of it, or the error."""
    came: list[object] = []

    def run() -> None:
        try:
            came.append(work())
        except Exception as error:  # the test looks at it
            came.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


def accounts(count: int) -> list[Account]:
    return [make_account(f"Importer {n}", "importer", f"96-20000{n:02}00") for n in range(count)]


def test_twice_at_once_writes_each_score_once() -> None:
    accounts(4)
    today = timezone.localdate()
    assert at_once(*[lambda: recompute(None, today)] * 3) == [4, 4, 4]
    assert Assessment.objects.filter(as_of=today).count() == TradeFacts.objects.count() == 4


def test_dying_half_way_leaves_what_was_and_the_next_run_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts(3)
    today = timezone.localdate()
    recompute(None, today)
    before = list(Assessment.objects.order_by("pk").values())
    Account.objects.create(name="A fourth", kind="importer", state="active")
    real = module._write

    def dies(cursor: Any, lines: Any) -> None:
        real(cursor, lines)
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(module, "_write", dies)
        with pytest.raises(MemoryError):
            recompute(None, today)
    assert list(Assessment.objects.order_by("pk").values()) == before
    assert recompute(None, today) == 4


def test_no_model_comes_into_force_while_scores_are_computed() -> None:
    accounts(1)
    hq = make_person("Hollis Quarter", "headquarters")
    computing, may_end = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            recompute(None, timezone.localdate())
            computing.set()
            may_end.wait(30)

    thread, came = in_a_thread(slowly)
    computing.wait(30)
    first = RiskModel.objects.get(number=1)
    try:
        with pytest.raises(ValidationError, match="Wait a minute, then activate again"):
            first.activate(by=hq)
    finally:
        may_end.set()
        thread.join(30)
    assert came == [None]
    assert RiskModel.active().number == 2
    first.activate(by=hq)
    assert RiskModel.active().number == 1


def test_scores_wait_for_a_model_that_is_being_put_in_force_and_are_made_by_it() -> None:
    accounts(1)
    hq = make_person("Hollis Quarter", "headquarters")
    today = timezone.localdate()
    with transaction.atomic():
        RiskModel.objects.get(number=1).activate(by=hq)
        thread, came = in_a_thread(lambda: recompute(None, today))
        thread.join(0.5)
        assert came == []
    thread.join(30)
    assert came == [1]
    assert Assessment.objects.get().model_version == 1


def test_facts_that_a_computation_counts_do_not_outlive_sums_that_changed_meanwhile() -> None:
    """The one that counts again waits until the first is committed, else it would find nothing to replace."""
    (account,) = accounts(1)
    today = timezone.localdate()
    with transaction.atomic():
        recompute(None, today)
        TradeFacts.objects.update(textiles12=7)  # as counted from sums of before
        thread, came = in_a_thread(lambda: trade.recount([account.pk], today))
        thread.join(0.5)
        assert came == []
    thread.join(30)
    assert came == [None]
    assert TradeFacts.objects.get().textiles12 == 0
