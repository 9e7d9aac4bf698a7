"""A later file corrects an entry whole; what was is kept; the sums always equal the rows."""

import datetime
import random
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Account, FilingRelation, Identifier
from compliance.bonds.models import Bond, CoveredNumber
from examinations.loading import load as loading
from examinations.loading.entries.summaries import ADDS, contributions
from examinations.models import (
    Cost,
    EarlierEntry,
    EarlierEntryLine,
    Entry,
    EntryLine,
    EntryMonth,
    Examination,
    ExaminationMonth,
    Load,
    SupersededRow,
)
from tests.examinations.loading.files import (
    account_row,
    bond_row,
    days_ago,
    entry_number,
    entry_row,
    examination_row,
    load,
)

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).resolve().parents[4] / "shared" / "data" / "sample"


def assert_sums_equal_rows() -> None:
    """Monthly sums equal what a recomputation from the entries gives, and entries equal their rows."""
    names = ", ".join(f"sum({name})" for name in ADDS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT identifier_id, filer_id, source, month, {names} FROM ({contributions(1)}) c
                GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
        )
        expected = [row for row in cursor.fetchall() if any(row[4:])]
        cursor.execute(
            f"SELECT identifier_id, filer_id, source, month, {', '.join(ADDS)} FROM examinations_entrymonth ORDER BY 1, 2, 3, 4"
        )
        assert cursor.fetchall() == expected
        cursor.execute(
            """SELECT count(*) FROM examinations_entry e JOIN (
                 SELECT entry_id, sum(duty) AS duty, sum(value) FILTER (WHERE counts_value) AS value,
                        count(*) FILTER (WHERE stands_for_line) AS lines, count(DISTINCT line) AS different
                 FROM examinations_entryline GROUP BY 1) l ON l.entry_id = e.id
               WHERE e.duty <> l.duty OR e.value <> l.value OR e.lines <> l.lines OR l.lines <> l.different"""
        )
        assert cursor.fetchone() == (0,)


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    rows = [entry_row(1), entry_row(1, line=2), entry_row(2)]
    load("entries", tmp_path, rows)
    before = list(EntryLine.objects.order_by("id").values())
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (0, 3, 0)
    assert list(EntryLine.objects.order_by("id").values()) == before
    assert not EarlierEntry.objects.exists()
    assert not EarlierEntryLine.objects.exists()


def test_a_correction_replaces_rows_and_withdraws_those_it_lacks(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, line=2), entry_row(1, line=3)])
    outcome = load("entries", tmp_path, [entry_row(1), entry_row(1, line=2, **{"Line Tariff Duty Amount": "400"})])
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (1, 1, 1)
    assert Entry.objects.get().duty == 650
    kept = set(EarlierEntryLine.objects.values_list("number", "line", "ordinal", "why", "duty"))
    assert kept == {(entry_number(1), 2, 1, "replaced", 250), (entry_number(1), 3, 1, "withdrawn", 250)}
    assert EarlierEntry.objects.get().duty == 750
    assert set(EarlierEntryLine.objects.values_list("load", "replaced_by")) == set(
        EarlierEntry.objects.values_list("load", "replaced_by")
    )
    assert_sums_equal_rows()


def test_partial_withdraws_nothing(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, line=2)])
    outcome = load("entries", tmp_path, [entry_row(1, **{"Line Tariff Duty Amount": "1"})], partial=True)
    assert outcome.withdrawn == 0
    assert Entry.objects.get().duty == 251


def test_of_an_entry_with_a_bad_row_nothing_is_withdrawn_and_that_is_said(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, line=2), entry_row(1, line=3)])
    rows = [entry_row(1, **{"Line Tariff Duty Amount": "300"}), entry_row(1, line=2, **{"HTS Number - Full": "x"})]
    outcome = load("entries", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected, outcome.withdrawn) == (1, 1, 0)
    assert "nothing of it was withdrawn" in outcome.message
    assert Entry.objects.get().duty == 300 + 250 + 250
    assert_sums_equal_rows()


