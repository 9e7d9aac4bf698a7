"""Whose bond it is: a file that may lack the principal's row, or whose row cannot be used, hands it to nobody else."""

from importlib import import_module
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Account
from compliance.bonds.models import Bond, CoveredNumber
from examinations.models import Reject
from tests.compliance.test_bonds_loading import MAIN, SISTER, THIRD, covered, reasons
from tests.examinations.loading.files import Row, bond_row, load

pytestmark = pytest.mark.django_db

BAD = {"Bond Amount": "much"}


def row(number: str, role: str = "", **changes: str) -> Row:
    return bond_row("77", **{"Importer Number": number, "Party Role": role} | changes)


@pytest.fixture
def stored(tmp_path: Path) -> Account:
    """Bond 77 of the main number, whose sister uses it; returns the principal's account."""
    load("bonds", tmp_path, [row(MAIN, "PRINCIPAL", **{"Rider Codes": "RECON"}), row(SISTER, "CO_PRINCIPAL")])
    return Bond.objects.get().account


def principals() -> set[Account]:
    """The accounts that the bond and the numbers on it name as the principal's."""
    return {one.principal_account for one in CoveredNumber.objects.select_related("principal_account")} | {
        one.account for one in Bond.objects.select_related("account")
    }


@pytest.mark.parametrize("role", ["USER", "CO_PRINCIPAL", ""])
def test_a_partial_row_of_another_company_leaves_the_bond_with_its_principal(
    tmp_path: Path, stored: Account, role: str
) -> None:
    more = {"Bond Amount": "300000"}
    outcome = load("bonds", tmp_path, [row(THIRD, role, **more)], partial=True)
    assert (outcome.loaded, outcome.rejected) == (1, 0)
    assert covered("77") == {MAIN: "PRINCIPAL", SISTER: "CO_PRINCIPAL", THIRD: role or "USER"}
    assert principals() == {stored}
    bond = Bond.objects.get()
    assert (bond.amount, bond.riders) == (300_000, ["RECON"])


@pytest.mark.parametrize("number", [MAIN, SISTER])
def test_a_partial_row_without_a_role_leaves_its_number_the_role_that_it_has(
    tmp_path: Path, stored: Account, number: str
) -> None:
    outcome = load("bonds", tmp_path, [row(number, **{"Rider Codes": "RECON"})], partial=True)
    assert (outcome.loaded, outcome.unchanged) == (0, 1)
    assert covered("77") == {MAIN: "PRINCIPAL", SISTER: "CO_PRINCIPAL"}


def test_a_first_row_that_cannot_be_used_hands_a_stored_bond_to_no_other_number(
    tmp_path: Path, stored: Account
) -> None:
    outcome = load("bonds", tmp_path, [row(MAIN, **BAD), row(SISTER), row(THIRD)])
    assert (outcome.loaded, outcome.rejected, outcome.withdrawn) == (2, 1, 0)
    assert covered("77") == {MAIN: "PRINCIPAL", SISTER: "CO_PRINCIPAL", THIRD: "USER"}
    assert principals() == {stored}


@pytest.mark.parametrize("roles", [("", "", ""), ("PRINCIPAL", "USER", "USER"), ("PRINCIPAL", "", "")])
def test_a_new_bond_without_a_usable_row_of_its_principal_is_refused_and_comes_in_mended(
    tmp_path: Path, roles: tuple[str, ...]
) -> None:
    first, *others = [row(number, role) for number, role in zip((MAIN, SISTER, THIRD), roles, strict=True)]
    outcome = load("bonds", tmp_path, [first | BAD, *others, bond_row("78")])
    assert (outcome.loaded, outcome.rejected) == (1, 3)
    assert list(Bond.objects.values_list("number", flat=True)) == ["78"]
    without = "rows of bond 77 are rejected, and none of the others says PRINCIPAL: none of them is used"
    assert reasons()[1:] == [("Party Role", without)] * 2
    mended = load("bonds", tmp_path, [first, *others], partial=True)
    assert (mended.loaded, mended.rejected) == (3, 0)
    assert covered("77") == {MAIN: "PRINCIPAL", SISTER: "USER", THIRD: "USER"}


