"""The watched folder: settled files once, moved with their rejects, safe from a kill at any moment."""

import fcntl
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from examinations.loading import watching
from examinations.loading.load import load_file
from examinations.loading.watching import Folder
from examinations.models import Entry, Load
from tests.examinations.loading.files import account_row, bond_row, entry_row, examination_row, write_csv, write_xlsx

pytestmark = pytest.mark.django_db


def look(folder: Folder) -> list[str]:
    """Two looks: at the first a file is new, at the second it has settled."""
    folder.settled()
    return list(folder.look())


def names(path: Path) -> set[str]:
    return {one.name for one in path.iterdir()}


def test_files_are_loaded_and_moved_with_their_rejects_beside_them(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write_csv(tmp_path / "entries-good.csv", [entry_row(80)])
    write_csv(tmp_path / "entries-partly.csv", [entry_row(81), entry_row(82, **{"HTS Number - Full": "x"})])
    write_csv(tmp_path / "entries-none.csv", [entry_row(83, **{"HTS Number - Full": "x"})])
    (tmp_path / "entries-picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    said = look(folder)
    assert len(said) == 4
    assert names(tmp_path) == {"done", "failed"}
    assert names(tmp_path / "done") == {"entries-good.csv", "entries-partly.csv", "entries-partly.csv.rejects.csv"}
    assert names(tmp_path / "failed") == {
        *("entries-none.csv", "entries-none.csv.rejects.csv", "entries-none.csv.reason.txt"),
        *("entries-picture.csv", "entries-picture.csv.reason.txt"),
    }
    assert "HTS Number - Full" in (tmp_path / "done" / "entries-partly.csv.rejects.csv").read_text()
    assert "PNG" in (tmp_path / "failed" / "entries-picture.csv.reason.txt").read_text()


def test_the_kind_is_told_by_the_name_else_by_the_header(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for name, row in (("a", account_row()), ("b", entry_row(80)), ("c", examination_row("X9")), ("d", bond_row())):
        write_xlsx(tmp_path / f"{name}.data", [row])
    (tmp_path / "e.csv").write_text("one,two\n1,2\n")
    (tmp_path / "bonds_2025.csv").write_text("one,two\n1,2\n")
    look(folder)
    assert [one.kind for one in Load.objects.order_by("created_at")] == [
        *("accounts", "entries", "bonds", "examinations", "bonds")
    ]
    assert "what the file holds" in (tmp_path / "failed" / "e.csv.reason.txt").read_text()


def test_a_file_that_still_grows_waits(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = write_csv(tmp_path / "entries.csv", [entry_row(80)])
    folder.settled()
    with path.open("a") as file:
        file.write("\n")
    assert list(folder.look()) == []
    assert len(list(folder.look())) == 1


def test_links_subfolders_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    real = write_csv(tmp_path / "outside.csv", [entry_row(80)])
    inside = tmp_path / "in"
    (inside / "entries").mkdir(parents=True)
    (inside / "entries-link.csv").symlink_to(real)
    write_csv(inside / "entries" / "entries.csv", [entry_row(81)])
    write_csv(inside / ".entries.csv.part", [entry_row(82)])
    assert look(Folder(inside)) == []
    assert not Load.objects.exists()
    assert real.exists()


def test_an_earlier_file_of_that_name_is_not_written_over(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for serial in (80, 81):
        write_csv(tmp_path / "entries.csv", [entry_row(serial)])
        look(folder)
    assert len(names(tmp_path / "done")) == 2


def test_a_file_that_another_watcher_holds_is_not_loaded_twice(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "entries.csv", [entry_row(80)])
    other = os.open(path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    folder = Folder(tmp_path)
    assert look(folder) == []
    os.close(other)
    assert len(look(folder)) == 1


def test_two_watchers_that_saw_one_file_load_it_once(tmp_path: Path) -> None:
    write_csv(tmp_path / "entries.csv", [entry_row(80)])
    one, two = Folder(tmp_path), Folder(tmp_path)
    one.settled(), two.settled()
    assert [len(list(one.look())), len(list(two.look()))] == [1, 0]
    assert Load.objects.count() == 1


def test_a_file_replaced_during_its_load_is_loaded_whole_and_the_new_one_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "entries.csv", [entry_row(80)])
    new = write_csv(tmp_path / ".new", [entry_row(81), entry_row(82)])

    def replacing(load: Load, copy: Path) -> object:
        if new.exists():
            new.rename(path)
        return load_file(load, copy)

    monkeypatch.setattr(watching, "load_file", replacing)
    folder = Folder(tmp_path)
    assert "replaced meanwhile" in look(folder)[0]
    assert Entry.objects.count() == 1
    look(folder)
    assert Entry.objects.count() == 3
    assert names(tmp_path) == {"done", "failed"}


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no folder"):
        call_command("watch", str(tmp_path / "nothing"), "--once")