@pytest.mark.parametrize("bad", [{}, {"Country of Origin Code": "CHN"}])
@pytest.mark.parametrize("kept", [0, 1])
def test_one_row_stands_for_a_line_of_which_a_file_lacks_one(tmp_path: Path, bad: dict[str, str], kept: int) -> None:
    extra = {"HTS Number - Full": "99030188", "Line Tariff Goods Value Amount": "0", "Tariff Ordinal Number": "2"}
    rows = [entry_row(1), entry_row(1, **extra), entry_row(1, line=2, **extra)]
    load("entries", tmp_path, rows)
    for file in ([rows[kept], rows[1 - kept] | bad] if bad else [rows[kept]], [rows[2]]):
        outcome = load("entries", tmp_path, file, partial=not bad or len(file) == 1)
        assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (0, 1, 0)
        assert Entry.objects.get().lines == 2
    assert not EarlierEntryLine.objects.exists()
    load("entries", tmp_path, [entry_row(1, line=2)], partial=True)
    assert Entry.objects.get().lines == 2
    assert [row.hts for row in EntryLine.objects.filter(line=2, stands_for_line=True)] == ["8501104020"]
    assert_sums_equal_rows()


def test_what_a_partial_file_lacks_follows_its_entry(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, line=2)])
    moved = {"Importer Number": "96-111111100", "Importer Name": "Other", "Port of Entry Code": "2709"}
    outcome = load("entries", tmp_path, [entry_row(1, **moved)], partial=True)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (1, 0, 0)
    other = Account.objects.get(name="Other")
    assert set(EntryLine.objects.values_list("account", "port")) == {(other.pk, "2709")}
    assert EarlierEntryLine.objects.count() == 2
    assert_sums_equal_rows()


def test_a_dry_run_says_what_would_happen_and_changes_nothing(tmp_path: Path) -> None:
    outcome = load("entries", tmp_path, [entry_row(1), entry_row(2, **{"Port of Entry Code": "?"})], dry_run=True)
    assert (outcome.loaded, outcome.rejected) == (1, 1)
    assert not Entry.objects.exists()
    assert not Account.objects.exists()


def test_chapter_99_stands_first_and_the_commodity_stands_for_the_line(tmp_path: Path) -> None:
    extra = {"HTS Number - Full": "99030188", "Line Tariff Goods Value Amount": "0", "Line Tariff Duty Amount": "100"}
    rows = [entry_row(1, **extra), entry_row(1, **{"Tariff Ordinal Number": "2"})]
    load("entries", tmp_path, rows)
    assert EntryLine.objects.get(stands_for_line=True).hts == "8501104020"
    entry = Entry.objects.get()
    assert (entry.lines, entry.value, entry.duty) == (1, 10_000, 350)


def test_parts_of_a_set_stay_out_of_sums_of_value(tmp_path: Path) -> None:
    rows = [entry_row(1, **{"Line SPI Code": "X"}), entry_row(1, line=2, **{"Line SPI Code": "V"})]
    load("entries", tmp_path, rows)
    assert Entry.objects.get().value == 10_000


def test_without_ordinals_the_order_of_rows_counts(tmp_path: Path) -> None:
    rows = [entry_row(1), entry_row(1, **{"HTS Number - Full": "99030188"})]
    for row in rows:
        del row["Tariff Ordinal Number"]
    load("entries", tmp_path, rows)
    assert list(EntryLine.objects.order_by("ordinal").values_list("ordinal", "hts")) == [
        (1, "8501104020"),
        (2, "99030188"),
    ]


def test_missing_fees_are_estimated_by_the_dated_rule_and_marked(tmp_path: Path) -> None:
    bare = {"Line MPF Amount": "", "Line HMF Amount": ""}
    rows = [
        entry_row(1, **bare),
        entry_row(1, line=2, **bare | {"Line Tariff Goods Value Amount": "40000"}),
        entry_row(2, **bare | {"Line SPI Code": "S", "Mode of Transportation Code": "30"}),
        entry_row(3, **bare | {"Mode of Transportation Code": "", "Port of Entry Code": "2304"}),
        entry_row(4, **bare | {"Entry Type Code": "21"}),
    ]
    for row in rows:
        row["Entry Date"] = "01/15/2026"
        row["Entry Summary Date"] = ""
    load("entries", tmp_path, rows)
    found = {entry.number: entry for entry in Entry.objects.all()}
    first = found[entry_number(1)]
    assert (first.mpf, first.hmf, first.fees_estimated) == (Decimal("173.20"), Decimal("62.50"), True)
    assert [line.mpf for line in first.rows.order_by("line")] == [Decimal("34.64"), Decimal("138.56")]
    assert (found[entry_number(2)].mpf, found[entry_number(2)].hmf) == (0, 0)
    assert found[entry_number(3)].hmf is None
    assert found[entry_number(4)].mpf == 0
    assert EntryMonth.objects.get().hmf_unknown_entries == 1