def test_a_new_bond_behind_a_row_of_no_number_has_lost_its_principal_perhaps(tmp_path: Path) -> None:
    nameless = row(MAIN) | {"Bond Number": ""}
    rows = [
        bond_row("76", **{"Party Role": ""}),
        nameless,
        row(SISTER),
        nameless,
        row(THIRD),
        bond_row("78", **{"Party Role": ""}),
    ]
    outcome = load("bonds", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (2, 4)
    assert set(Bond.objects.values_list("number", flat=True)) == {"76", "78"}
    why = "the row before bond 77 cannot be used and may be its principal's, and none of its rows says PRINCIPAL"
    assert [one for one in reasons() if one[0] == "Party Role"] == [("Party Role", why)] * 2
    said = [rows[0], nameless, row(SISTER, "PRINCIPAL"), row(THIRD)]
    assert load("bonds", tmp_path, said).rejected == 1
    assert covered("77") == {SISTER: "PRINCIPAL", THIRD: "USER"}


def test_a_refused_row_of_another_bond_stands_between_a_lost_row_and_the_next_bond(tmp_path: Path) -> None:
    nothing = bond_row("78", **{"Bond Amount": "0"})
    outcome = load("bonds", tmp_path, [row(MAIN) | {"Bond Number": ""}, nothing, row(SISTER)])
    assert (outcome.loaded, outcome.rejected) == (1, 2)
    assert covered("77") == {SISTER: "PRINCIPAL"}


def test_a_new_bond_of_users_alone_is_refused_in_a_partial_file_too(tmp_path: Path) -> None:
    assert load("bonds", tmp_path, [row(THIRD, "USER")], partial=True).rejected == 1
    assert reasons() == [("Party Role", "bond 77 has rows and none of them is the principal's")]
    assert not Bond.objects.exists()


def test_a_first_row_of_a_user_leaves_a_bond_without_principal_also_where_others_name_no_role(tmp_path: Path) -> None:
    assert load("bonds", tmp_path, [row(MAIN, "USER"), row(SISTER)]).rejected == 2
    assert not Bond.objects.exists()


def test_a_partial_row_does_not_make_the_principal_a_user_of_its_own_bond(tmp_path: Path, stored: Account) -> None:
    outcome = load("bonds", tmp_path, [row(MAIN, "USER"), row(THIRD, "USER")], partial=True)
    assert (outcome.loaded, outcome.rejected) == (1, 1)
    why = "the number is the principal of bond 77, and no row names another"
    assert Reject.objects.values_list("row", "column", "reason").get() == (2, "Party Role", why)
    assert covered("77") == {MAIN: "PRINCIPAL", SISTER: "CO_PRINCIPAL", THIRD: "USER"}
    assert principals() == {stored}


@pytest.mark.parametrize("spoiled", [False, True])
def test_a_principal_whom_a_row_names_takes_the_place_of_the_one_before(
    tmp_path: Path, stored: Account, spoiled: bool
) -> None:
    bad = [row(MAIN, "USER", **BAD)] if spoiled else []
    outcome = load("bonds", tmp_path, [row(THIRD, "PRINCIPAL"), *bad], partial=not spoiled)
    assert (outcome.loaded, outcome.rejected) == (1, len(bad))
    assert covered("77") == {THIRD: "PRINCIPAL", SISTER: "CO_PRINCIPAL", MAIN: "USER"}
    assert principals() == {Account.objects.get(identifiers__value=THIRD)}
    assert stored not in principals()


def test_the_database_keeps_one_principal_and_an_update_of_two_leaves_the_one_whose_bond_it_is(stored: Account) -> None:
    CoveredNumber.objects.filter(role="CO_PRINCIPAL").update(role="PRINCIPAL")
    with pytest.raises(IntegrityError, match="covered_number_one_principal"), transaction.atomic():
        connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(import_module("compliance.bonds.migrations.0010_one_principal").ONE)
    connection.check_constraints()
    assert covered("77") == {MAIN: "PRINCIPAL", SISTER: "USER"}
