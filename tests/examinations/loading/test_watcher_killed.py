"""A watcher as a process of its own, killed in the middle of a load."""

from collections.abc import Callable
from pathlib import Path

import pytest

from examinations.loading.load import LOCK
from examinations.models import Entry, Load
from tests.examinations.loading.files import entry_row, write_csv
from tests.workers import Processes, until

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed")]


def test_a_watcher_killed_while_it_loads_leaves_the_file_to_the_next_one(
    tmp_path: Path, processes: Processes, hold: Callable[[str], Callable[[], None]]
) -> None:
    # Another load is at work: the watcher's waits, held where it can be killed.
    let_go = hold(f"SELECT pg_advisory_xact_lock({LOCK})")
    path = write_csv(tmp_path / "entries.csv", [entry_row(100), entry_row(101)])
    first = processes.manage("watch", str(tmp_path), "--every", "0.2")
    until(lambda: Load.objects.filter(state="running").exists())
    processes.kill(first)
    let_go()
    assert path.exists()
    assert not Entry.objects.exists()
    processes.manage("watch", str(tmp_path), "--every", "0.2")
    until(lambda: (tmp_path / "done" / "entries.csv").exists())
    assert Entry.objects.count() == 2