def test_what_counts_as_an_entry_and_as_duty_follows_the_type(tmp_path: Path) -> None:
    load(
        "entries",
        tmp_path,
        [entry_row(1), entry_row(2, **{"Entry Type Code": "21"}), entry_row(3, **{"Entry Type Code": "09"})],
    )
    month = EntryMonth.objects.get()
    assert month.entries == 2
    assert month.duties_taxes_fees == 2 * Decimal("297.14")


def test_unknown_numbers_become_prospective_accounts(tmp_path: Path) -> None:
    outcome = load("entries", tmp_path, [entry_row(1)])
    assert "1 prospective importer account made." in outcome.message
    importer = Account.objects.get(kind="importer")
    broker = Account.objects.get(kind="broker")
    assert (importer.name, importer.state) == ("Quillard Electric", "prospective")
    assert (broker.name, broker.state) == ("Filer 9XZ", "prospective")
    assert FilingRelation.objects.get().broker == broker


def test_an_accounts_file_takes_its_numbers_from_prospective_holders_with_all_rows(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1), entry_row(1, line=2)])
    load("examinations", tmp_path, [examination_row("X1", **{"Examination Cost Amount": "5"})])
    load("bonds", tmp_path, [bond_row()])
    old = Account.objects.get(kind="importer")
    load("accounts", tmp_path, [account_row("Quillard Electric Company")])
    new = Account.objects.get(name="Quillard Electric Company")
    for model in (Entry, EntryLine, EntryMonth, Examination, ExaminationMonth, Cost, Bond, CoveredNumber):
        assert set(model.objects.values_list("account", flat=True)) == {new.pk}, model
    old.refresh_from_db()
    assert old.state == "withdrawn"
    assert FilingRelation.objects.get().importer == new
    assert_sums_equal_rows()
    ownership = Identifier.objects.get(key="96447182000").ownerships.order_by("since")
    assert [one.account_id for one in ownership.filter(until=None)] == [new.pk]


