"""Entries whose rows stand together are made ready block by block: stored as the statements over all rows would."""

import datetime
import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from examinations.loading.entries import straight
from examinations.loading.load import Outcome, load_path
from examinations.loading.reading import pieces
from examinations.models import EarlierEntry, EarlierEntryLine, Entry, EntryLine, Port, Reject
from tests.examinations.loading.files import Row, days_ago, entry_number, entry_row, load, write_csv

pytestmark = pytest.mark.django_db

TABLES = {
    "examinations_entry": ("id", "load_id", "version_at", "identifier_id", "account_id", "filer_id"),
    "examinations_entryline": ("id", "entry_id", "load_id", "account_id", "filer_id"),
    "examinations_entrymonth": ("id", "identifier_id", "account_id", "filer_id"),
    "examinations_earlierentry": (
        *("id", "row", "replaced_by_id", "at", "load_id", "version_at", "identifier_id", "account_id", "filer_id"),
    ),
    "examinations_earlierentryline": (
        *("id", "row", "replaced_by_id", "at", "entry_id", "load_id", "account_id", "filer_id"),
    ),
    "accounts_account": ("id", "created_at"),
    "accounts_identifier": ("id", "account_id", "sealed"),
    "accounts_filingrelation": ("id", "importer_id", "broker_id"),
}

amounts = st.sampled_from(["", "0.00", "0.01", "1234.56", "$40,000.07", "99999.99"])
rows = st.fixed_dictionaries(
    {
        "serial": st.integers(1, 4),
        "line": st.integers(1, 2),
        "Tariff Ordinal Number": st.sampled_from(["1", "1", "2", "3", ""]),
        "Entry Summary Line Number": st.sampled_from(["", "", "", "", "", "", "x"]),
        "Line MPF Amount": st.sampled_from(["", "", "31.67"]),
        "Line HMF Amount": st.sampled_from(["", "12.50"]),
        "Line Tax Amount": st.sampled_from(["", "3.10"]),
        "Line Tariff Goods Value Amount": amounts.map(lambda one: one or "70.50"),
        "Line Tariff Duty Amount": st.sampled_from(["0", "7.01", "-4"]),
        "Line SPI Code": st.sampled_from(["", "", "V", "S", "A"]),
        "HTS Number - Full": st.sampled_from(["8501104020", "9903880300", "9802008055", "85011040"]),
        "Mode of Transportation Code": st.sampled_from(["", "11", "40"]),
        "Manufacturer ID": st.sampled_from(["", "A\\B"]),
        "Bond Number": st.sampled_from(["", "994471140", "994471141"]),
    }
)
heads = st.fixed_dictionaries(
    {
        "Entry Type Code": st.sampled_from(["01", "11", "21", "06"]),
        "Port of Entry Code": st.sampled_from(["2704", "3801"]),
        "Entry Date": st.sampled_from([days_ago(10), days_ago(400), days_ago(700), days_ago(2200)]),
        "Importer Number": st.sampled_from(["96-447182000", "96-447182001", "123-45-6789"]),
        "Entry Summary Date": st.sampled_from(["", days_ago(5)]),
        "Importer Name": st.sampled_from(["", "Quillard", "Quillard Electric"]),
        "Filer": st.sampled_from(["9XZ", "QXS"]),
    }
)
columns = st.sampled_from([[], ["Tariff Ordinal Number"], ["Line MPF Amount"], ["Line MPF Amount", "Line HMF Amount"]])


def file_of(found: list[dict[str, Any]], heads: list[dict[str, Any]], without: list[str]) -> list[Row]:
    """Rows of ES-003, of which those of one entry mostly agree, without some of the columns."""
    made = []
    for one in found:
        head = dict(heads[one["serial"] - 1])
        head["Entry Summary Number"] = entry_number(one["serial"], head.pop("Filer"))
        more = {"Line Fee Amount": "5.00"} if "Line HMF Amount" in without else {}
        cells = {name: cell for name, cell in one.items() if name not in ("serial", "line")}
        cells["Entry Summary Line Number"] = cells["Entry Summary Line Number"] or str(one["line"])
        row = entry_row(**cells)
        made.append({name: cell for name, cell in (row | head | more).items() if name not in without})
    return made


