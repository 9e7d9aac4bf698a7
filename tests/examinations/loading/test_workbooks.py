"""A workbook of a few kB that asks for any amount of memory or time is refused; the process that reads it bears the cost."""

import datetime
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from examinations.loading.load import load_path
from examinations.loading.reading import UnusableFile, workbook
from examinations.loading.reading.records import records
from tests.examinations.loading.files import entry_row, write_xlsx

MB = 2**20
SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
PARTS = {
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Target="xl/workbook.xml" '
    f'Type="{OFFICE}/officeDocument"/></Relationships>',
    "xl/workbook.xml": f'<workbook {SPREADSHEET} xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Target="worksheets/sheet1.xml" '
    f'Type="{OFFICE}/worksheet"/><Relationship Id="r2" Target="sharedStrings.xml" Type="{OFFICE}/sharedStrings"/></Relationships>',
}
SHEET = "xl/worksheets/sheet1.xml"


def write(path: Path, rows: str, texts: str = "", kind: int = zipfile.ZIP_DEFLATED) -> Path:
    """A workbook of nothing but these rows and shared texts, in the words of the format."""
    parts = PARTS | {
        SHEET: f"<worksheet {SPREADSHEET}><sheetData>{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {SPREADSHEET}>{texts}</sst>",
    }
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


@pytest.fixture(autouse=True)
def memory(settings: object) -> int:
    """Little enough that a fault hurts no machine."""
    settings.WORKBOOK_MEMORY = 512 * MB  # type: ignore[attr-defined]
    return 512 * MB


@pytest.fixture(autouse=True)
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """The processes that read workbooks in a test, all ended after it."""
    begun = []

    class Seen(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)  # type: ignore[call-overload]
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Seen)
    yield begun
    assert begun
    assert all(one.poll() is not None for one in begun)


def refused(path: Path) -> str:
    with pytest.raises(UnusableFile) as error:
        list(records(path))
    return str(error.value)


TOO_MUCH = "The workbook takes more than 512 MB of memory to read"


def test_a_workbook_of_two_cells_in_opposite_corners_is_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "corners.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Entry Summary Number")
        sheet.write(1_048_575, 16_383, "far away")
    assert (tmp_path / "corners.xlsx").stat().st_size < 10_000
    assert refused(tmp_path / "corners.xlsx").startswith(TOO_MUCH)


def test_cells_that_do_not_say_where_they_stand_are_counted_too(tmp_path: Path) -> None:
    """Ten thousand cells in the first row, and ten thousand rows of one: a hundred million places."""
    cell = "<c><v>1</v></c>"
    rows = f"<row>{cell * 10_000}</row>" + f"<row>{cell}</row>" * 10_000
    assert refused(write(tmp_path / "bare.xlsx", rows)).startswith(TOO_MUCH)


def test_one_long_text_that_many_cells_show_is_refused(tmp_path: Path) -> None:
    rows = '<row><c t="s"><v>0</v></c></row>' * 1_000
    path = write(tmp_path / "echo.xlsx", rows, f"<si><t>{'x' * MB}</t></si>")
    assert path.stat().st_size < 10_000
    assert refused(path).startswith(TOO_MUCH)


def test_a_list_of_parts_as_long_as_the_file_is_refused(tmp_path: Path, settings: object) -> None:
    settings.WORKBOOK_MEMORY = 192 * MB  # type: ignore[attr-defined]
    raw = write(tmp_path / "parts.xlsx", "").read_bytes()
    start, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    listed = raw[start:end] * 100_000
    closing = bytearray(raw[end:])
    struct.pack_into("<I", closing, 12, len(listed))
    (tmp_path / "parts.xlsx").write_bytes(raw[:start] + listed + closing)
    assert refused(tmp_path / "parts.xlsx").startswith("The workbook takes more than 192 MB of memory to read")


def lying(path: Path, said: int) -> Path:
    """The workbook, whose sheet says of itself that it is `said` bytes long."""
    raw = bytearray(path.read_bytes())
    for magic, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = -1
        while (at := raw.find(magic, at + 1)) >= 0:
            if raw[at + name_at :].startswith(SHEET.encode()):
                struct.pack_into("<I", raw, at + size_at, said)
    path.write_bytes(raw)
    return path


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "more.xlsx", "<row/>" * 3_000_000)
    assert len(list(records(path))) == 0
    assert refused(lying(path, 1_000)) == "The file is a damaged archive."


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_packed_as_no_spreadsheet_packs_it_is_refused(tmp_path: Path, kind: int) -> None:
    assert "packed as no spreadsheet packs it" in refused(write(tmp_path / "k.xlsx", "<row/>", kind=kind))


def test_a_workbook_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that never ends, with a second to do it in."""
    endless = Path(workbook.__file__).read_text().replace("SECONDS = 900", "SECONDS = 1")
    endless = endless.replace("        check_archive(path)\n", "        while True:\n            pass\n")
    (tmp_path / "workbook.py").write_text(endless)
    monkeypatch.setattr(workbook, "__file__", str(tmp_path / "workbook.py"))
    why = "The workbook takes more than 15 minutes to read. Save the sheet as CSV."
    assert refused(write(tmp_path / "e.xlsx", "")) == why


def test_cells_come_through_as_they_stand(tmp_path: Path) -> None:
    values = [
        'say "x", y',
        "two\nlines\r\nand more",
        "Café ☕",
        "",
        True,
        1.5,
        20250101,
        datetime.date(2026, 1, 5),
        " ;|\t",
    ]
    write_xlsx(tmp_path / "c.xlsx", [{str(place): value for place, value in enumerate(values)}])
    header, row = records(tmp_path / "c.xlsx")
    assert header == [str(place) for place in range(len(values))]
    assert row == ['say "x", y', "two\nlines\r\nand more", "Café ☕", "", "Y", "1.5", "20250101", "2026-01-05", " ;|\t"]


def test_rows_keep_their_numbers_where_a_sheet_begins_lower(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "low.xlsx") as book:
        book.add_worksheet().write(3, 0, "x")
    assert list(records(tmp_path / "low.xlsx")) == [[""], [""], [""], ["x"]]


def test_who_wants_no_more_rows_ends_the_reader(tmp_path: Path, readers: list["subprocess.Popen[bytes]"]) -> None:
    path = write(tmp_path / "many.xlsx", "<row><c><v>1</v></c></row>" * 200_000)
    rows = records(path)
    assert next(rows) == ["1"]
    (reader,) = readers
    assert reader.poll() is None
    rows.close()
    assert reader.poll() is not None


@pytest.mark.django_db
def test_a_load_of_such_a_workbook_is_refused_with_the_reason_and_the_next_one_comes_in(tmp_path: Path) -> None:
    cell = "<c><v>1</v></c>"
    path = write(tmp_path / "bare.xlsx", f"<row>{cell * 10_000}</row>" + f"<row>{cell}</row>" * 10_000)
    with pytest.raises(UnusableFile, match="Save the sheet as CSV"):
        load_path("entries", path)
    assert load_path("entries", write_xlsx(tmp_path / "e.xlsx", [entry_row(1)])).loaded == 1


def test_the_reader_loads_nothing_of_the_portal_and_needs_no_settings(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "e.xlsx", [{"a": 1}])
    bare = {name: value for name, value in os.environ.items() if name == "PATH"}
    command = [sys.executable, "-X", "importtime", "-P", workbook.__file__, str(path), str(512 * MB)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=bare, cwd=tmp_path)
    assert done.stdout == "a\n1\n"
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "python_calamine" in loaded
    assert not loaded & {"django", "polars", "examinations"}
