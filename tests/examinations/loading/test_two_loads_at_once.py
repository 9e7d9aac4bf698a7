"""Two loads at the same time, each on a connection of its own."""

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from examinations.loading.load import LOCK
from examinations.loading.undo import Busy, undo
from examinations.models import Entry, Load
from tests.examinations.loading.files import entry_number, entry_row, load
from tests.examinations.loading.test_versions import assert_sums_equal_rows
from tests.named_people import World


@pytest.mark.usefixtures("committed")
def test_two_loads_at_once_do_not_mix(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def bring(name: str, duty: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        try:
            load("entries", folder, [entry_row(serial, **{"Line Tariff Duty Amount": duty}) for serial in range(1, 60)])
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=(name, duty)) for name, duty in (("a", "100"), ("b", "200"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(Entry.objects.values_list("duty", flat=True)) in ({Decimal(100)}, {Decimal(200)})
    assert Entry.objects.count() == 59
    assert_sums_equal_rows()


def test_while_something_is_loaded_no_process_waits_to_undo(
    living: World, tmp_path: Path, hold: Callable[[str], Callable[[], None]]
) -> None:
    load("entries", tmp_path, [entry_row(60)])
    last = Load.objects.get(state="done", finished_at__isnull=False)
    let_go = hold(f"SELECT pg_advisory_xact_lock({LOCK})")
    with pytest.raises(Busy):
        undo(last, by=living.hq)
    let_go()
    undo(last, by=living.hq)
    assert not Entry.objects.filter(number=entry_number(60)).exists()