def stored() -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table, but in TABLES.items():
            cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t ORDER BY 1", [list(but)])
            found[table] = [row for (row,) in cursor.fetchall()]
    found["rejects"] = sorted(str(one) for one in Reject.objects.values_list("row", "column", "reason", "cells"))
    return found


def never(session: Any) -> None:
    raise straight.Disorderly


def loaded(
    folder: Path, files: list[list[Row]], *, straight_in: bool, partial: bool = False
) -> tuple[list[Outcome], dict[str, list[str]]]:
    """What came of loading these files in turn, the later ones perhaps in parts; all of it is taken back again."""
    with transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        if not straight_in:
            patched.setattr(straight, "bring_in", never)
        outcomes = [
            load_path("entries", write_csv(folder / "entries.csv", rows), partial=partial and turn > 0)
            for turn, rows in enumerate(files)
            if rows
        ]
        found = stored()
        transaction.set_rollback(True)
    return outcomes, found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    first=st.lists(rows, min_size=1, max_size=12),
    second=st.lists(rows, max_size=8),
    heads=st.lists(heads, min_size=4, max_size=4),
    without=columns,
    in_order=st.booleans(),
    partial=st.booleans(),
)
def test_any_file_is_stored_as_if_all_its_rows_were_seen_first(
    tmp_path: Path,
    first: list[Any],
    second: list[Any],
    heads: list[Any],
    without: list[str],
    in_order: bool,
    partial: bool,
) -> None:
    if in_order:
        first, second = (sorted(one, key=lambda row: row["serial"]) for one in (first, second))
    files = [file_of(one, heads, without) for one in (first, second)]
    said, found = loaded(tmp_path, files, straight_in=True, partial=partial)
    expected_said, expected = loaded(tmp_path, files, straight_in=False, partial=partial)
    assert said == expected_said
    for table in expected:
        assert found[table] == expected[table], table


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of some rows only: files of a test then have many of them, and entries are cut."""
    monkeypatch.setattr(pieces, "CHARACTERS", 700)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a file was read for statements that see all its rows."""
    times: list[int] = []
    stage = straight.Session.stage
    monkeypatch.setattr(straight.Session, "stage", lambda session: (times.append(1), stage(session)))
    return times


@pytest.mark.usefixtures("small_pieces")
def test_entries_cut_by_blocks_are_stored_whole(tmp_path: Path, read: list[int]) -> None:
    rows = [entry_row(serial, line) for serial in range(1, 15) for line in range(1, 1 + serial)]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (105, 0)
    assert [entry.lines for entry in Entry.objects.order_by("number")] == list(range(1, 15))
    assert sum(entry.duty for entry in Entry.objects.all()) == 105 * 250
    assert not read


@pytest.mark.usefixtures("small_pieces")
def test_rows_that_turn_up_after_their_entry_was_stored_are_seen_with_it(tmp_path: Path, read: list[int]) -> None:
    rows = [entry_row(serial) for serial in range(1, 30)] + [entry_row(1, 2)]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (30, 0, 0)
    assert Entry.objects.get(number=entry_number(1)).duty == 500
    assert Account.objects.count() == 2
    assert not EarlierEntry.objects.exists()
    assert read


@pytest.mark.usefixtures("small_pieces")
def test_only_the_entry_at_odds_waits_for_the_end(tmp_path: Path, read: list[int]) -> None:
    rows = [entry_row(serial) for serial in range(1, 30)]
    rows.insert(12, entry_row(12, 2, **{"Port of Entry Code": "3801"}))
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (28, 2)
    assert set(Reject.objects.values_list("column", flat=True)) == {"Port of Entry Code"}
    assert not read