def test_a_filer_code_that_is_taken_brings_what_was_filed_under_it(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load(
        "accounts",
        tmp_path,
        [
            account_row(
                "Lindale",
                **{
                    "Account Type": "BROKER",
                    "Identifier": "9XZ",
                    "Center Code": "",
                    "Program Codes": "",
                    "Contact Email": "",
                },
            )
        ],
    )
    lindale = Account.objects.get(name="Lindale")
    assert Entry.objects.get().filer == lindale
    assert EntryMonth.objects.get().filer == lindale
    assert_sums_equal_rows()


def test_an_examination_waits_for_its_entry_and_links_itself(tmp_path: Path) -> None:
    load("examinations", tmp_path, [examination_row("X1")])
    waiting = Examination.objects.get()
    assert waiting.entry is None
    load("entries", tmp_path, [entry_row(1)])
    waiting.refresh_from_db()
    assert waiting.entry == Entry.objects.get()
    assert waiting.filer == Entry.objects.get().filer
    assert ExaminationMonth.objects.get().entries_examined == 1


def review_rows() -> list[dict[str, str]]:
    """Drawn at random, closed, wrong: of a line, and of the whole entry, which is a cluster of its lines."""
    wrong = {"Examination Type Code": "ESR", "Selection Reason Code": "RANDOM", "Disposition Code": "DISCREPANCY_MTD"}
    wrong |= {"Discrepancy Type Code": "CLASS", "Revenue Difference Amount": "500"}
    lines = {"X1": "001", "X2": ""}
    return [examination_row(number, **wrong, **{"Entry Summary Line Number": line}) for number, line in lines.items()]


def test_a_review_of_a_whole_entry_is_not_counted_as_one_of_a_line(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, review_rows())
    month = ExaminationMonth.objects.get()
    assert (month.reviews, month.reviews_wrong, month.reviews_major, month.owed_on_finds) == (1, 1, 1, 500)
    assert month.owed == 1000


def test_sums_from_before_whole_entries_were_told_apart_are_put_right(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, review_rows())
    right = ExaminationMonth.objects.values().get()
    ExaminationMonth.objects.update(reviews=2, reviews_wrong=2, reviews_major=2, owed_on_finds=1000)
    migration = import_module("examinations.migrations.0045_reviews_of_whole_entries")
    with connection.cursor() as cursor:
        cursor.execute(migration.TAKE_OUT)
    assert ExaminationMonth.objects.values().get() == right


def test_several_rows_of_one_examination_are_several_discrepancies_and_the_gravest_counts(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    rows = [
        examination_row("X1", **{"Disposition Code": "DISCREPANCY_LOL", "Discrepancy Type Code": "MARKING"}),
        examination_row(
            "X1",
            **{
                "Disposition Code": "DISCREPANCY_MTD",
                "Discrepancy Type Code": "CLASS",
                "Revenue Difference Amount": "90",
            },
        ),
    ]
    assert load("examinations", tmp_path, rows).loaded == 2
    examination = Examination.objects.get()
    assert examination.disposition == "DISCREPANCY_MTD"
    assert [one.type for one in examination.discrepancies.all()] == ["MARKING", "CLASS"]
    assert examination.disclosed_reason == "other"
    assert load("examinations", tmp_path, rows).unchanged == 2
    assert load("examinations", tmp_path, rows[:1]).withdrawn == 1
    kept = {row.table: row.was for row in SupersededRow.objects.all()}
    assert kept["examinations_examination"]["discrepancies"][1]["type"] == "CLASS"
    assert "reason" not in kept["examinations_examination"]
    assert kept["examinations_selection"]["reason"] == "TARGETED"


def test_what_the_account_recorded_itself_no_load_touches(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, [examination_row("X1", **{"Examination Cost Amount": "100"})])
    examination = Examination.objects.get()
    Cost.objects.create(examination=examination, account=examination.account, by="account", amount=77)
    load("examinations", tmp_path, [examination_row("X1", **{"Examination Cost Amount": ""})])
    assert [(one.by, one.amount) for one in Cost.objects.all()] == [("account", 77)]


def test_an_open_examination_discloses_nothing_until_it_is_closed(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    drawn = {"Selection Reason Code": "RANDOM", "Selection Probability": "0.02"}
    load("examinations", tmp_path, [examination_row("X1", **drawn | {"Disposition Code": "", "Released Date": ""})])
    assert Examination.objects.get().disclosed_reason == ""
    load("examinations", tmp_path, [examination_row("X1", **drawn)])
    assert Examination.objects.get().disclosed_reason == "random"


def test_sums_equal_rows_after_a_random_series_of_loads(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(12):
        rows = []
        for serial in chance.sample(range(1, 9), 4):
            changes = {
                "Importer Number": chance.choice(["96-447182000", "96-111111100"]),
                "Entry Type Code": chance.choice(["01", "11", "21"]),
                "Entry Date": days_ago(chance.choice([10, 45, 90])),
                "Entry Summary Date": "",
            }
            for line in range(1, chance.randint(2, 5)):
                duty = {
                    "Line Tariff Duty Amount": str(chance.randint(0, 500)),
                    "Line MPF Amount": chance.choice(["", "30"]),
                }
                rows.append(entry_row(serial, line=line, **changes, **duty))
        load("entries", tmp_path, rows, partial=chance.random() < 0.3)
        assert_sums_equal_rows()


def test_a_load_that_dies_half_way_changes_nothing_but_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("entries", tmp_path, [entry_row(1)])

    def dies(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("examinations.loading.entries.summaries.bring_up_to_date", dies)
    with pytest.raises(KeyboardInterrupt):
        load("entries", tmp_path, [entry_row(1, **{"Line Tariff Duty Amount": "9"}), entry_row(2)])
    assert [entry.duty for entry in Entry.objects.all()] == [250]
    assert Load.objects.latest("created_at").state == Load.State.FAILED


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample files do not lie beside the checkout")
def test_the_sample_files_load_with_nothing_rejected_and_again_unchanged() -> None:
    expected = {"accounts": 77, "entries": 15_630, "examinations": 1_229, "bonds": 73}
    for again in (False, True):
        for kind, rows in expected.items():
            outcome = loading.load_path(
                kind,
                SAMPLE / f"{kind}.csv",
                as_of=datetime.date(2026, 11, 24) if timezone.localdate() >= datetime.date(2026, 11, 24) else None,
            )
            assert (outcome.rejected, outcome.withdrawn) == (0, 0)
            assert (outcome.unchanged if again else outcome.loaded) == rows
    assert_sums_equal_rows()


def test_the_worker_login_may_load_and_web_may_not(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_worker")
        assert load("entries", tmp_path, [entry_row(1)]).loaded == 1
        cursor.execute("RESET ROLE")
