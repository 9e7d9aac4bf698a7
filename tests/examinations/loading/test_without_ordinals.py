"""Where a file does not say which row of its line a row is, rejected rows take their place too."""

from pathlib import Path
from typing import Any

import pytest

from examinations.loading.load import load_path
from examinations.models import Entry, EntryLine, Load, Reject
from tests.examinations.loading.files import Row, entry_number, entry_row, load, write_csv

pytestmark = pytest.mark.django_db

ORDINAL = "Tariff Ordinal Number"
NUMBER = "Entry Summary Number"
EXTRA = {"HTS Number - Full": "99030188", "Line Tariff Goods Value Amount": "0", "Line Tariff Duty Amount": "100"}
BAD = {"Country of Origin Code": "CHN"}


def unnumbered(line: int = 1, serial: int = 1, **changes: Any) -> Row:
    row = entry_row(serial, line, **changes)
    del row[ORDINAL]
    return row


def two(first: Row | None = None, second: Row | None = None) -> list[Row]:
    """The row of chapter 99 of a line, and that of its commodity."""
    return [unnumbered(**EXTRA | (first or {})), unnumbered(**second or {})]


def stored() -> list[tuple[int, int, str]]:
    return list(EntryLine.objects.order_by("line", "ordinal").values_list("line", "ordinal", "hts"))


BOTH = [(1, 1, "99030188"), (1, 2, "8501104020")]


@pytest.mark.parametrize("column", [False, True])
def test_a_rejected_row_takes_its_place_in_the_line(tmp_path: Path, column: bool) -> None:
    blank = {ORDINAL: ""} if column else {}
    load("entries", tmp_path, [row | blank for row in two()])
    outcome = load("entries", tmp_path, [row | blank for row in two(first=BAD)])
    assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (1, 1, 0)
    assert stored() == BOTH
    assert Entry.objects.get().duty == 350


@pytest.mark.parametrize("column", [False, True])
@pytest.mark.parametrize("bad", [0, 1])
@pytest.mark.parametrize("again", [False, True])
def test_the_rejects_file_tells_the_place_by_which_the_mended_row_is_known(
    tmp_path: Path, column: bool, bad: int, again: bool
) -> None:
    rows = [row | ({ORDINAL: ""} if column else {}) for row in [*two(), unnumbered(line=2)]]
    if again:
        load("entries", tmp_path, rows)
    spoiled = [row | BAD if place == bad else row for place, row in enumerate(rows)]
    out = tmp_path / "out.csv"
    load_path("entries", write_csv(tmp_path / "e.csv", spoiled), rejects_to=out)
    (tmp_path / "mended.csv").write_text(out.read_text().replace(",CHN,", ",CN,"))
    assert Load.objects.latest("created_at").header.count(ORDINAL) == 1
    outcome = load_path("entries", tmp_path / "mended.csv", partial=True)
    assert (outcome.loaded, outcome.unchanged, outcome.rejected) == ((0, 1, 0) if again else (1, 0, 0))
    assert stored() == [*BOTH, (2, 1, "8501104020")]


def test_a_row_alone_of_a_line_of_several_must_say_which_it_is(tmp_path: Path) -> None:
    load("entries", tmp_path, [*two(), unnumbered(line=2)])
    changed = {"Line Tariff Duty Amount": "7"}
    rows = [unnumbered(**EXTRA | changed), unnumbered(line=2, **changed), *two_of(2)]
    outcome = load("entries", tmp_path, rows, partial=True)
    assert (outcome.loaded, outcome.rejected, outcome.withdrawn) == (3, 1, 0)
    assert "line 1 has several rows" in Reject.objects.get().reason
    assert (Reject.objects.get().row, Reject.objects.get().column) == (2, ORDINAL)
    first = Entry.objects.get(number=entry_number(1))
    assert sorted(first.rows.values_list("line", "ordinal", "duty")) == [(1, 1, 100), (1, 2, 250), (2, 1, 7)]


def test_several_rows_for_a_stored_line_of_one_are_not_told_apart(tmp_path: Path) -> None:
    load("entries", tmp_path, [unnumbered()])
    outcome = load("entries", tmp_path, two(), partial=True)
    assert (outcome.loaded, outcome.rejected) == (0, 2)
    assert stored() == [(1, 1, "8501104020")]


