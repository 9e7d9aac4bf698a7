"""A load undone within a day: the rows as they were before it, or a reason why not."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examinations import tasks
from examinations.loading.examination_months import RECOUNT
from examinations.loading.undo import undo
from examinations.loading.undoing import CannotUndo
from examinations.models import Cost, CustomsRequest, Entry, Examination, Load
from tests.examinations.loading.files import (
    account_row,
    bond_row,
    days_ago,
    entry_number,
    entry_row,
    examination_row,
    load,
    request_row,
)
from tests.examinations.loading.test_own_files import upload
from tests.named_people import World, make_account

pytestmark = pytest.mark.django_db

#: What is compared: the table, and what may differ. Sums and parts that are counted or written again get new ids;
#: accounts made for unknown numbers, and when a pair of accounts first filed, stay as the undone load left them.
TABLES = {
    "examinations_entry": (),
    "examinations_entryline": (),
    "examinations_entrymonth": ("id",),
    "examinations_examination": (),
    "examinations_discrepancy": (),
    "examinations_selection": (),
    "examinations_draw": (),
    "examinations_cost": (),
    "examinations_examinationmonth": ("id",),
    "examinations_request": (),
    "examinations_requestline": (),
    "examinations_requestrecord": (),
    "examinations_supersededrow": (),
    "examinations_earlierentry": (),
    "examinations_earlierentryline": (),
    "examinations_seenagain": (),
    "bonds_bond": (),
    "bonds_coverednumber": (),
    "accounts_filingrelation": ("id", "first_filed", "last_filed"),
}


def state() -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table, but in TABLES.items():
            cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t ORDER BY 1", [list(but)])
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def newest() -> Load:
    return Load.objects.latest("created_at")


amounts = st.sampled_from(["100.00", "250.00", "999.99"])
entries = st.lists(
    st.tuples(st.integers(70, 73), st.integers(1, 2), amounts, st.sampled_from([10, 40, 70])),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one[:2],
).map(
    lambda rows: [
        entry_row(serial, line, **{"Line Tariff Duty Amount": duty, "Review Team Number": f"T{serial}"})
        for serial, line, duty, _ in rows
    ]
)
examinations = st.lists(
    st.tuples(
        st.integers(70, 74), st.sampled_from(["", "CLASS"]), st.sampled_from(["", "20"]), st.sampled_from(["", "0.5"])
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one[0],
).map(
    lambda rows: [
        examination_row(
            f"U{serial}",
            **{
                "Entry Summary Number": entry_number(serial),
                "Discrepancy Type Code": wrong,
                "Disposition Code": "DISCREPANCY_MTD" if wrong else "NO_DISCREPANCY",
                "Examination Cost Amount": cost,
                "Selection Reason Code": "RANDOM" if drawn else "TARGETED",
                "Selection Probability": drawn,
            },
        )
        for serial, wrong, cost, drawn in rows
    ]
)
bonds = st.lists(
    st.tuples(st.sampled_from(["994471140", "994471141"]), st.sampled_from(["200000", "50000"])),
    min_size=1,
    max_size=2,
    unique_by=lambda one: one[0],
).map(lambda rows: [bond_row(number, **{"Bond Amount": amount}) for number, amount in rows])
requests = st.lists(
    st.tuples(st.integers(70, 74), st.sampled_from(["", "1", "2"]), st.sampled_from(["CLASS", "VALUE"])),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one[0],
).map(
    lambda rows: [
        request_row(
            f"RU{serial}",
            **{
                "Entry Summary Number": entry_number(serial),
                "Entry Summary Line Number": line,
                "Subject Code": subject,
                "Answered Date": days_ago(3) if line == "2" else "",
            },
        )
        for serial, line, subject in rows
    ]
)
files = st.one_of(
    st.tuples(st.just("requests"), requests),
    st.tuples(st.just("entries"), entries),
    st.tuples(st.just("examinations"), examinations),
    st.tuples(st.just("bonds"), bonds),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(before=st.lists(files, min_size=1, max_size=3), last=files, partial=st.booleans())
def test_after_any_loads_the_last_undone_leaves_every_table_as_it_was(
    world: World, tmp_path: Path, before: list[Any], last: Any, partial: bool
) -> None:
    with transaction.atomic():
        with (
            connection.cursor() as cursor
        ):  # the world's examinations came past the loader: nobody counted their months
            accounts = [str(one.pk) for one in (world.quillard, world.stranger, world.lindale)]
            cursor.execute(RECOUNT, {"accounts": accounts})
        for kind, rows in before:
            load(kind, tmp_path, rows)
        expected = state()
        load(*last[:1], tmp_path, last[1], partial=partial)
        undo(newest(), by=world.hq)
        found = state()
        transaction.set_rollback(True)
    for table in TABLES:
        assert found[table] == expected[table], table


def test_rows_that_followed_their_entry_go_back_with_it(world: World, tmp_path: Path) -> None:
    """Of a file of some rows: what it lacks went to another account, and another row came to stand for its line."""
    extra = {"HTS Number - Full": "99030188", "Tariff Ordinal Number": "2"}
    load("entries", tmp_path, [entry_row(70), entry_row(70, 2, **extra)])
    before = state()
    moved = {"Importer Number": "96-111111100"}
    load("entries", tmp_path, [entry_row(70, 2, **moved)], partial=True)
    assert state() != before
    undo(newest(), by=world.hq)
    after = state()
    for table in set(TABLES) - {"accounts_filingrelation"}:  # a pair of accounts stays one
        assert after[table] == before[table], table


def test_what_an_account_uploaded_itself_stands_again(world: World, tmp_path: Path) -> None:
    upload(world.quillard, tmp_path, entry_row(70), entry_row(70, 2))
    expected = state()
    load("entries", tmp_path, [entry_row(70)])
    undo(newest(), by=world.hq)
    assert state() == expected


def test_an_examination_that_the_load_linked_waits_again(world: World, tmp_path: Path) -> None:
    load("examinations", tmp_path, [examination_row("W1", **{"Entry Summary Number": entry_number(75)})])
    load("entries", tmp_path, [entry_row(75)])
    assert Examination.objects.get(number="W1").entry is not None
    undo(newest(), by=world.hq)
    assert Examination.objects.get(number="W1").entry is None


def test_a_later_file_that_changed_or_confirmed_the_rows_stands_in_the_way(world: World, tmp_path: Path) -> None:
    for changes in ({"Line Tariff Duty Amount": "9"}, {}):
        load("entries", tmp_path, [entry_row(76)])
        first = newest()
        load("entries", tmp_path, [entry_row(76, **changes)])
        with pytest.raises(CannotUndo, match="later file"):
            undo(first, by=world.hq)
        undo(newest(), by=world.hq)
        undo(first, by=world.hq)
        assert not Entry.objects.filter(number=entry_number(76)).exists()


#: Of each kind of file a row that its account has, and what a later file changes of it.
CHANGED = {
    "entries": (entry_row(78), {"Line Tariff Duty Amount": "9"}),
    "examinations": (
        examination_row("N1", **{"Entry Summary Number": entry_number(78)}),
        {"Notified Date": days_ago(29)},
    ),
    "requests": (request_row("N1", **{"Entry Summary Number": entry_number(78)}), {"Subject Code": "VALUE"}),
    "bonds": (bond_row(), {"Bond Amount": "300000"}),
}


@pytest.mark.parametrize(
    ("kind", "filer"), [(kind, filer) for filer in (False, True) for kind in CHANGED if not filer or kind != "bonds"]
)
def test_a_number_that_has_another_account_since_stands_in_the_way(
    world: World, tmp_path: Path, kind: str, filer: bool
) -> None:
    """Put back as they were, the rows would be the former holder's again."""
    row, changes = CHANGED[kind]
    load("entries", tmp_path, [entry_row(78)])
    load(kind, tmp_path, [row])
    load(kind, tmp_path, [row | changes])
    owner, number = (
        (make_account("Other Brokers", "broker", "M2P"), world.lindale.identifiers.get())
        if filer
        else (make_account("New Owner", "importer", "96-222222200"), world.quillard.identifiers.get())
    )
    owner.take_identifier(number, by=world.hq)
    before = state()
    if kind == "requests":  # belongs to whom its entry belongs to
        undo(newest(), by=world.hq)
        put_back = CustomsRequest.objects.get(number="N1")
        assert (put_back.filer if filer else put_back.account) == owner
        return
    with pytest.raises(CannotUndo, match="another account since"):
        undo(newest(), by=world.hq)
    assert state() == before


