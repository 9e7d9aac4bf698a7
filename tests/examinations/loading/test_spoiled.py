"""Of what has a rejected row nothing is withdrawn: whatever it is, however its number is written, and that is said."""

from pathlib import Path
from typing import Any

import pytest

from compliance.bonds.models import CoveredNumber
from examinations.models import CustomsRequest, Entry, EntryLine
from tests.examinations.loading.files import Row, bond_row, entry_number, entry_row, examination_row, load, request_row

pytestmark = pytest.mark.django_db


def three_lines(serial: int = 1, **changes: Any) -> list[Row]:
    return [entry_row(serial, line=line, **changes) for line in (1, 2, 3)]


def test_a_bad_row_whose_filer_code_lost_its_zeros_spares_its_entry(tmp_path: Path) -> None:
    number = entry_number(1, "002")
    rows = three_lines(**{"Entry Summary Number": number})
    load("entries", tmp_path, rows)
    rows[1] |= {"Entry Summary Number": str(int(number)), "HTS Number - Full": "x"}
    outcome = load("entries", tmp_path, rows)
    assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (2, 1, 0)
    assert "1 stored entry has rejected rows" in outcome.message


@pytest.mark.parametrize("cell", ["9XZ00000010", "9XZ", ""])
def test_a_row_whose_own_entry_number_cannot_be_read_may_be_anybodys(tmp_path: Path, cell: str) -> None:
    load("entries", tmp_path, three_lines() + three_lines(2))
    assert cell != entry_number(1)
    rows = three_lines()
    rows[1]["Entry Summary Number"] = cell
    outcome = load("entries", tmp_path, rows + three_lines(2)[:1])
    assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (3, 1, 0)
    assert "does not tell whose it is: nothing was withdrawn" in outcome.message
    assert EntryLine.objects.count() == 6


def test_a_bad_number_at_the_end_takes_back_what_was_withdrawn_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("examinations.loading.reading.pieces.CHARACTERS", 700)
    load("entries", tmp_path, [row for serial in range(1, 20) for row in three_lines(serial)])
    rows = [entry_row(serial) for serial in range(1, 20)]
    outcome = load("entries", tmp_path, [*rows, entry_row(20, **{"Entry Summary Number": "9XZ00000010"})])
    assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (19, 1, 0)


def test_a_note_below_the_table_stops_no_withdrawal(tmp_path: Path) -> None:
    load("entries", tmp_path, three_lines())
    note = dict.fromkeys(entry_row(), "") | {"Importer Name": "For official use only"}
    outcome = load("entries", tmp_path, [*three_lines()[:2], note])
    assert (outcome.rejected, outcome.withdrawn) == (1, 1)
    assert Entry.objects.get().lines == 2


def test_a_bond_with_a_bad_row_keeps_the_numbers_it_covers_however_it_is_numbered(tmp_path: Path) -> None:
    other = {"Importer Number": "96-111111100", "Party Role": "USER"}
    load("bonds", tmp_path, [bond_row("b-77 x"), bond_row("b-77 x", **other)])
    outcome = load("bonds", tmp_path, [bond_row("b-77 x"), bond_row("b-77 x", **other | {"Rider Codes": "PONY"})])
    assert (outcome.rejected, outcome.withdrawn, CoveredNumber.objects.count()) == (1, 0, 2)
    assert "1 stored bond has rejected rows: nothing of it was withdrawn." in outcome.message


def test_a_request_with_a_bad_row_keeps_its_lines_however_it_is_numbered(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    line = {"Entry Summary Line Number": "002"}
    load("requests", tmp_path, [request_row("r-1 x"), request_row("r-1 x", **line)])
    outcome = load("requests", tmp_path, [request_row("r-1 x"), request_row("r-1 x", **line | {"Subject Code": "?"})])
    assert (outcome.rejected, outcome.withdrawn, CustomsRequest.objects.get().lines.count()) == (1, 0, 2)
    assert "1 stored request has rejected rows: nothing of it was withdrawn." in outcome.message


def test_nothing_is_said_of_what_was_not_stored_before(tmp_path: Path) -> None:
    assert (
        "rejected rows" not in load("bonds", tmp_path, [bond_row("1"), bond_row("1", **{"Surety Code": "x"})]).message
    )
    bad = request_row("1", **{"Subject Code": "?"})
    assert "rejected rows" not in load("requests", tmp_path, [request_row("1"), bad]).message
    bad = examination_row("1", **{"Found Amount": "?"})
    assert "rejected rows" not in load("examinations", tmp_path, [examination_row("1"), bad]).message
