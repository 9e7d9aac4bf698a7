"""A file read in pieces gives the records that a reader of one record at a time gives."""

import csv
import io
import itertools
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examinations.loading.reading import pieces as reading
from examinations.loading.reading.records import records

CELLS = st.text(alphabet=st.sampled_from(list("ab7 $,;\"'\n\r\té|")), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=3, max_size=30)
LINES = st.lists(st.text(alphabet=st.sampled_from(list('ab, "\t')), max_size=12), min_size=3, max_size=30)


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def in_pieces(path: Path, skip: int, width: int) -> list[list[str]]:
    found: list[list[str]] = []
    for piece in reading.pieces(path, skip, width):
        found += [list(row) for row in (piece.iter_rows() if isinstance(piece, pl.DataFrame) else piece)]
    return found


def both_ways(path: Path, monkeypatch: pytest.MonkeyPatch, skip: int) -> tuple[list[list[str]], list[list[str]]]:
    """The records behind the first `skip`: in pieces of 60 characters, and one at a time."""
    whole = list(records(path))
    with monkeypatch.context() as small:
        small.setattr(reading, "CHARACTERS", 60)
        return in_pieces(path, skip, len(whole[0])), whole[skip:]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES, end=st.sampled_from(["\n", "\r\n"]), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_a_written_table_comes_back_cell_for_cell(
    rows: list[list[str]], end: str, quoting: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([["one", "two", "three"], *rows])
    path = write(tmp_path / "t.csv", text.getvalue())
    for skip in (1, 2):
        pieces, one_by_one = both_ways(path, monkeypatch, skip)
        assert pieces == one_by_one


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_lines_with_stray_quotes_and_cells_missing_come_as_one_at_a_time_they_would(
    lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "t.csv", "one,two,three\nx,y,z\n" + "\n".join(lines))
    for skip in (1, 2):
        pieces, one_by_one = both_ways(path, monkeypatch, skip)
        assert pieces == one_by_one


@pytest.mark.parametrize(
    "row",
    ["a,b", "a,b,c,d", '5" pipe,b,c', "a,b\rc", "", 'a,"b\nb",c', 'a,"b""b",c', "a,b,c\0", ' "a",b,c', '"a"x,b,c'],
)
def test_one_odd_row_among_plain_ones_stays_itself(row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = [f"{number},x{number},y" for number in range(40)]
    text = "\n".join(["one,two,three", *plain, row, *plain]) + "\n"
    path = write(tmp_path / "t.csv", text)
    for skip in (1, 2):
        pieces, one_by_one = both_ways(path, monkeypatch, skip)
        assert pieces == one_by_one


def test_plain_rows_are_parsed_as_columns_and_none_is_lost_at_the_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHARACTERS", 500)
    rows = [[str(number), "name" * (number % 7), '"quoted, with ""marks"""'] for number in range(1000)]
    path = write(tmp_path / "t.csv", "\n".join(",".join(row) for row in [["a", "b", "c"], *rows]))
    found = list(reading.pieces(path, 1, 3))
    assert len(found) > 10
    assert all(isinstance(piece, pl.DataFrame) for piece in found)
    assert list(itertools.chain(*(piece["c0"] for piece in found))) == [row[0] for row in rows]
    assert {cell for piece in found for cell in piece["c2"]} == {'quoted, with "marks"'}


def test_a_title_longer_than_a_piece_does_not_hide_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHARACTERS", 50)
    path = write(tmp_path / "t.csv", "A title\n" * 30 + "one,two,three\na,b,c\n")
    assert in_pieces(path, 31, 3) == [["a", "b", "c"]]