def test_a_later_examination_of_a_new_entry_stands_in_the_way(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(77)])
    entries_load = newest()
    load("examinations", tmp_path, [examination_row("L1", **{"Entry Summary Number": entry_number(77)})])
    with pytest.raises(CannotUndo, match="file of examinations"):
        undo(entries_load, by=world.hq)


def test_costs_that_the_account_recorded_stand_in_the_way(world: World, tmp_path: Path) -> None:
    load("examinations", tmp_path, [examination_row("C1")])
    of = Examination.objects.get(number="C1")
    Cost.objects.create(examination=of, account=of.account, by="account", kind="", amount=5)
    with pytest.raises(CannotUndo, match="own costs"):
        undo(newest(), by=world.hq)


def test_after_a_day_twice_or_by_another_person_nothing_is_undone(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(78)])
    one = newest()
    with pytest.raises(CannotUndo, match="Only headquarters"):
        undo(one, by=world.robin)
    Load.objects.filter(pk=one.pk).update(finished_at=timezone.now() - datetime.timedelta(hours=25))
    with pytest.raises(CannotUndo, match="More than a day"):
        undo(one, by=world.hq)
    Load.objects.filter(pk=one.pk).update(finished_at=timezone.now())
    undo(one, by=world.hq)
    with pytest.raises(CannotUndo, match="already"):
        undo(one, by=world.hq)


def test_a_file_of_accounts_is_not_undone_and_why_is_said(world: World, tmp_path: Path) -> None:
    load("accounts", tmp_path, [account_row("Quillard Electric")])
    with pytest.raises(CannotUndo, match="invitations"):
        undo(newest(), by=world.hq)


def test_headquarters_undoes_a_load_on_its_page_after_a_question(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(79)])
    one = newest()
    client = Client()
    client.force_login(world.hq, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert f"/loads/{one.pk}/undo/" in client.get(f"/loads/{one.pk}/").content.decode()
    assert "Undo this load?" in client.get(f"/loads/{one.pk}/undo/").content.decode()
    assert client.post(f"/loads/{one.pk}/undo/").status_code == 302
    tasks.undo_load(str(one.pk), str(world.hq.pk))
    assert "Undone on" in client.get(f"/loads/{one.pk}/").content.decode()
    assert "already" in client.post(f"/loads/{one.pk}/undo/").content.decode()
    tasks.undo_load(str(one.pk), str(world.hq.pk))  # handed out twice
    assert not Entry.objects.filter(number=entry_number(79)).exists()
