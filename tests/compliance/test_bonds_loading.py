"""Bonds by the file: all numbers of a bond, its versions, its history; and what the importer's first page sums."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Identifier
from accounts.scope import acting_for
from compliance.bonds.duties import duties_on
from compliance.bonds.models import Bond, CoveredNumber
from examinations.models import Entry, EntryMonth, Reject, SupersededRow
from tests.examinations.loading.files import bond_row, days_ago, entry_row, load
from tests.named_people import World, make_account, make_person

pytestmark = pytest.mark.django_db

MAIN, SISTER, THIRD = "96-447182000", "96-447182001", "96-222222200"


def covered(number: str) -> dict[str, str]:
    return {
        one.identifier.value: one.role
        for one in CoveredNumber.objects.filter(bond__number=number).select_related("identifier")
    }


def reasons() -> list[tuple[str, str]]:
    return list(Reject.objects.order_by("row").values_list("column", "reason"))


def test_a_bond_covers_all_its_numbers_and_the_first_is_the_principal(tmp_path: Path) -> None:
    rows = [bond_row("77", **{"Importer Number": number, "Party Role": ""}) for number in (MAIN, SISTER, THIRD)]
    assert load("bonds", tmp_path, rows).loaded == 3
    assert covered("77") == {MAIN: "PRINCIPAL", SISTER: "USER", THIRD: "USER"}
    bond = Bond.objects.get()
    assert bond.account == Account.objects.get(identifiers__value=MAIN)
    assert (bond.amount, bond.bond_type, bond.activity_code, bond.surety_code) == (200_000, "8", "1", "900")


def test_a_principal_named_below_the_first_row_is_the_only_one(tmp_path: Path) -> None:
    rows = [
        bond_row("77", **{"Importer Number": SISTER, "Party Role": ""}),
        bond_row("77", **{"Importer Number": MAIN, "Party Role": "PRINCIPAL"}),
        bond_row("77", **{"Importer Number": THIRD, "Party Role": "CO_PRINCIPAL"}),
    ]
    load("bonds", tmp_path, rows)
    assert covered("77") == {SISTER: "USER", MAIN: "PRINCIPAL", THIRD: "CO_PRINCIPAL"}
    assert Bond.objects.get().account == Account.objects.get(identifiers__value=MAIN)


def test_two_principals_or_none_are_refused_and_cost_other_bonds_nothing(tmp_path: Path) -> None:
    rows = [
        bond_row("1"),
        bond_row("1", **{"Importer Number": SISTER}),
        bond_row("2", **{"Party Role": "USER"}),
        bond_row("3"),
    ]
    outcome = load("bonds", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (1, 3)
    assert list(Bond.objects.values_list("number", flat=True)) == ["3"]
    assert reasons() == [
        ("Party Role", "bond 1 has more than one principal"),
        ("Party Role", "bond 1 has more than one principal"),
        ("Party Role", "bond 2 has rows and none of them is the principal's"),
    ]


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    rows = [bond_row("77", **{"Rider Codes": "RECON;USVI"}), bond_row("77", **{"Importer Number": SISTER, "Party Role": "USER", "Rider Codes": "RECON;USVI"})]  # fmt: skip
    load("bonds", tmp_path, rows)
    outcome = load("bonds", tmp_path, rows)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (0, 2, 0)
    assert Bond.objects.get().riders == ["RECON", "USVI"]
    assert not SupersededRow.objects.exists()


def test_a_later_version_replaces_the_bond_and_withdraws_numbers_into_history(tmp_path: Path) -> None:
    sister = {"Importer Number": SISTER, "Party Role": "USER"}
    load("bonds", tmp_path, [bond_row("77"), bond_row("77", **sister)])
    outcome = load("bonds", tmp_path, [bond_row("77", **{"Bond Amount": "300000"})])
    assert (outcome.loaded, outcome.withdrawn) == (1, 1)
    assert covered("77") == {MAIN: "PRINCIPAL"}
    kept = SupersededRow.objects.get()
    gone = Identifier.objects.get(value=SISTER)
    assert (kept.table, kept.key, kept.why, kept.was["amount"]) == ("bonds_bond", "77", "replaced", 200000.00)
    assert gone.pk in {one["identifier_id"] for one in kept.was["covered"]}


def test_a_partial_file_withdraws_no_number_and_says_unchanged_when_it_adds_none(tmp_path: Path) -> None:
    sister = {"Importer Number": SISTER, "Party Role": "USER"}
    load("bonds", tmp_path, [bond_row("77"), bond_row("77", **sister)])
    outcome = load("bonds", tmp_path, [bond_row("77")], partial=True)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (0, 1, 0)
    assert set(covered("77")) == {MAIN, SISTER}


def test_a_rejected_row_keeps_the_numbers_that_the_file_lacks(tmp_path: Path) -> None:
    sister = {"Importer Number": SISTER, "Party Role": "USER"}
    load("bonds", tmp_path, [bond_row("77"), bond_row("77", **sister)])
    bad = bond_row("77", **{"Importer Number": "96-44718200O", "Party Role": "USER"})
    outcome = load("bonds", tmp_path, [bond_row("77", **{"Bond Amount": "1"}), bad])
    assert (outcome.rejected, outcome.withdrawn) == (1, 0)
    assert set(covered("77")) == {MAIN, SISTER}


def test_a_version_older_than_the_stored_one_is_stale_also_when_the_newer_said_the_same(tmp_path: Path) -> None:
    today = timezone.localdate()
    load("bonds", tmp_path, [bond_row("77")], as_of=today - datetime.timedelta(days=30))
    load("bonds", tmp_path, [bond_row("77")], as_of=today - datetime.timedelta(days=10))
    old = load("bonds", tmp_path, [bond_row("77", **{"Bond Amount": "5"})], as_of=today - datetime.timedelta(days=20))
    assert (old.loaded, old.rejected) == (0, 1)
    assert "stale" in reasons()[0][1]
    assert Bond.objects.get().amount == 200_000


@pytest.mark.parametrize("code", ["1", "1a", "2", "3", "3a", "4", "5", "11", "16", "19"])
def test_activity_codes_of_the_field_are_taken_in_either_case(tmp_path: Path, code: str) -> None:
    load("bonds", tmp_path, [bond_row("77", **{"Activity Code": code.upper()})])
    assert Bond.objects.get().activity_code == code


@pytest.mark.parametrize(
    ("header", "cell", "why"),
    [
        ("Activity Code", "1z", "Activity Code '1z' is not one of 1, 1A,"),
        ("Bond Amount", "0", "a bond of nothing is none (0.00)"),
        ("Bond Amount", "-5", "Bond Amount '-5' is negative"),
        ("Bond Amount", "much", "Bond Amount 'much' is not an amount of dollars and cents"),
        ("Bond Amount", "", "Bond Amount is missing"),
        ("Execution Date", "2026-02-30", "Execution Date '2026-02-30' is not a date"),
        ("Effective Date", "13/45/2026", "Effective Date '13/45/2026' is not a date"),
        ("Termination Date", days_ago(500), "the bond ends before it takes effect"),
        ("Rider Codes", "RECON;PONY", "Rider Codes 'RECON;PONY' has a rider that is not one of"),
        ("Bond Type Code", "7", "Bond Type Code '7' is not one of 8, 9, 0"),
        ("Surety Code", "9000", "Surety Code '9000' is not 3 digits"),
        ("Surety Code", "A12", "Surety Code 'A12' is not 3 digits"),
        ("Party Role", "OWNER", "Party Role 'OWNER' is not one of PRINCIPAL,"),
        ("Importer Number", "96-4471820", "'96-4471820' is not NN-"),
        ("Bond Number", "", "Bond Number is missing"),
        ("Bond Number", "9" * 21, f"Bond Number '{'9' * 21}' is longer than 20 characters"),
    ],
)
def test_a_bad_cell_costs_its_row_alone(tmp_path: Path, header: str, cell: str, why: str) -> None:
    rows = [bond_row(number, **{"Execution Date": ""}) for number in ("78", "77", "79")]
    outcome = load("bonds", tmp_path, [rows[0], rows[1] | {header: cell}, rows[2]])
    assert list(Bond.objects.values_list("number", flat=True)) == ["78", "79"]
    assert (outcome.loaded, outcome.rejected) == (2, 1)
    reject = Reject.objects.get()
    assert (reject.row, reject.column) == (3, header)
    assert why in reject.reason


@pytest.mark.parametrize(
    ("header", "cell", "column", "stored"),
    [
        ("Surety Code", "7", "surety_code", "007"),
        ("Surety Code", "", "surety_code", ""),
        ("Bond Type Code", "", "bond_type", "8"),
        ("Bond Type Code", "0", "bond_type", "0"),
        ("Party Role", "principal", "amount", Decimal(200_000)),
    ],
)
def test_what_is_blank_or_lost_its_zeros_is_taken(
    tmp_path: Path, header: str, cell: str, column: str, stored: object
) -> None:
    assert load("bonds", tmp_path, [bond_row("77", **{header: cell})]).rejected == 0
    assert getattr(Bond.objects.get(), column) == stored


@pytest.mark.parametrize(
    "header", ["Bond Amount", "Effective Date", "Termination Date", "Activity Code", "Surety Code", "Bond Type Code"]
)
def test_rows_of_one_bond_that_disagree_are_refused_together(tmp_path: Path, header: str) -> None:
    other = {"Bond Amount": "1", "Effective Date": days_ago(9), "Termination Date": days_ago(-9), "Activity Code": "2", "Surety Code": "111", "Bond Type Code": "9"}  # fmt: skip
    rows = [bond_row("77"), bond_row("77", **{"Importer Number": SISTER, "Party Role": "USER", header: other[header]})]
    assert load("bonds", tmp_path, rows).rejected == 2
    assert reasons() == [(header, f"rows of bond 77 disagree on {header}; none of them is used")] * 2
    assert not Bond.objects.exists()


def test_a_termination_may_lie_ahead_and_bonds_of_several_kinds_stand_side_by_side(tmp_path: Path) -> None:
    ahead = days_ago(-40)
    rows = [
        bond_row("1", **{"Termination Date": ahead}),
        bond_row("2", **{"Activity Code": "2"}),
        bond_row("3", **{"Bond Type Code": "9", "Bond Amount": "43150"}),
    ]
    assert load("bonds", tmp_path, rows).loaded == 3
    assert Bond.objects.get(number="1").terminates == timezone.localdate() + datetime.timedelta(days=40)


def test_a_bond_that_changes_its_principal_touches_both_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("bonds", tmp_path, [bond_row("77")])
    before = Bond.objects.get().account
    heard: list[set[object]] = []
    monkeypatch.setattr("examinations.loading.load.loaded.send", lambda **given: heard.append(set(given["accounts"])))
    monkeypatch.setattr("django.db.transaction.on_commit", lambda then, robust=False: then())
    load("bonds", tmp_path, [bond_row("77", **{"Importer Number": THIRD})])
    assert heard == [{before.pk, Bond.objects.get().account_id}]


# ---- what the bond answers for ---------------------------------------------------------------------------------


def year() -> tuple[datetime.date, datetime.date]:
    this = timezone.localdate().replace(day=1)
    return this.replace(year=this.year - 1), (this - datetime.timedelta(days=1)).replace(day=1)


@pytest.fixture
def shared_bond(world: World, tmp_path: Path) -> Bond:
    """Robin's bond covers a second own number and one of another company, with entries on each."""
    main = world.quillard.identifiers.get()
    Identifier.objects.create(account=world.quillard, kind="importer", value=SISTER, key=SISTER.replace("-", ""))
    make_account("Other Partner", "importer", THIRD)
    Entry.objects.all().delete()
    months_ago = days_ago(70)
    for serial, number in ((101, MAIN), (102, SISTER), (103, THIRD), (104, "96-111111100")):
        row = entry_row(serial, **{"Importer Number": number, "Entry Date": months_ago, "Entry Summary Date": ""})
        load("entries", tmp_path, [row | {"Line Tariff Duty Amount": str(100_000 + serial)}])
    rows = [bond_row("77"), *(bond_row("77", **{"Importer Number": n, "Party Role": "CO_PRINCIPAL"}) for n in (SISTER, THIRD))]  # fmt: skip
    load("bonds", tmp_path, rows)
    assert main.value == MAIN
    return Bond.objects.get()