@pytest.mark.usefixtures("small_pieces")
def test_new_and_stored_entries_in_one_file(tmp_path: Path, read: list[int]) -> None:
    load("entries", tmp_path, [entry_row(serial) for serial in range(10, 20)])
    changed = {"Line Tariff Duty Amount": "300"}
    rows = [entry_row(serial, **(changed if serial == 15 else {})) for serial in range(1, 30)]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (20, 9, 0)
    assert EntryLine.objects.count() == 29
    assert EarlierEntryLine.objects.count() == 1
    assert not read


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("partial", [False, True])
def test_rows_of_a_stored_entry_that_lie_apart_are_seen_together(
    tmp_path: Path, read: list[int], partial: bool
) -> None:
    load("entries", tmp_path, [entry_row(serial, line) for serial in range(1, 30) for line in (1, 2)])
    rows = [entry_row(serial) for serial in range(1, 30)] + [entry_row(1, 2, **{"Port of Entry Code": "3801"})]
    outcome = load("entries", tmp_path, rows, partial=partial)
    assert (outcome.loaded, outcome.unchanged, outcome.rejected) == (0, 28, 2)
    assert outcome.withdrawn == (0 if partial else 28)
    assert Entry.objects.get(number=entry_number(1)).duty == 500
    assert read


@pytest.mark.usefixtures("small_pieces")
def test_a_rejected_row_further_down_keeps_its_entry_whole(tmp_path: Path, read: list[int]) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, 2)])
    rows = [entry_row(serial) for serial in range(1, 30)] + [entry_row(1, 2, **{"Port of Entry Code": "27"})]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.withdrawn, outcome.rejected) == (0, 1)
    assert "1 stored entry has rejected rows" in outcome.message
    assert EntryLine.objects.filter(entry__number=entry_number(1)).count() == 2
    assert read


@pytest.mark.usefixtures("small_pieces")
def test_a_stray_quote_further_down_withdraws_nothing(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, 2)])
    path = write_csv(tmp_path / "entries.csv", [entry_row(serial) for serial in range(1, 30)])
    lines = path.read_text().splitlines(keepends=True)
    lines[25] = lines[25].replace("Quillard", '"Quillard', 1)
    path.write_text("".join(lines))
    outcome = load_path("entries", path)
    assert outcome.withdrawn == 0
    assert "stray quote" in outcome.message
    assert EntryLine.objects.filter(entry__number=entry_number(1)).count() == 2


@pytest.mark.usefixtures("small_pieces")
def test_a_stale_file_is_refused_row_by_row(tmp_path: Path, read: list[int]) -> None:
    rows = [entry_row(serial) for serial in range(1, 30)]
    load("entries", tmp_path, rows)
    outcome = load("entries", tmp_path, rows, as_of=timezone.localdate() - datetime.timedelta(days=3))
    assert (outcome.loaded, outcome.unchanged, outcome.rejected) == (0, 0, 29)
    assert Reject.objects.filter(reason__startswith="stale").count() == 29
    assert read


def test_an_account_is_called_by_the_greatest_name_in_the_file(tmp_path: Path, small_pieces: None) -> None:
    rows = [entry_row(serial, **{"Importer Name": f"Quillard {serial % 7}"}) for serial in range(1, 30)]
    load("entries", tmp_path, random.Random(1).sample(rows, len(rows)))
    assert Account.objects.get(kind="importer").name == "Quillard 6"


def test_seaports_are_known_where_the_mode_is_not(tmp_path: Path) -> None:
    seaport = Port.objects.filter(seaport_only=True).first()
    assert seaport
    row = {"Port of Entry Code": seaport.code, "Line HMF Amount": "", "Mode of Transportation Code": ""}
    load("entries", tmp_path, [entry_row(1, **row)])
    assert str(EntryLine.objects.get().hmf) == "12.50"
