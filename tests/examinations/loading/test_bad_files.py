"""A file that cannot be used is refused whole with a clear reason; a strange one that can be used is used."""

import datetime
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from examinations.loading.load import load_path
from examinations.loading.reading import UnusableFile
from examinations.models import Entry, EntryLine, Load, Reject
from tests.examinations.loading.files import entry_number, entry_row, load, write_csv, write_xlsx

pytestmark = pytest.mark.django_db


def refused(path: Path) -> str:
    """The reason for which the file is refused, with nothing changed."""
    before = Entry.objects.count()
    with pytest.raises(UnusableFile) as error:
        load_path("entries", path)
    assert Entry.objects.count() == before
    record = Load.objects.latest("created_at")
    assert (record.state, record.message) == (Load.State.REFUSED, str(error.value))
    return str(error.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_bytes(b"")
    assert "empty" in refused(tmp_path / "e.csv")
    (tmp_path / "blank.csv").write_bytes(b" \r\n\r\n ")
    assert "empty" in refused(tmp_path / "blank.csv")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf\r\n"])
def test_a_file_of_nothing_but_a_byte_order_mark_is_empty(tmp_path: Path, mark: bytes) -> None:
    (tmp_path / "m.csv").write_bytes(mark)
    assert refused(tmp_path / "m.csv") == "The file is empty."


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "PNG"), (b"%PDF-1.7 ...", "PDF"), (b"\x7fELF" + bytes(range(64)), "program")],
)
def test_a_picture_named_csv_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "p.csv").write_bytes(content)
    assert what in refused(tmp_path / "p.csv")


def test_bytes_that_no_table_has_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(bytes(range(1, 256)) * 50)
    assert "not text" in refused(tmp_path / "b.csv")


def test_a_header_without_a_required_column_is_refused_and_names_it(tmp_path: Path) -> None:
    row = entry_row(1)
    del row["HTS Number - Full"], row["Entry Date"]
    assert refused(write_csv(tmp_path / "h.csv", [row])) == "The header lacks Entry Date, HTS Number - Full."


def test_a_header_that_names_a_column_twice_is_refused(tmp_path: Path) -> None:
    header = ",".join([*entry_row(1), "Entry Date"])
    (tmp_path / "t.csv").write_text(header + "\n")
    assert "twice" in refused(tmp_path / "t.csv")