TOTAL = sum(Decimal(100_000 + n) + Decimal("47.14") for n in (101, 102, 103))


def test_the_first_page_sums_all_numbers_on_the_bond_also_those_of_another_account(
    world: World, shared_bond: Bond
) -> None:
    client = Client()
    client.force_login(world.robin, backend="allauth.account.auth_backends.AuthenticationBackend")
    bond = client.get("/").context["bond"]
    assert (bond.total, bond.numbers, bond.required, bond.short) == (TOTAL, 3, 50_000, False)
    with acting_for(world.robin):
        assert not EntryMonth.objects.filter(identifier__value=THIRD).exists()


def test_the_sum_of_a_bond_is_told_to_whoever_sees_the_bond_of_its_principal(world: World, shared_bond: Bond) -> None:
    told = {}
    for name, person in world.people.items():
        with acting_for(person):
            told[name] = duties_on(shared_bond, *year()).total
    told["owner"] = duties_on(shared_bond, *year()).total
    assert {name for name, total in told.items() if total == TOTAL} == {"robin", "lee", "jordan", "hq", "owner"}
    assert {total for total in told.values() if total != TOTAL} == {Decimal(0)}


def test_own_source_and_other_months_stay_out_of_the_sum(world: World, shared_bond: Bond) -> None:
    month = EntryMonth.objects.filter(identifier__value=MAIN, source="cbp")[0]
    for source, at in (("own", month.month), ("cbp", timezone.localdate().replace(day=1)), ("cbp", datetime.date(2020, 1, 1))):  # fmt: skip
        EntryMonth.objects.create(
            identifier_id=month.identifier_id,
            account_id=month.account_id,
            filer=None,
            source=source,
            month=at,
            duties_taxes_fees=10**9,
        )
    assert duties_on(shared_bond, *year()).total == TOTAL


def test_numbers_that_change_hands_take_their_bond_along(world: World, shared_bond: Bond) -> None:
    other = Account.objects.get(name="Other Partner")
    hq = make_person("Second Quarter", "headquarters")
    other.take_identifier(Identifier.objects.get(value=MAIN), by=hq)
    shared_bond.refresh_from_db()
    assert shared_bond.account == other
    assert {one.principal_account for one in shared_bond.covered.all()} == {other}
    assert {one.account for one in shared_bond.covered.all()} == {other, world.quillard}


def test_the_definer_function_trusts_no_search_path() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig, prosecdef FROM pg_proc WHERE proname = 'bond_duties'")
        settings, definer = cursor.fetchone()
        cursor.execute("SELECT has_function_privilege('public', 'bond_duties(bigint, date, date)', 'EXECUTE')")
        assert cursor.fetchone() == (False,)
    assert definer
    assert settings == ["search_path=pg_catalog, public, pg_temp"]
