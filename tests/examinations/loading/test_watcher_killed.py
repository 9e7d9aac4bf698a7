"""A watcher as a process of its own, killed in the middle of a load."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from examinations.loading.load import LOCK
from examinations.models import Entry, Load
from tests.examinations.loading.files import entry_row, write_csv
from tests.workers import Processes, until

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed")]


@pytest.fixture
def processes() -> Iterator[Processes]:
    one = Processes()
    yield one
    one.end_all()


def test_a_watcher_killed_while_it_loads_leaves_the_file_to_the_next_one(tmp_path: Path, processes: Processes) -> None:
    known = connection.settings_dict
    other = psycopg2.connect(
        host=known["HOST"],
        port=known["PORT"],
        dbname=known["NAME"],
        user=known["USER"],
        password=known["PASSWORD"],
    )
    with other.cursor() as cursor:  # another load is at work: the watcher's waits, held where it can be killed
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    path = write_csv(tmp_path / "entries.csv", [entry_row(100), entry_row(101)])
    first = processes.manage("watch", str(tmp_path), "--every", "0.2")
    until(lambda: Load.objects.filter(state="running").exists())
    processes.kill(first)
    other.close()
    assert path.exists()
    assert not Entry.objects.exists()
    processes.manage("watch", str(tmp_path), "--every", "0.2")
    until(lambda: (tmp_path / "done" / "entries.csv").exists())
    assert Entry.objects.count() == 2
