"""When a later file changes a row, the old values stay visible, to those who may see the row, and no more than that."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from accounts.models import Account
from accounts.scope import acting_for
from examinations import past
from examinations.models import EarlierEntry, EarlierEntryLine, Entry, EntryLine, Examination, Load, SupersededRow
from look.formats import long_day
from tests.examinations.loading.files import entry_number, entry_row, examination_row, load
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

NUMBER = entry_number(501)
EVERYONE = ("robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq")


def rows(**changes: Any) -> list[dict[str, Any]]:
    """Three tariff rows of one entry, the last two of a second line."""
    extra = {"HTS Number - Full": "99038803", "Line Tariff Goods Value Amount": "0", "Line Tariff Duty Amount": "2500"}
    return [
        entry_row(501, **changes),
        entry_row(501, 2, **extra),
        entry_row(501, 2, **{"Tariff Ordinal Number": "2"}),
    ]


@pytest.fixture
def corrected(world: World, tmp_path: Path) -> World:
    """An entry that a second file corrects: a value, its team, and a row of chapter 99 less; a third adds a line."""
    load("entries", tmp_path, rows())
    load("entries", tmp_path, [row for n, row in enumerate(rows(**{
        "Line Tariff Goods Value Amount": "$12,345.00", "Review Team Number": "J51"})) if n != 1])  # fmt: skip
    third = [row for n, row in enumerate(rows(**{
        "Line Tariff Goods Value Amount": "$12,345.00", "Review Team Number": "J51"})) if n != 1]  # fmt: skip
    load("entries", tmp_path, [*third, entry_row(501, 7, **{"HTS Number - Full": "8504409550"})])
    return world


def page(world: World, name: str, of: str = f"entries/{NUMBER}") -> str:
    account = {"billie": world.lindale, "sam": world.stranger, "morgan": world.stranger}.get(name, world.quillard)
    response = signed_in(world, name).get(f"/accounts/{account.pk}/{of}/")
    return response.content.decode() if response.status_code == 200 else ""


@pytest.mark.parametrize("name", ["robin", "billie", "jordan", "hq"])
def test_the_page_of_an_entry_says_what_was_before_each_file(corrected: World, name: str) -> None:
    body = page(corrected, name)
    changed = body[body.index('id="changed"') :]
    for said in ("$10,000.00", "$12,345.00", "J51", "9903.88.03, $0.00, duty $2,500.00", "withdrawn", "added"):
        assert said in changed, said
    assert changed.index("added") < changed.index("withdrawn"), "the newest file first"


def test_a_file_has_its_name_for_headquarters_and_its_day_for_others(corrected: World) -> None:
    assert "CBP file of" in page(corrected, "robin")
    assert "entries.csv" not in page(corrected, "robin")
    assert "CBP file of" not in page(corrected, "hq")


def test_an_entry_that_never_changed_has_no_section_of_changes(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, rows())
    load("entries", tmp_path, rows())
    assert 'id="changed"' not in page(world, "robin")


def test_a_row_changed_twice_shows_both_steps(world: World, tmp_path: Path) -> None:
    for value in ("1,000.00", "2,000.00", "3,000.00"):
        load("entries", tmp_path, [entry_row(501, **{"Line Tariff Goods Value Amount": value})])
    body = page(world, "robin")
    changed = body[body.index('id="changed"') :]
    steps = re.findall(r"<td>(\$\d,000\.00)</td>\s*<td>(\$\d,000\.00)</td>", changed)
    assert steps == [("$2,000.00", "$3,000.00")] * 2 + [("$1,000.00", "$2,000.00")] * 2


def parts(body: str) -> list[str]:
    """The section of changes, cut at each file: what stands above the first of them, then file by file."""
    return body[body.index('id="changed"') :].split("<h3>")


def test_a_row_whose_current_row_lies_beyond_the_limit_is_told_and_that_there_are_more(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six lines of which the last three changed: the current rows are those of the history, not the first that are met."""

    def of_value(*values: int) -> list[dict[str, Any]]:
        given = {n: {"Line Tariff Goods Value Amount": str(value)} for n, value in enumerate(values, start=1)}
        return [entry_row(501, n, **fields) for n, fields in given.items()]

    load("entries", tmp_path, of_value(101, 102, 103, 104, 105, 106))
    load("entries", tmp_path, of_value(201, 202, 203, 104, 105, 106))
    load("entries", tmp_path, of_value(201, 202, 203, 204, 205, 206))
    said = {n: f"<td>${n + 100}.00</td><td>${n + 200}.00</td>" for n in range(1, 7)}

    def told() -> tuple[set[int], bool]:
        body = re.sub(r"<small>[^<]*</small>", "", page(world, "hq"))
        return {n for n, cells in said.items() if cells in body}, "More was changed than stands here" in body

    assert told() == ({1, 2, 3, 4, 5, 6}, False)
    monkeypatch.setattr(past, "MOST_ROWS", 3)
    assert told() == ({4, 5, 6}, True)
    monkeypatch.setattr(past, "MOST_ROWS", 4)
    assert told() == ({3, 4, 5, 6}, True)
    monkeypatch.setattr(past, "MOST_ROWS", 6)
    assert told() == ({1, 2, 3, 4, 5, 6}, False)


