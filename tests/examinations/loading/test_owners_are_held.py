"""While a load is under way nobody moves an identifier away from under its rows."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import Identifier
from examinations.loading.entries import versions as entry_versions
from examinations.loading.examinations import versions as examination_versions
from tests.examinations.loading.files import entry_row, examination_row, load

pytestmark = pytest.mark.usefixtures("committed")


def can_be_moved(key: str) -> bool:
    """Whether another connection may take the identifier for a move at this moment."""
    answers: list[bool] = []

    def ask() -> None:
        try:
            with transaction.atomic():
                Identifier.objects.select_for_update(nowait=True).get(key=key)
            answers.append(True)
        except OperationalError:
            answers.append(False)
        finally:
            connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    return answers[0]


def while_writing(monkeypatch: pytest.MonkeyPatch, module: Any, keys: list[str], writes: str = "write") -> list[bool]:
    """What the others may do with these identifiers when a load of that module is about to write by `writes`."""
    found: list[bool] = []
    write = getattr(module, writes)

    def asked(*given: Any) -> None:
        found.extend(can_be_moved(key) for key in keys)
        write(*given)

    monkeypatch.setattr(module, writes, asked)
    return found


def test_a_load_of_entries_holds_its_importers_and_filers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load("entries", tmp_path, [entry_row(1)])
    found = while_writing(monkeypatch, entry_versions, ["96447182000", "9XZ"], "_write_new")
    load("entries", tmp_path, [entry_row(2)])
    assert found == [False, False]
    assert can_be_moved("96447182000")


def test_a_load_of_examinations_holds_the_importers_of_the_entries_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("entries", tmp_path, [entry_row(1)])
    found = while_writing(monkeypatch, examination_versions, ["96447182000"])
    load("examinations", tmp_path, [examination_row("X1", **{"Importer Number": ""})])
    assert found == [False]
