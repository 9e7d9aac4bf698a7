"""An accounts file: a nonsensical cell costs its row and no other; what comes in of programs and contacts."""

import datetime
from pathlib import Path

import pytest

from accounts.models import Account, Enrollment, Person
from examinations.models import Reject
from tests.examinations.loading.files import Row, account_row, load

pytestmark = pytest.mark.django_db

OTHER = "96-222222200"


def both(tmp_path: Path, **changes: str) -> list[tuple[int, str, str]]:
    """The rejects of a file whose second row has these cells; the first row, of another account, came in."""
    load("accounts", tmp_path, [account_row("Good Goods", Identifier=OTHER), account_row("Bad Goods", **changes)])
    assert Account.objects.get(name="Good Goods").state == "active"
    assert Account.objects.filter(name="Bad Goods").exists() != Reject.objects.exists()
    return list(Reject.objects.values_list("row", "column", "reason"))


def enrolled(name: str = "Bad Goods") -> list[tuple[str, int | None, datetime.date | None]]:
    return list(Enrollment.objects.filter(account__name=name).values_list("program", "tier", "since"))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("CTPAT:2:2024-13-45", "'CTPAT:2:2024-13-45' gives CTPAT a date that is none (from 1990 on)"),
        ("CTPAT:2:2023-02-29", "'CTPAT:2:2023-02-29' gives CTPAT a date that is none (from 1990 on)"),
        ("CTPAT:2:0001-01-01", "'CTPAT:2:0001-01-01' gives CTPAT a date that is none (from 1990 on)"),
        ("ACE:2", "'ACE:2' gives a tier to ACE, and CTPAT alone has tiers"),
        ("CTPAT; ISA:1:2024-05-01", "'CTPAT; ISA:1:2024-05-01' gives a tier to ISA, and CTPAT alone has tiers"),
        ("CTPAT:1;CTPAT:2", "'CTPAT:1;CTPAT:2' names CTPAT twice"),
        ("ACE;WIZARD", "not a list of ACE"),
        ("CTPAT:9", "not a list of ACE"),
        ("CTPAT:2:05/01/2024", "not a list of ACE"),
        ("CTPAT:2:٢٠٢٤-٠٥-٠١", "not a list of ACE"),
        ("ACE" * 67, "longer than 200 characters"),
    ],
)
def test_a_nonsensical_program_costs_its_row_alone(tmp_path: Path, cell: str, why: str) -> None:
    ((row, column, reason),) = both(tmp_path, **{"Program Codes": cell})
    assert (row, column) == (3, "Program Codes")
    assert why in reason


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", []),
        (" ace ; ctpat:3:2024-05-01;", [("ACE", None, None), ("CTPAT", 3, datetime.date(2024, 5, 1))]),
        ("CTPAT:1", [("CTPAT", 1, None)]),
        ("CTPAT::2024-02-29;ISA", [("CTPAT", None, datetime.date(2024, 2, 29)), ("ISA", None, None)]),
    ],
)
def test_programs_come_in_with_tier_and_date(
    tmp_path: Path, cell: str, said: list[tuple[str, int | None, datetime.date | None]]
) -> None:
    assert both(tmp_path, **{"Program Codes": cell}) == []
    assert enrolled() == said


def test_rows_of_one_account_that_give_ctpat_two_tiers_are_refused_together(tmp_path: Path) -> None:
    rows = [
        account_row(Identifier="96-44718200" + end, **{"Program Codes": cell})
        for end, cell in (("0", "ACE;CTPAT:1"), ("1", "ctpat:2:2024-05-01"), ("2", "ACE"))
    ]
    assert load("accounts", tmp_path, rows).rejected == 3
    why = "rows of account Quillard Electric disagree on Program Codes"
    assert set(Reject.objects.values_list("column", "reason")) == {("Program Codes", why)}


def test_rows_of_one_account_may_tell_more_or_less_of_its_programs(tmp_path: Path) -> None:
    rows = [
        account_row(Identifier="96-44718200" + end, **{"Program Codes": cell})
        for end, cell in (("0", "CTPAT"), ("1", "CTPAT:2"), ("2", "CTPAT:2;ACE"), ("3", "CTPAT::2024-05-01"))
    ]
    assert load("accounts", tmp_path, rows).rejected == 0
    assert load("accounts", tmp_path, rows).unchanged == 4
    assert enrolled("Quillard Electric") == [("ACE", None, None), ("CTPAT", 2, datetime.date(2024, 5, 1))]


def test_a_contact_with_a_long_address_is_named_by_the_beginning_of_it(tmp_path: Path) -> None:
    address = "x" * 121 + "@quillard.example"
    assert both(tmp_path, **{"Contact Email": address}) == []
    assert Person.objects.get(email=address).name == "x" * 120


@pytest.mark.parametrize("header", ["Account Name", "Account Type", "Identifier"])
def test_a_row_without_name_type_or_identifier_is_rejected_alone(tmp_path: Path, header: str) -> None:
    assert both(tmp_path, **{header: " "}) == [(3, header, f"{header} is missing")]


def two(name: str, number: str, **changes: str) -> list[Row]:
    return [account_row(), account_row(name, Identifier=number, **changes)]


def test_rows_of_one_account_that_name_two_centers_are_refused_and_other_accounts_come_in(tmp_path: Path) -> None:
    rows = [*two("Quillard Electric", OTHER, **{"Center Code": "003"}), account_row("Third", Identifier="96-333333300")]
    outcome = load("accounts", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (1, 2)
    why = "rows of account Quillard Electric disagree on Center Code"
    assert list(Reject.objects.order_by("row").values_list("row", "column", "reason")) == [
        (2, "Center Code", why),
        (3, "Center Code", why),
    ]
    assert list(Account.objects.filter(state="active").values_list("name", flat=True)) == ["Third"]


def test_rows_of_one_account_may_leave_its_center_blank(tmp_path: Path) -> None:
    assert load("accounts", tmp_path, two("Quillard Electric", OTHER, **{"Center Code": ""})).rejected == 0
    account = Account.objects.get(name="Quillard Electric")
    assert (account.center_id, account.identifiers.count()) == ("010", 2)


def test_an_identifier_under_two_accounts_of_one_file_is_given_to_neither(tmp_path: Path) -> None:
    rows = [*two("Second Goods", "96-447182000"), account_row("Third", Identifier=OTHER)]
    outcome = load("accounts", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (1, 2)
    why = "96-447182000 stands under two accounts in this file"
    assert list(Reject.objects.order_by("row").values_list("row", "column", "reason")) == [
        (2, "Identifier", why),
        (3, "Identifier", why),
    ]
    assert list(Account.objects.values_list("name", flat=True)) == ["Third"]


def test_the_same_row_twice_or_one_name_of_two_types_is_no_disagreement(tmp_path: Path) -> None:
    broker = {"Account Type": "BROKER", "Identifier": "9XZ", "Center Code": "", "Contact Email": ""}
    outcome = load("accounts", tmp_path, [account_row(), account_row(), account_row(**broker)])
    assert (outcome.loaded, outcome.rejected) == (3, 0)
    assert set(Account.objects.values_list("name", "kind")) == {
        ("Quillard Electric", "importer"),
        ("Quillard Electric", "broker"),
    }