def test_no_row_is_called_added_whose_past_lies_beyond_the_limit(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in ("1,000.00", "2,000.00"):
        changed = {"Line Tariff Goods Value Amount": value}
        load("entries", tmp_path, [entry_row(501, n, **changed) for n in (1, 2, 3)])
    monkeypatch.setattr(past, "MOST_ROWS", 2)
    body = page(world, "hq")
    assert "added, " not in body
    assert "More was changed than stands here" in body


def test_a_row_that_was_added_changed_withdrawn_and_added_again_is_told_at_each_file(
    world: World, tmp_path: Path
) -> None:
    second = {"HTS Number - Full": "8504409550"}
    for given in (
        [entry_row(501)],
        [entry_row(501), entry_row(501, 2, **second)],
        [entry_row(501), entry_row(501, 2, **second | {"Country of Origin Code": "VN"})],
        [entry_row(501)],
        [entry_row(501), entry_row(501, 2, **second)],
    ):
        load("entries", tmp_path, given)
    _, again, withdrawn, changed, added = parts(page(world, "robin"))
    assert "added, 8504.40.95.50" in again
    assert "withdrawn" in withdrawn
    assert "added" not in withdrawn + changed
    assert "<td>VN</td>" in changed
    assert "added, 8504.40.95.50" in added


def test_each_change_names_the_file_that_brought_what_was(world: World, tmp_path: Path) -> None:
    """Of two lines changed by the third file one came with the first and one with the second."""
    for number, values in enumerate([("1,000.00", "1,000.00"), ("1,000.00", "2,000.00"), ("3,000.00", "3,000.00")]):
        given = [
            entry_row(501, n, **{"Line Tariff Goods Value Amount": value}) for n, value in enumerate(values, start=1)
        ]
        load("entries", tmp_path, given)
        Load.objects.filter(file_name="entries.csv").update(file_name=f"file-{number}.csv")
    _, third, second = parts(page(world, "hq"))
    assert third.startswith("file-2.csv")
    assert "What was before came with file-1.csv" in third, "the sums of the entry, and line 2"
    assert re.search(r"Line 1</small></th><td>\$1,000.00<small>file-0.csv</small>", third)
    assert re.search(r"Line 2</small></th><td>\$2,000.00</td>", third)
    assert "What was before came with file-0.csv" in second
    _, third, second = parts(page(world, "robin"))
    day = long_day(timezone.localdate())
    assert f"What was before came with CBP file of {day}" in third
    assert "What was before came with an earlier CBP file; last reported on" in second
    assert "file-" not in third + second


def seen(world: World, name: str) -> set[tuple[str, str]]:
    """Table and key of the past that a person reads, with no filter at all; and the same by `visible_to`."""
    found = set()
    for model in (SupersededRow, EarlierEntry, EarlierEntryLine):
        with acting_for(world.people[name]):
            bare = set(model.objects.all())
        assert bare == set(model.objects.visible_to(world.people[name])), name
        found |= {(getattr(one, "table", model.__name__), getattr(one, "key", str(one))) for one in bare}
    return found


def test_only_those_who_see_an_entry_see_its_past(corrected: World) -> None:
    whole = seen(corrected, "hq")
    assert len(whole) >= 3
    for name in EVERYONE:
        expected = whole if name in ("robin", "lee", "billie", "jordan", "hq") else set()
        assert seen(corrected, name) == expected, name


def examined(tmp_path: Path, **changes: Any) -> None:
    given = {"Examination Cost Amount": "300", "Entry Summary Number": NUMBER}
    load("examinations", tmp_path, [examination_row("X9", **given | changes)])


OPEN = {"Disposition Code": "", "Released Date": "", "Examined Date": ""}
FOUND = {"Disposition Code": "DISCREPANCY_MTD", "Discrepancy Type Code": "CLASS", "Revenue Difference Amount": "1200"}


def test_why_it_was_chosen_stays_out_of_the_past_that_members_read(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, rows())
    examined(tmp_path, **{"Selection Reason Code": "TARGETED"})
    examined(tmp_path, **{"Selection Reason Code": "RANDOM", "Selection Probability": "0.02"})
    examined(tmp_path, **{"Selection Reason Code": "TARGETED"})
    tables = {name: {table for table, _ in seen(world, name)} for name in EVERYONE}
    own = {"examinations_examination"}
    assert tables["billie"] == own
    assert tables["robin"] == tables["lee"] == own | {"examinations_cost"}
    assert tables["jordan"] == own | {"examinations_cost", "examinations_selection"}
    assert tables["hq"] == tables["jordan"] | {"examinations_draw"}
    assert tables["sam"] == tables["morgan"] == tables["expert"] == set()
    for name in ("robin", "billie"):
        with acting_for(world.people[name]):
            told = json.dumps(list(SupersededRow.objects.values_list("was", flat=True)))
        for secret in ("TARGETED", "RANDOM", 'reason"', "probability", "0.02"):
            assert secret not in told.replace("disclosed_reason", ""), secret
        examination = Examination.objects.get(number="X9")
        assert "argeted" not in page(world, name, f"examinations/{examination.pk}")


def test_the_page_of_an_examination_says_what_changed_and_a_broker_reads_no_cost(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, rows())
    examined(tmp_path)
    examined(tmp_path, **FOUND | {"Examination Cost Amount": "450"})
    of = f"examinations/{Examination.objects.get(number='X9').pk}"
    body = page(world, "robin", of)
    changed = body[body.index('id="changed"') :]
    for said in ("No discrepancy", "Major", "Classification ($1,200.00)", "Cost in the file", "$300.00", "$450.00"):
        assert said in changed, said
    broker = page(world, "billie", of)
    assert "Classification ($1,200.00)" in broker
    assert "$450" not in broker
    assert "$300.00" not in broker


def test_the_past_of_an_open_examination_tells_nothing_that_was_found(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, rows())
    examined(tmp_path, **OPEN | {"Discrepancy Type Code": "CLASS", "Disposition Code": ""})
    examined(tmp_path, **OPEN | {"Container Number": "ZZXU4308175"})
    for name in ("robin", "billie"):
        assert "examinations_examination" not in {table for table, _ in seen(world, name)}
    assert "examinations_examination" in {table for table, _ in seen(world, "jordan")}
    examined(tmp_path)
    assert "examinations_examination" in {table for table, _ in seen(world, "robin")}


def test_an_open_review_of_papers_has_no_past_for_members(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, rows())
    examined(tmp_path, **OPEN | {"Examination Type Code": "ESR"})
    examined(tmp_path, **OPEN | {"Examination Type Code": "ESR", "Review Team Number": "J51", "Port Code": "2304"})
    assert not {key for table, key in seen(world, "robin") if table == "examinations_examination"}
    assert {key for table, key in seen(world, "jordan") if table == "examinations_examination"}


def test_a_broker_reads_no_former_bond_number_of_its_client(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, rows(**{"Bond Number": "994471140"}))
    load("entries", tmp_path, rows(**{"Bond Number": "994471999"}))
    assert "994471140" in page(world, "robin")
    assert "994471140" not in page(world, "billie")


def test_what_one_uploaded_itself_has_no_past_for_others(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, rows())
    load("entries", tmp_path, rows(**{"Line Tariff Duty Amount": "1"}))
    for earlier in (EarlierEntry, EarlierEntryLine):
        assert earlier.objects.update(source="own")
        for name in EVERYONE:
            with acting_for(world.people[name]):
                assert earlier.objects.exists() == (name in ("robin", "lee")), name
                assert earlier.objects.visible_to(world.people[name]).exists() == (name in ("robin", "lee")), name


def test_the_past_of_entries_that_was_kept_as_json_moves_into_columns(world: World, tmp_path: Path) -> None:
    """What stood in the database before: the migration's own statements, there and back."""
    migration = MigrationExecutor(connection).loader.get_migration_by_prefix("examinations", "0037")
    move = next(one for one in migration.operations if "INSERT INTO" in getattr(one, "sql", ""))
    load("entries", tmp_path, rows())
    load("entries", tmp_path, rows(**{"Line Tariff Duty Amount": "1", "Bond Number": "994471140"})[:2])
    kept = [list(model.objects.order_by("id").values()) for model in (EarlierEntry, EarlierEntryLine)]
    assert [len(one) for one in kept] == [1, 3]
    with connection.cursor() as cursor:
        cursor.execute(move.reverse_sql)
        for model in (EarlierEntry, EarlierEntryLine):
            model.objects.all().delete()
        assert set(SupersededRow.objects.values_list("key", flat=True)) == {
            NUMBER,
            *(f"{NUMBER}/{row}" for row in ("1/1", "2/1", "2/2")),
        }
        cursor.execute(move.sql)
    assert kept == [list(model.objects.order_by("id").values()) for model in (EarlierEntry, EarlierEntryLine)]
    assert not SupersededRow.objects.exists()


def test_the_past_has_every_column_of_what_stands() -> None:
    for model, earlier in ((Entry, EarlierEntry), (EntryLine, EarlierEntryLine)):
        now, then = (
            {one.column: one.db_type(connection) for one in each._meta.local_concrete_fields}
            for each in (model, earlier)
        )
        assert now.items() - {("id", now["id"])} <= then.items()


def test_reasons_that_were_kept_in_the_row_are_split_off(world: World, tmp_path: Path) -> None:
    """What stood in the database before: the migration's own statement on rows of the old form."""
    kept = SupersededRow.objects.create(
        load=world.load, account=world.quillard, filer=None, table="examinations_examination", key="EX-FOUND",
        why="replaced", was={"id": 7, "account_id": str(world.quillard.pk), "reason": "TARGETED", "type": "INT"},
    )  # fmt: skip
    migration = the_past_is_told()
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[-2].sql)
    kept.refresh_from_db()
    assert kept.was == {"id": 7, "account_id": str(world.quillard.pk), "type": "INT"}
    apart = SupersededRow.objects.get(table="examinations_selection")
    assert (apart.key, apart.was["reason"], apart.was["examination_id"]) == ("EX-FOUND", "TARGETED", 7)
    assert isinstance(apart.account, Account)


def the_past_is_told() -> Migration:
    every = MigrationLoader(None).disk_migrations
    return next(
        one for (app, name), one in every.items() if app == "examinations" and name.endswith("the_past_is_told")
    )
