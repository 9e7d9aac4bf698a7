"""After a load the touched accounts are scored: on commit, by a real worker with the worker's login."""

from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import Account
from compliance.risk import tasks
from compliance.risk.models import Assessment
from compliance.risk.tasks import recompute_all
from examinations.models.entry import Source
from tests.examinations.loading.files import days_ago, entry_row, load
from tests.named_people import make_account
from tests.workers import Worker, until


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The accounts that were handed to the worker, a list a task."""
    found: list[list[str]] = []
    monkeypatch.setattr(tasks.recompute_touched, "delay", lambda accounts, as_of: found.append(accounts))
    return found


@pytest.mark.django_db
def test_only_the_touched_accounts_are_handed_on_and_only_on_commit(
    asked: list[list[str]], tmp_path: Path, django_capture_on_commit_callbacks: object
) -> None:
    make_account("Stranger Goods", "importer", "96-111111100")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        load("entries", tmp_path, [entry_row(1)])
        assert asked == []
    touched = Account.objects.exclude(name="Stranger Goods").values_list("pk", flat=True)
    assert [sorted(ids) for ids in asked] == [sorted(str(pk) for pk in touched)]
    asked.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        load("entries", tmp_path, [entry_row(1)])
    assert asked == []


@pytest.mark.django_db
def test_a_load_that_is_undone_asks_for_nothing(asked: list[list[str]], tmp_path: Path) -> None:
    with transaction.atomic():
        load("entries", tmp_path, [entry_row(1)])
        transaction.set_rollback(True)
    load("entries", tmp_path, [entry_row(1)], dry_run=True)
    assert asked == []


@pytest.mark.django_db
def test_many_touched_accounts_go_in_batches(asked: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ACCOUNTS_A_TASK", 2)
    ids = [make_account(f"Importer {n}", "importer", f"96-50000{n:02}00").pk for n in range(5)]
    tasks._after_load(sender=None, accounts=ids, source=Source.CBP)
    assert [len(batch) for batch in asked] == [2, 2, 1]


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_a_real_worker_scores_what_a_load_touched_and_nothing_else(worker: Worker, tmp_path: Path) -> None:
    make_account("Stranger Goods", "importer", "96-111111100")
    load("entries", tmp_path, [entry_row(1, **{"Entry Date": days_ago(60), "Entry Summary Date": ""})])
    touched = set(Account.objects.exclude(name="Stranger Goods").values_list("pk", flat=True))
    until(lambda: Assessment.objects.count() == len(touched) == 2)
    assert set(Assessment.objects.values_list("account", flat=True)) == touched
    score = Assessment.objects.get(account__kind="importer")
    assert (score.duty12, score.entries12) == (250, 1)
    recompute_all.delay()
    until(lambda: Assessment.objects.count() == 3)
    assert "permission denied" not in worker.said