def test_a_damaged_or_foreign_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "z.xlsx").write_bytes(b"PK\x03\x04nonsense")
    assert "damaged" in refused(tmp_path / "z.xlsx")
    with zipfile.ZipFile(tmp_path / "o.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no Excel workbook" in refused(tmp_path / "o.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(100):
                sheet.write(b"\0" * 2**20)
    assert "unpacks to far more" in refused(tmp_path / "bomb.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_of_the_field_is_read(tmp_path: Path, encoding: str) -> None:
    row = entry_row(1, **{"Importer Name": "Café Électrique"})
    assert load_path("entries", write_csv(tmp_path / "e.csv", [row], encoding=encoding)).rejected == 0
    assert Entry.objects.get().importer_name == "Café Électrique"


def test_a_file_of_utf8_with_a_byte_of_another_encoding_is_refused_and_not_read_as_that(tmp_path: Path) -> None:
    rows = [entry_row(serial, **{"Importer Name": "Café Électrique"}) for serial in range(1, 4)]
    path = write_csv(tmp_path / "e.csv", rows)
    path.write_bytes(path.read_bytes().replace("Électrique".encode(), "Électrique".encode("cp1252"), 1))
    assert "mixes encodings" in refused(path)


def test_a_file_of_utf8_that_breaks_off_in_a_character_is_refused(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "e.csv", [entry_row(1, **{"Importer Name": "Café Électrique"}) | {"Our Remark": "Café"}]
    )
    path.write_bytes(path.read_bytes().rstrip()[:-1])
    assert "ends in the middle of a character" in refused(path)


def test_letters_of_windows_that_look_like_one_of_utf8_are_still_those_of_windows(tmp_path: Path) -> None:
    row = entry_row(1, **{"Importer Name": "Café Ã© Électrique à Orléans"})
    assert load_path("entries", write_csv(tmp_path / "e.csv", [row], encoding="cp1252")).rejected == 0
    assert Entry.objects.get().importer_name == "Café Ã© Électrique à Orléans"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    row = {name: str(cell).replace(",", "").replace("$", "") for name, cell in entry_row(1).items()}
    (tmp_path / "d.csv").write_text(delimiter.join(row) + "\r\n" + delimiter.join(row.values()) + "\r\n")
    assert load_path("entries", tmp_path / "d.csv").loaded == 1


def test_headers_come_in_any_order_and_case_with_title_above_and_totals_below(tmp_path: Path) -> None:
    row = dict(reversed(entry_row(1).items())) | {"Something Else": "ignored"}
    lines = [
        "ES-003 Entry Summary Line Tariff Details" + "," * (len(row) - 1),
        "",
        ",".join(name.upper() for name in row),
        ",".join(f'"{cell}"' for cell in row.values()),
        ",".join(["Grand Total", *[""] * (len(row) - 2), "x"]),
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    outcome = load_path("entries", tmp_path / "t.csv")
    assert (outcome.loaded, outcome.rejected) == (1, 0)


def test_too_few_and_too_many_cells_reject_their_rows_alone(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "c.csv", [entry_row(1), entry_row(2)])
    with path.open("a") as file:
        file.write("9XZ,1\n")
        file.write(",".join(["a"] * 30) + "\n")
    outcome = load_path("entries", path)
    assert (outcome.loaded, outcome.rejected) == (2, 2)
    assert {one.row for one in Reject.objects.all()} == {4, 5}
    assert all("cells, the header 18" in one.reason for one in Reject.objects.all())


@pytest.mark.parametrize("plain", [False, True])
def test_a_stray_quote_is_named_and_what_it_swallows_is_not_withdrawn(tmp_path: Path, plain: bool) -> None:
    money = {"Line Tariff Goods Value Amount": "10000.00"} if plain else {}  # no other quote in the file
    rows = [entry_row(serial, line=line, **money) for serial, line in ((1, 1), (1, 2), (1, 3), (2, 1), (3, 1))]
    load("entries", tmp_path, rows)
    path = write_csv(tmp_path / "open.csv", rows)
    lines = path.read_text().split("\n")
    lines[2] = '"' + lines[2]
    path.write_text("\n".join(lines))
    outcome = load_path("entries", path)
    assert (outcome.rejected, outcome.withdrawn, EntryLine.objects.count()) == (1, 0, 5)
    assert "nothing was withdrawn" in outcome.message
    assert "a quote in it is closed in the wrong place, or never" in Reject.objects.latest("id").reason


@pytest.mark.parametrize("header", ["Importer Name", "Our Remark", "Entry Summary Number", "Last Remark"])
@pytest.mark.parametrize("apart", [1, 2])
@pytest.mark.parametrize("closed", [False, True])
def test_rows_that_a_quote_makes_one_of_the_right_width_are_no_row(
    tmp_path: Path, header: str, apart: int, closed: bool
) -> None:
    """A quote left open in two rows, or closed only in the second; in a column of ours, and in one that is ignored."""
    remarks = {"Our Remark": "as agreed", "Line Tariff Goods Value Amount": "10000", "Last Remark": "none"}
    rows = [entry_row(serial, line, **remarks) for serial, line in ((1, 1), (1, 2), (2, 1), (3, 1))]
    load("entries", tmp_path, rows)
    path = write_csv(tmp_path / "open.csv", rows)
    lines = [line.split(",") for line in path.read_text().splitlines()]
    at = lines[0].index(header)
    lines[2][at] = '"' + lines[2][at]
    last = lines[2 + apart][at]
    lines[2 + apart][at] = f'{last}"' if closed else f'"{last}'
    path.write_text("\n".join(",".join(line) for line in lines) + "\n")
    outcome = load_path("entries", path)
    assert (outcome.loaded, outcome.unchanged, outcome.rejected, outcome.withdrawn) == (0, 3 - apart, 1, 0)
    assert "nothing was withdrawn" in outcome.message
    assert "closed in the wrong place, or never" in Reject.objects.latest("id").reason
    assert EntryLine.objects.count() == 4


def test_a_remark_of_several_lines_in_a_column_that_is_ignored_costs_nothing(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, line=2)])
    for mark in ("\n", "\r\n", "\r"):
        remark = {"Our Remark": mark.join(["called, twice", "no answer; see 1, 2 and 3"])}
        outcome = load("entries", tmp_path, [entry_row(1, **remark), entry_row(2, **remark)])
        assert outcome.rejected == 0
    book = write_xlsx(tmp_path / "e.xlsx", [entry_row(1, **{"Our Remark": ",\n" * 40})])
    assert load_path("entries", book).rejected == 0


def test_a_line_end_in_a_column_of_ours_rejects_its_row_alone(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(2), entry_row(2, line=2)])
    outcome = load("entries", tmp_path, [entry_row(1, **{"Importer Name": "Quillard\nElectric"}), entry_row(2)])
    assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (1, 1, 1)
    assert "control characters" in Reject.objects.get().reason


def test_a_nul_byte_rejects_its_row_alone(tmp_path: Path) -> None:
    rows = [entry_row(1), entry_row(2, **{"Importer Name": "Qui\0llard"}), entry_row(3)]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (2, 1)
    assert "NUL" in Reject.objects.get().reason


def test_a_cell_of_a_megabyte_rejects_its_row_alone(tmp_path: Path) -> None:
    rows = [entry_row(1), entry_row(2, **{"Importer Name": "x" * 2**20}), entry_row(3)]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (2, 1)
    assert "1,048,576 characters" in Reject.objects.get().reason


def test_a_workbook_whose_identifiers_are_numbers_gets_its_zeros_back(tmp_path: Path) -> None:
    number = entry_number(1, "002")
    row = entry_row(
        1,
        **{
            "Entry Summary Number": int(number),
            "Entry Summary Line Number": 1,
            "Tariff Ordinal Number": 1,
            "Entry Type Code": 1,
            "Port of Entry Code": 401,
            "HTS Number - Full": 810400030,
            "Line Tariff Goods Value Amount": 1234.56,
            "Line Tariff Duty Amount": 0.1 + 0.2,
            "Line MPF Amount": 25,
            "Line HMF Amount": "",
            "Mode of Transportation Code": 40,
            "Entry Date": datetime.date(2026, 1, 5),
            "Entry Summary Date": "",
        },
    )
    outcome = load_path("entries", write_xlsx(tmp_path / "n.xlsx", [row]))
    assert outcome.rejected == 0, Reject.objects.first()
    line = EntryLine.objects.get()
    assert (line.entry.number, line.port, line.hts) == (number, "0401", "0810400030")
    assert (str(line.value), str(line.duty)) == ("1234.56", "0.30")
    assert line.entry_date == datetime.date(2026, 1, 5)
    # The entry number, its type, the port and the HTS number.
    assert outcome.repaired == 4
    assert "Zeros that a spreadsheet ate were put back in 4 cells." in outcome.message


def test_only_cells_that_got_a_zero_back_are_counted(tmp_path: Path) -> None:
    """Dots that go are no zeros put back; nor is anything in a row that is rejected."""
    dotted = {"HTS Number - Full": "8501.10.40.20", "Mode of Transportation Code": "11"}
    rows = [entry_row(serial, **dotted) for serial in range(1, 21)]
    rows[3] |= {"HTS Number - Full": "810.40.0030"}
    rows[4] |= {"HTS Number - Full": "810.40.0030", "Port of Entry Code": "401", "Importer Number": "9644718200"}
    rows[5] |= {"HTS Number - Full": "810.40.0030", "Port of Entry Code": "401", "Country of Origin Code": "CHN"}
    rows[6] |= {"Entry Type Code": "0"}
    rows[7] |= {"Entry Summary Number": "12345678"}
    outcome = load("entries", tmp_path, rows)
    assert (outcome.rejected, outcome.repaired) == (3, 4)


def test_a_stale_version_is_refused_and_a_newer_one_taken(tmp_path: Path) -> None:
    today = timezone.localdate()
    load("entries", tmp_path, [entry_row(1)], as_of=today - datetime.timedelta(days=2))
    changed = [entry_row(1, **{"Line Tariff Duty Amount": "300"})]
    outcome = load("entries", tmp_path, changed, as_of=today - datetime.timedelta(days=5))
    assert outcome.rejected == 1
    assert "stale" in Reject.objects.get().reason
    assert Entry.objects.get().duty == 250
    assert load("entries", tmp_path, changed, as_of=today).loaded == 1
    assert Entry.objects.get().duty == 300


def test_a_nul_byte_in_the_header_costs_no_row_anything(tmp_path: Path) -> None:
    outcome = load("entries", tmp_path, [entry_row(1) | {"Our\0 Remark": "x"}, entry_row(2)])
    assert (outcome.loaded, outcome.rejected) == (2, 0)
    assert "Our Remark" in Load.objects.latest("created_at").header


def test_a_header_of_a_million_columns_is_refused_at_once(tmp_path: Path) -> None:
    header = ",".join([*entry_row(1), *(f"c{place}" for place in range(1_000_000))])
    (tmp_path / "wide.csv").write_text(header + "\n")
    assert "16,384 are the limit" in refused(tmp_path / "wide.csv")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--as-of", "9999-12-31"], "a day to come"),
        (["--rejects", "{folder}/none/out.csv"], "cannot be written"),
        (["--rejects", "{folder}"], "cannot be written"),
        (["--rejects", "{folder}/e.csv"], "write over the file"),
    ],
)
def test_the_command_refuses_what_it_could_not_end(tmp_path: Path, options: list[str], why: str) -> None:
    path = write_csv(tmp_path / "e.csv", [entry_row(1)])
    before = path.read_bytes()
    with pytest.raises(CommandError, match=why) as error:
        call_command("load", "entries", str(path), *(option.format(folder=tmp_path) for option in options))
    assert error.value.returncode == 2
    assert path.read_bytes() == before
    assert not Entry.objects.exists()
