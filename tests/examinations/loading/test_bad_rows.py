"""Each bad row gets a clear reason and costs no other row anything."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from examinations.loading.load import Outcome, load_path
from examinations.models import Entry, EntryLine, Examination, Load, Reject
from tests.examinations.loading import files
from tests.examinations.loading.files import bond_row, days_ago, entry_number, entry_row, examination_row, load

pytestmark = pytest.mark.django_db


def only_reason(outcome: Outcome, column: str) -> str:
    """The reason of the one rejected row, which stands in the column."""
    assert outcome.rejected == 1
    reject = Reject.objects.get()
    assert reject.column == column
    assert reject.cells, "the row is kept whole"
    return reject.reason


AHEAD = (timezone.localdate() + datetime.timedelta(days=31)).strftime("%m/%d/%Y")
BAD_ENTRY_CELLS = [
    ("Entry Summary Number", "9XZ-1234567-0", "check digit"),
    ("Entry Summary Number", "ABC", "not an entry number"),
    ("Entry Summary Number", "", "missing"),
    ("Entry Summary Line Number", "0", "number from 1 to 999"),
    ("Entry Summary Line Number", "1x", "number from 1 to 999"),
    ("Entry Type Code", "99", "not a known code"),
    ("Importer Number", "12-34567890O", "letter O"),
    ("Importer Number", "123456789", "Nine digits"),
    ("Importer Number", "", "missing"),
    ("Port of Entry Code", "27X4", "not four digits"),
    ("Port of Entry Code", "27041", "not four digits"),
    ("Entry Date", "13/45/2025", "not a date"),
    ("Entry Date", "02/30/2025", "not a date"),
    ("Entry Date", "soon", "not a date"),
    ("Entry Date", "12/31/1989", "before 1990"),
    ("Entry Date", "12345", "before 1990"),
    ("Entry Date", "99999", "more than 30 days ahead"),
    ("Entry Date", "4600", "not a date"),
    ("Entry Date", AHEAD, "more than 30 days ahead"),
    ("Country of Origin Code", "CHN", "country code"),
    ("Country of Origin Code", "C1", "country code"),
    ("HTS Number - Full", "850110", "eight or ten digits"),
    ("HTS Number - Full", "85011040AB", "eight or ten digits"),
    ("HTS Number - Full", "85011040201", "eight or ten digits"),
    ("Line Tariff Goods Value Amount", "ten", "not an amount"),
    ("Line Tariff Goods Value Amount", "1.234", "not an amount"),
    ("Line Tariff Goods Value Amount", "99999999999999999999", "not an amount"),
    ("Line Tariff Goods Value Amount", "-5.00", "negative"),
    ("Line Tariff Duty Amount", "(250.00)", "negative"),
    ("Line Tariff Duty Amount", "250.00-", "negative"),
    ("Line MPF Amount", "-1", "negative"),
    ("Mode of Transportation Code", "sea", "not 2 digits"),
    ("Manufacturer ID", "CNCORTEC1958SUZHOU", "longer than 15"),
    # Digits of other scripts are digits to a pattern and none to the database.
    ("Entry Summary Number", "9XZ\u0660\u0660\u0660\u0660\u0660\u0661\u0662\u0663", "not an entry number"),
    ("Entry Summary Line Number", "\u0663", "number from 1 to 999"),
    ("Importer Number", "\u0669\u0666-447182000", "is not NN-NNNNNNNXX"),
    ("Port of Entry Code", "\u0662\u0667\u0660\u0664", "not four digits"),
    ("Entry Date", "\u0661\u0660/01/2025", "not a date"),
    ("HTS Number - Full", "\u0668\u0665\u0660\u0661\u0661\u0660\u0664\u0660", "eight or ten digits"),
    ("Line Tariff Goods Value Amount", "\u0661\u0662\u0663", "not an amount"),
    ("Mode of Transportation Code", "\u0661\u0661", "not 2 digits"),
]


@pytest.mark.parametrize(("header", "cell", "why"), BAD_ENTRY_CELLS)
def test_a_bad_cell_of_an_entry_rejects_its_row_alone(tmp_path: Path, header: str, cell: str, why: str) -> None:
    outcome = load("entries", tmp_path, [entry_row(1), entry_row(2, **{header: cell}), entry_row(3)])
    assert why in only_reason(outcome, header)
    assert set(Entry.objects.values_list("number", flat=True)) == {entry_number(1), entry_number(3)}
    assert outcome.loaded == 2


@pytest.mark.parametrize("text", ["$1,234.50", "1234.5", "1,234.50", "1234.500", "$1234.50"])
def test_money_is_read_as_the_field_writes_it(tmp_path: Path, text: str) -> None:
    load("entries", tmp_path, [entry_row(1, **{"Line Tariff Goods Value Amount": text})])
    assert str(EntryLine.objects.get().value) == "1234.50"


@pytest.mark.parametrize(("text", "amount"), [("-126.81", "-126.81"), ("126.81-", "-126.81"), ("($126.81)", "-126.81")])
def test_a_revenue_difference_may_be_negative_in_every_notation(tmp_path: Path, text: str, amount: str) -> None:
    load("entries", tmp_path, [entry_row(1)])
    row = examination_row(
        **{"Disposition Code": "DISCREPANCY_LOL", "Discrepancy Type Code": "VALUE", "Revenue Difference Amount": text}
    )
    assert load("examinations", tmp_path, [row]).rejected == 0
    assert str(Examination.objects.get().discrepancies.get().revenue_difference) == amount


FORTY_DAYS_AGO = timezone.localdate() - datetime.timedelta(days=40)


@pytest.mark.parametrize(
    "text", [days_ago(40), FORTY_DAYS_AGO.isoformat(), str((FORTY_DAYS_AGO - datetime.date(1899, 12, 30)).days)]
)
def test_dates_are_read_american_iso_and_as_a_spreadsheet_counts_days(tmp_path: Path, text: str) -> None:
    load("entries", tmp_path, [entry_row(1, **{"Entry Date": text})])
    assert Entry.objects.get().entry_date == timezone.localdate() - datetime.timedelta(days=40)


def test_filing_before_arrival_is_normal(tmp_path: Path) -> None:
    soon = (timezone.localdate() + datetime.timedelta(days=30)).strftime("%m/%d/%Y")
    assert load("entries", tmp_path, [entry_row(1, **{"Entry Date": soon, "Entry Summary Date": ""})]).rejected == 0


def test_the_same_tariff_row_twice_with_different_amounts_rejects_both_and_no_other(tmp_path: Path) -> None:
    rows = [entry_row(1), entry_row(2), entry_row(2, **{"Line Tariff Duty Amount": "999.00"}), entry_row(2, line=2)]
    outcome = load("entries", tmp_path, rows)
    assert outcome.rejected == 2
    assert all("stands twice" in one.reason for one in Reject.objects.all())
    assert EntryLine.objects.filter(entry__number=entry_number(2)).count() == 1


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Total Liquidated Duty Amount", ("250.00", "100.00")),
        ("Total Liquidated Duty Amount", ("", "100.00")),
        ("Post Summary Correction Indicator", ("Y", "")),
        ("AD/CVD Case Number", ("A570900000", "")),
        ("Bond Number", ("994471140", "994471141")),
        ("Filer Name", ("Lindale", "")),
    ],
)
def test_the_same_tariff_row_twice_is_compared_in_every_column(
    tmp_path: Path, header: str, cells: tuple[str, str]
) -> None:
    outcome = load("entries", tmp_path, [entry_row(1, **{header: cell}) for cell in cells])
    assert (outcome.loaded, outcome.unchanged, outcome.rejected) == (0, 0, 2)
    assert all("different contents" in one.reason for one in Reject.objects.all())


def test_what_no_column_of_ours_says_makes_no_row_another(tmp_path: Path) -> None:
    rows = [
        entry_row(1, **{"Our Remark": remark, "Line Tariff Duty Amount": duty})
        for remark, duty in (("a", "250"), ("b", "$250.00"))
    ]
    assert load("entries", tmp_path, rows).unchanged == 1


def test_the_same_tariff_row_twice_alike_counts_once(tmp_path: Path) -> None:
    outcome = load("entries", tmp_path, [entry_row(1), entry_row(1)])
    assert (outcome.loaded, outcome.unchanged, outcome.rejected) == (1, 1, 0)
    assert Entry.objects.get().value == 10_000


@pytest.mark.parametrize(
    ("header", "other"),
    [
        ("Importer Number", "96-111111100"),
        ("Port of Entry Code", "2709"),
        ("Entry Type Code", "11"),
        ("Entry Date", days_ago(41)),
        ("Entry Summary Date", days_ago(29)),
    ],
)
def test_rows_of_an_entry_that_disagree_are_rejected_together_naming_the_column(
    tmp_path: Path, header: str, other: str
) -> None:
    outcome = load("entries", tmp_path, [entry_row(1), entry_row(2), entry_row(2, line=2, **{header: other})])
    assert outcome.rejected == 2
    assert set(Reject.objects.values_list("column", flat=True)) == {header}
    assert all(f"disagree on {header}" in one.reason for one in Reject.objects.all())
    assert Entry.objects.get().number == entry_number(1)


BAD_EXAMINATION_CELLS = [
    ("Examination Type Code", "XRAY", "not one of"),
    ("Examination Type Code", "", "missing"),
    ("Selection Reason Code", "HUNCH", "not one of"),
    ("Disposition Code", "FINE", "not one of"),
    ("Discrepancy Type Code", "TYPO", "not one of"),
    ("Port Code", "LA", "not four digits"),
    ("Selected Date", "", "missing"),
    ("Selected Date", (timezone.localdate() + datetime.timedelta(days=1)).isoformat(), "in the future"),
    ("Released Date", (timezone.localdate() + datetime.timedelta(days=1)).isoformat(), "in the future"),
    ("Examined Date", (timezone.localdate() + datetime.timedelta(days=2)).isoformat(), "in the future"),
    ("Released Date", days_ago(31), "released before it was selected"),
    ("Selection Probability", "0", "not a probability"),
    ("Selection Probability", "1.5", "not a probability"),
    ("Selection Probability", "0.0000000004", "not a probability"),
    ("Selection Probability", "1e-12", "not a probability"),
    ("Selection Probability", "NaN", "not a probability"),
    ("Selection Probability", "-inf", "not a probability"),
    ("Selection Probability", "0.02", "only with RANDOM or FOLLOWUP"),
    ("Examination Cost Amount", "-5", "negative"),
    ("Container Number", "ZZ?U", "not a container"),
    ("Importer Number", "96-111111100", "another importer number"),
    ("Importer Number", "12-34567890O", "letter O"),
    ("Importer Number", "123456789", "Nine digits"),
    ("Entry Summary Number", f"{entry_number(1)[:-1]}{(int(entry_number(1)[-1]) + 1) % 10}", "check digit"),
    ("Entry Summary Number", "ABC", "not an entry number"),
    ("Hold Type Code", "CUSTODY", "not one of MANIFEST"),
    ("Selected Date", "12/31/1989", "before 1990"),
    ("Notified Date", "12/31/1989", "before 1990"),
    ("Presented Date", "1989-12-31", "before 1990"),
    ("Released Date", "32873", "before 1990"),
    ("Revenue Difference Amount", "--5", "not an amount"),
    ("Mode of Transportation Code", "sea", "not 2 digits"),
    ("Agency Code", "A" * 13, "longer than 12"),
]


@pytest.mark.parametrize(("header", "cell", "why"), BAD_EXAMINATION_CELLS)
def test_a_bad_cell_of_an_examination_rejects_its_row_alone(tmp_path: Path, header: str, cell: str, why: str) -> None:
    load("entries", tmp_path, [entry_row(1)])
    first = {header: ""} | examination_row("X1")
    rows = [first, examination_row("X2", **{header: cell}), examination_row("X3")]
    assert why in only_reason(load("examinations", tmp_path, rows), header)
    assert set(Examination.objects.values_list("number", flat=True)) == {"X1", "X3"}


def test_a_version_of_an_examination_older_than_the_stored_one_is_stale(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    today = timezone.localdate()
    held = {"Disposition Code": "DETAINED", "Released Date": ""}
    load("examinations", tmp_path, [examination_row(**held)], as_of=today - datetime.timedelta(days=9))
    load("examinations", tmp_path, [examination_row(**held)], as_of=today - datetime.timedelta(days=2))
    outcome = load("examinations", tmp_path, [examination_row()], as_of=today - datetime.timedelta(days=5))
    assert "stale: a version of examination X1 is stored" in only_reason(outcome, "Examination Number")
    assert Examination.objects.get().disposition == "DETAINED"
    assert load("examinations", tmp_path, [examination_row()], as_of=today).loaded == 1
    assert Examination.objects.get().disposition == "NO_DISCREPANCY"


def test_an_examination_of_nothing_is_rejected(tmp_path: Path) -> None:
    outcome = load("examinations", tmp_path, [examination_row("X1", **{"Entry Summary Number": ""})])
    assert "neither an entry nor a bill" in only_reason(outcome, "Entry Summary Number")


def test_an_examination_with_neither_a_known_entry_nor_an_importer_number_is_rejected(tmp_path: Path) -> None:
    outcome = load("examinations", tmp_path, [examination_row("X1", **{"Importer Number": ""})])
    assert "no importer number to wait under" in only_reason(outcome, "Importer Number")


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Port Code", ("2704", "2709")),
        ("Importer Number", ("", "96-447182000")),
        ("Entry Summary Line Number", ("", "3")),
        ("Mode of Transportation Code", ("11", "40")),
        ("Hold Type Code", ("", "CET")),
        ("Examination Type Code", ("NII", "CET")),
        ("Agency Code", ("FDA", "CPSC")),
        ("Selection Reason Code", ("RANDOM", "FOLLOWUP")),
        ("Selection Probability", ("", "0.02")),
        ("Selected Date", (days_ago(30), days_ago(31))),
        ("Notified Date", ("", days_ago(29))),
        ("Presented Date", (days_ago(28), days_ago(29))),
        ("Examined Date", (days_ago(29), "")),
        ("Released Date", (days_ago(28), "")),
        ("Examination Cost Amount", ("100", "")),
    ],
)
def test_rows_of_an_examination_that_disagree_are_rejected_together(
    tmp_path: Path, header: str, cells: tuple[str, str]
) -> None:
    load("entries", tmp_path, [entry_row(1)])
    drawn = {"Selection Reason Code": "RANDOM"}
    both = [examination_row("X2", **drawn | {header: cell}) for cell in cells]
    rows = [examination_row("X1", **drawn | {header: cells[0] or cells[1]}), *both]
    outcome = load("examinations", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (1, 2)
    assert all(f"disagree on {header}" in one.reason for one in Reject.objects.all())
    assert set(Reject.objects.values_list("column", flat=True)) == {header}


def test_rows_of_an_examination_may_differ_in_what_was_found_and_in_what(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    rows = [
        examination_row("X1", **{"Container Number": "QLLU1234567", "Bill of Lading Number": "QLLN2"}),
        examination_row(
            "X1",
            **{
                "Container Number": "QLLU7654321",
                "Disposition Code": "DISCREPANCY_LOL",
                "Discrepancy Type Code": "VALUE",
                "Declared Amount": "1",
                "Found Amount": "2",
                "Revenue Difference Amount": "-3",
            },
        ),
    ]
    outcome = load("examinations", tmp_path, rows)
    assert outcome.loaded == 2
    assert "1 examination names several bills or containers: of each the last in order is kept." in outcome.message
    one = Examination.objects.get()
    assert (one.container, one.bill, one.disposition) == ("QLLU7654321", "QLLN2", "DISCREPANCY_LOL")


@pytest.mark.parametrize(
    ("header", "cell", "why"),
    [
        ("Bond Amount", "0", "bond of nothing"),
        ("Bond Amount", "-50000", "negative"),
        ("Activity Code", "77", "not one of"),
        ("Termination Date", days_ago(500), "ends before it takes effect"),
        ("Rider Codes", "RECON;NONSENSE", "rider"),
        ("Effective Date", "", "missing"),
    ],
)
def test_a_bad_cell_of_a_bond_rejects_its_row_alone(tmp_path: Path, header: str, cell: str, why: str) -> None:
    outcome = load("bonds", tmp_path, [bond_row("1"), bond_row("2", **{header: cell}), bond_row("3")])
    assert why in only_reason(outcome, header)
    assert outcome.loaded == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"Center Code": "099"}, "no Center"),
        ({"Program Codes": "ACE;WIZARD"}, "not a list of ACE"),
        ({"Program Codes": "CTPAT:9"}, "not a list of ACE"),
        ({"Contact Email": "nobody at all"}, "mail address"),
        ({"Account Type": "BROKER"}, "broker has no Center"),
        ({"Account Type": "SHIP"}, "not one of"),
        ({"Identifier": "96-44"}, "not NN-"),
    ],
)
def test_a_bad_row_of_an_accounts_file_is_rejected(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    good = files.account_row("Other Goods", Identifier="96-222222200")
    outcome = load("accounts", tmp_path, [good, files.account_row("Bad Goods", **changes)])
    assert outcome.rejected == 1
    assert why in Reject.objects.get().reason
    assert outcome.loaded == 1


def test_an_identifier_held_by_another_active_account_is_rejected(tmp_path: Path) -> None:
    load("accounts", tmp_path, [files.account_row("Quillard Electric")])
    outcome = load("accounts", tmp_path, [files.account_row("Thief Goods")])
    assert "held by another active account" in Reject.objects.get().reason
    assert outcome.rejected == 1


def test_a_social_security_number_is_sealed_and_never_shown(tmp_path: Path) -> None:
    rows = [
        entry_row(1, **{"Importer Number": "123-45-6789"}),
        entry_row(2, **{"Importer Number": "123-45-6789", "Port of Entry Code": "?"}),
    ]
    load("entries", tmp_path, rows)
    identifier = Entry.objects.get().identifier
    assert identifier.value == "***-**-6789"
    assert identifier.key.startswith("ssn:")
    assert identifier.sealed
    assert "123-45" not in str(Reject.objects.get().cells)
    assert load("entries", tmp_path, rows[:1]).unchanged == 1


def test_rejects_are_written_whole_and_guarded_against_formulas(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    row = entry_row(1, **{"Importer Name": "=HYPERLINK(1)", "Port of Entry Code": "x"})
    path = files.write_csv(tmp_path / "f.csv", [row])
    load_path("entries", path, rejects_to=out)
    text = out.read_text()
    assert text.startswith("Row,Column,Reason,Entry Summary Number,")
    assert "'=HYPERLINK(1)" in text
    assert Load.objects.get().state == Load.State.PARTLY