def test_rows_behind_one_of_no_line_are_not_placed(tmp_path: Path) -> None:
    load("entries", tmp_path, [unnumbered(line=3), *two(), unnumbered(line=3, serial=2)])
    nowhere = unnumbered(**EXTRA | {"Entry Summary Line Number": "1x"})
    rows = [unnumbered(line=3), nowhere, two()[1], unnumbered(line=3, serial=2)]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (2, 2, 0)
    assert "does not tell its line" in Reject.objects.get(row=4).reason
    assert EntryLine.objects.count() == 4
    assert not any(ORDINAL in load.header for load in Load.objects.all())


@pytest.mark.parametrize("cell", ["9XZ00000010", '"9XZ'])
def test_rows_behind_one_that_may_be_anybodys_are_not_placed(tmp_path: Path, cell: str) -> None:
    """A number that cannot be read, and a quote that takes in the row behind it."""
    load("entries", tmp_path, [*two(), unnumbered(serial=2)])
    path = write_csv(tmp_path / "e.csv", [unnumbered(**EXTRA), *two(), unnumbered(serial=2)])
    lines = path.read_text().splitlines(keepends=True)
    lines[1] = cell + lines[1][11:]
    path.write_text("".join(lines))
    outcome = load_path("entries", path)
    assert outcome.withdrawn == 0
    assert stored() == [BOTH[0], (1, 1, "8501104020"), BOTH[1]]
    assert Entry.objects.get(number=entry_number(1)).duty == 350


@pytest.mark.parametrize(
    ("said", "costs"),
    [
        (entry_number(2)[:-1] + "{0}", 0),  # its own number with another check digit
        (entry_number(3)[:8] + "{0}{1}", 2),  # two neighbors of the next one's changed their places
        (entry_number(3)[:-1] + "{0}", 2),  # the next one's number with another check digit
        ("12345", 2),
    ],
)
def test_a_number_that_cannot_be_read_costs_no_entry_that_it_is_far_from(tmp_path: Path, said: str, costs: int) -> None:
    """Of two entries that were filed one after the other, in a file that has no ordinals."""
    bad = _not_a_number(said)
    rows = [*two(), unnumbered(serial=2, **{NUMBER: bad}), *two_of(3)]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (4 - costs, 1 + costs)


def _not_a_number(said: str) -> str:
    """An example in whose braces a check digit stands that is none of its own or the next one's, or two digits swapped."""
    if "{1}" in said:
        return said.format(entry_number(3)[9], entry_number(3)[8]) + entry_number(3)[10:]
    wrong = next(digit for digit in "0123456789" if digit not in (entry_number(2)[-1], entry_number(3)[-1]))
    return said.format(wrong)


def test_a_mended_row_that_may_be_one_more_of_its_line_takes_the_place_of_none(tmp_path: Path) -> None:
    """Its number could not be read, so that its place was not counted: alone it says no more of that."""
    out = tmp_path / "out.csv"
    goods, extra = unnumbered(), unnumbered(**EXTRA)
    bad = extra | {NUMBER: entry_number(9)[:-1] + "X"}
    load_path("entries", write_csv(tmp_path / "e.csv", [goods, bad]), rejects_to=out)
    assert EntryLine.objects.get().hts == "8501104020"
    (tmp_path / "mended.csv").write_text(out.read_text().replace(bad[NUMBER], extra[NUMBER]))
    outcome = load_path("entries", tmp_path / "mended.csv", partial=True)
    assert (outcome.loaded, outcome.rejected) == (0, 1)
    assert "is on file with another HTS number" in Reject.objects.latest("pk").reason
    assert EntryLine.objects.get().hts == "8501104020"
    outcome = load("entries", tmp_path, [extra | {ORDINAL: "2"}], partial=True)
    assert (outcome.loaded, EntryLine.objects.count()) == (1, 2)


def two_of(serial: int) -> list[Row]:
    return [unnumbered(serial=serial, **EXTRA), unnumbered(serial=serial)]


def test_rows_apart_count_from_the_first_of_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examinations.loading.reading.pieces.CHARACTERS", 700)
    others = [unnumbered(serial=serial) for serial in range(2, 30)]
    load("entries", tmp_path, [*two(), *others])
    for rows in ([two()[0] | BAD, *others, two()[1]], [two()[0], *others, two()[1] | BAD]):
        outcome = load("entries", tmp_path, rows)
        assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (29, 1, 0)
        cells = Reject.objects.latest("pk").cells
        assert cells[-1] == ("1" if BAD["Country of Origin Code"] in rows[0].values() else "2")
    assert list(Entry.objects.get(number=entry_number(1)).rows.order_by("ordinal").values_list("hts", flat=True)) == [
        "99030188",
        "8501104020",
    ]
