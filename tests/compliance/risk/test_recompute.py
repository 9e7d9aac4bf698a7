"""The set-based statement against a slow and obvious reference over the raw rows of a small world."""

import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from accounts.scope import acting_for
from compliance.bonds.models import Bond, BondReview
from compliance.bonds.reviewing import review
from compliance.bonds.standing import standing_of
from compliance.measurement.models import OwnRate
from compliance.measurement.own_rates import recomputing as own_rates
from compliance.risk.inputs import NAMES
from compliance.risk.models import Assessment, RiskModel, TradeFacts
from compliance.risk.recompute import PARTS, recompute
from compliance.risk.score import parts_of
from compliance.risk.trade import recount as recount_trade
from examinations.breakdowns.counting import recount as recount_breakdowns
from examinations.models import Examination
from tests.compliance.risk.reference import reference_inputs, reference_parts
from tests.compliance.risk.small_world import make_small_world
from tests.examinations.loading.files import (
    bond_row,
    days_ago,
    entry_number,
    entry_row,
    examination_row,
    load,
)
from tests.named_people import World, make_account, make_person

pytestmark = pytest.mark.django_db
TRADE = [field.name for field in TradeFacts._meta.fields if field.name not in ("id", "account", "month")]
#: Zero until self-assessments and plans are built, and until own rates are fitted.
SEAMS = {"controls_weak", "plan_overdue", "rate_low", "rate_high"}


def make_kept() -> None:
    with TemporaryDirectory() as folder:
        make_small_world(Path(folder))


@pytest.fixture
def small_world(kept: None) -> None:
    """Made once for the file."""


def rows(as_of: datetime.date, **only: object) -> dict[object, tuple[object, ...]]:
    """What is stored for a day, by account."""
    names = ("score", "band", "model_version", "expected_loss", *PARTS, *NAMES)
    found = Assessment.objects.filter(as_of=as_of, **only)
    return {row.account_id: tuple(getattr(row, name) for name in names) for row in found}


@pytest.mark.parametrize("days", [0, 1, 45, 200])
def test_every_score_is_what_the_obvious_reference_says(small_world: None, days: int) -> None:
    as_of = timezone.localdate() - datetime.timedelta(days=days)
    count = recompute(None, as_of)
    accounts = list(Account.objects.exclude(state="withdrawn"))
    assert count == len(accounts) == 6
    assert {account.state for account in accounts} == {"active", "prospective"}
    for account in accounts:
        row = Assessment.objects.get(account=account, as_of=as_of)
        expected = reference_inputs(account, as_of)
        assert {name: float(getattr(row, name)) for name in NAMES} == pytest.approx(expected, abs=0.005), account
        assert row.rate == expected["rate"]
        parts = reference_parts(expected)
        assert {name: int(getattr(row, name) * 100) for name in PARTS} == parts, account
        assert int(row.score * 100) == sum(parts.values())
        assert row.model_version == 2


def test_the_world_of_the_reference_exercises_every_input(small_world: None) -> None:
    """Otherwise the comparison proves nothing."""
    recompute(None, timezone.localdate())
    for name in set(NAMES) - SEAMS:
        assert any(getattr(row, name) for row in Assessment.objects.all()), name
    moving = {name for name in PARTS if Assessment.objects.values(name).distinct().count() > 1}
    assert set(PARTS) - moving <= {"growth", "controls", "limit_of_scale"}


def test_twice_writes_nothing_new(small_world: None) -> None:
    today = timezone.localdate()
    recompute(None, today)
    before = list(Assessment.objects.order_by("pk").values())
    recompute(None, today)
    assert list(Assessment.objects.order_by("pk").values()) == before


def test_a_score_that_did_not_move_is_written_once_a_month_and_stands(small_world: None) -> None:
    second, tenth, next_first = datetime.date(2026, 6, 2), datetime.date(2026, 6, 10), datetime.date(2026, 7, 1)
    recompute(None, second)
    Bond.objects.all().delete()
    moved = set(Assessment.objects.filter(bond_amount__gt=0).values_list("account", flat=True))
    assert 0 < len(moved) < 6
    assert recompute(None, tenth) == 6
    assert set(Assessment.objects.filter(as_of=tenth).values_list("account", flat=True)) == moved
    standing = Assessment.objects.filter(stands=True)
    assert dict(standing.values_list("account", "as_of")) == {
        pk: tenth if pk in moved else second for pk in Account.objects.values_list("pk", flat=True)
    }
    recompute(None, tenth)
    recompute(None, tenth + datetime.timedelta(days=1))
    assert Assessment.objects.count() == 6 + len(moved)
    recompute(None, next_first)
    assert set(standing.values_list("as_of", flat=True)) == {next_first}
    assert standing.count() == 6


def test_an_account_of_which_no_score_stands_is_scored_again_though_nothing_moved(small_world: None) -> None:
    second, tenth = datetime.date(2026, 6, 2), datetime.date(2026, 6, 10)
    recompute(None, second)
    back = Account.objects.get(name="Stranger Goods")
    Assessment.objects.filter(account=back).update(stands=False)  # as the night did while its numbers were elsewhere
    recompute(None, tenth)
    assert Assessment.objects.get(account=back, stands=True).as_of == tenth
    assert Assessment.objects.filter(as_of=tenth).count() == 1


def test_a_past_day_scored_later_does_not_stand_and_one_scored_again_is_mended(small_world: None) -> None:
    today, past = datetime.date(2026, 6, 10), datetime.date(2026, 6, 2)
    recompute(None, today)
    recompute(None, past)
    assert set(Assessment.objects.filter(stands=True).values_list("as_of", flat=True)) == {today}
    before = rows(today)
    assert rows(past).keys() == before.keys()
    Assessment.objects.filter(as_of=today).update(band="high", digest=0)
    recompute(None, today)
    assert rows(today) == before
    assert Assessment.objects.filter(stands=True).count() == 6


def test_some_accounts_get_the_very_rows_that_all_get(small_world: None) -> None:
    today = timezone.localdate()
    recompute(None, today)
    whole = rows(today)
    Assessment.objects.all().delete()
    some = list(Account.objects.order_by("name").values_list("pk", flat=True))[::2]
    assert recompute(some, today) == len(some)
    assert rows(today) == {pk: whole[pk] for pk in some}


def test_facts_that_are_counted_again_are_those_that_were_counted_for_all(small_world: None) -> None:
    today = timezone.localdate()
    recompute(None, today)
    whole = list(TradeFacts.objects.order_by("account").values_list("account", *TRADE))
    recount_trade(list(Account.objects.values_list("pk", flat=True)), today)
    assert list(TradeFacts.objects.order_by("account").values_list("account", *TRADE)) == whole
    assert any(any(row[1:]) for row in whole)


def test_what_one_account_brings_new_is_counted_for_it_and_nobody_else(small_world: None, tmp_path: Path) -> None:
    today = timezone.localdate()
    recompute(None, today)
    before = rows(today)
    account = Account.objects.get(name="Stranger Goods")
    new = {"Importer Number": "96-111111100", "Importer Name": "", "Entry Summary Date": ""}
    new |= {"Manufacturer ID": "TWNEWMAK12TAI", "Entry Date": days_ago(60), "Country of Origin Code": "TW"}
    load("entries", tmp_path, [entry_row(800, **new)])
    recount_breakdowns(None)
    recount_trade([account.pk], today)
    recompute([account.pk], today)
    after = rows(today)
    assert after.pop(account.pk) != before.pop(account.pk)
    assert after == before
    row = Assessment.objects.get(account=account, as_of=today)
    assert float(row.new_supplier_value) == reference_inputs(account, today)["new_supplier_value"] > 0


def test_a_score_of_the_past_knows_nothing_of_what_came_later(small_world: None, tmp_path: Path) -> None:
    past = timezone.localdate() - datetime.timedelta(days=60)
    recompute(None, past)
    before = rows(past)
    later = [entry_row(900 + n, **{"Entry Date": days_ago(n + 1), "Entry Summary Date": ""}) for n in range(40)]
    load("entries", tmp_path, later)
    examined = {"Selected Date": days_ago(20), "Released Date": days_ago(18), "Disposition Code": "DISCREPANCY_MTD"}
    found = {"Discrepancy Type Code": "CLASS", "Revenue Difference Amount": "90000"}
    row = examination_row("LATE", **{"Entry Summary Number": entry_number(938)}, **examined, **found)
    load("examinations", tmp_path, [row])
    load("bonds", tmp_path, [bond_row("2001", **{"Effective Date": days_ago(10), "Bond Amount": "900000"})])
    recompute(None, past)
    assert rows(past) == before


def test_an_examination_of_later_in_the_same_month_does_not_reach_an_earlier_day(world: World) -> None:
    """Months count whole: a score of the tenth is the same when computed on the tenth and on the thirtieth."""
    tenth = datetime.date(2026, 5, 10)
    recompute([world.quillard.pk], tenth)
    before = rows(tenth)
    examination = world.examinations["found"]
    Examination.objects.filter(pk=examination.pk).update(selected=datetime.date(2026, 5, 20))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO examinations_examinationmonth (account_id, month, cargo, cargo_closed, entries_examined,"
            " reviews, reviews_wrong, reviews_major, other, other_wrong, owed, overpaid, owed_on_finds)"
            " VALUES (%s, '2026-05-01', 1, 1, 1, 0, 0, 0, 1, 1, 1200, 0, 1200)",
            [world.quillard.pk],
        )
    recompute([world.quillard.pk], tenth)
    assert rows(tenth) == before


def test_an_old_score_is_computed_again_from_its_stored_inputs(small_world: None) -> None:
    recompute(None, timezone.localdate())
    for row in Assessment.objects.all():
        parts = parts_of(row.inputs(), RiskModel.active().weights)
        assert {name: Decimal(int(part[0])) / 100 for name, part in parts.items()} == {
            name: getattr(row, name) for name in PARTS
        }


def test_the_rate_is_the_accounts_own_and_of_a_past_day_the_one_that_a_fit_of_that_day_gives(
    small_world: None,
) -> None:
    today = timezone.localdate()
    past = today - datetime.timedelta(days=200)
    own_rates.recompute(None, past)
    recompute(None, past)
    then = rows(past)
    own_rates.recompute(None, today)
    recompute(None, today)
    for row in Assessment.objects.filter(as_of=today):
        own = OwnRate.objects.get(account=row.account_id)
        assert (row.rate, row.rate_low, row.rate_high) == (own.rate, own.low, own.high)
    Assessment.objects.filter(as_of=past).delete()
    recompute(None, past)
    assert rows(past) == then
    some = list(then)[::2]
    Assessment.objects.filter(as_of=past).delete()
    recompute(some, past)
    assert rows(past) == {pk: then[pk] for pk in some}


@pytest.mark.parametrize("days", [0, 45])
def test_the_use_of_the_bond_is_what_the_page_of_the_bond_says(small_world: None, days: int) -> None:
    as_of = timezone.localdate() - datetime.timedelta(days=days)
    recompute(None, as_of)
    found = 0
    for row in Assessment.objects.select_related("account"):
        standing = standing_of(row.account, as_of)
        assert (row.bond_amount, row.duties_taxes_fees12) == (
            (standing.bond.amount, standing.total) if standing else (0, 0)
        )
        found += standing is not None
    assert found >= 2


def test_of_several_bonds_the_newest_counts_though_the_page_tells_of_the_worst(
    small_world: None, tmp_path: Path
) -> None:
    today = timezone.localdate()
    load("bonds", tmp_path, [bond_row("2001", **{"Effective Date": days_ago(10), "Bond Amount": "900000"})])
    review(None, today)
    newest = Bond.objects.get(number="2001")
    recompute(None, today)
    counted = rows(today, account=newest.account)
    BondReview.objects.filter(bond__number="1001").update(state="deficient")
    standing = standing_of(newest.account, today)
    assert standing
    assert standing.bond.number == "1001"
    for accounts in (None, [newest.account_id]):
        Assessment.objects.filter(as_of=today).delete()
        recompute(accounts, today)
        assert rows(today, account=newest.account) == counted
    assert Assessment.objects.get(as_of=today, account=newest.account).bond_amount == newest.amount


def test_withdrawn_accounts_are_scored_on_and_emptied_ones_keep_their_history(small_world: None) -> None:
    """Every importer in the data is a candidate of the next round, in the program or not."""
    today = timezone.localdate()
    yesterday = today - datetime.timedelta(days=1)
    recompute(None, yesterday)
    gone = Account.objects.get(name="Stranger Goods")
    hollis = make_person("Hollis Quarter", "headquarters")
    gone.withdraw(by=hollis)
    assert recompute([gone.pk], today) == 1
    Assessment.objects.filter(as_of=today).delete()
    other = Account.objects.get(name="Quillard Electric")
    for number in gone.identifiers.all():
        other.take_identifier(number, by=hollis)
    assert recompute([gone.pk], today) == 0
    assert recompute(None, today) == 5
    assert not Assessment.objects.filter(account=gone, as_of=today).exists()
    assert Assessment.objects.filter(account=gone, as_of=yesterday).exists()
    assert not Assessment.objects.filter(account=gone, stands=True).exists()


def test_nobody_and_nothing_are_scored_without_complaint(db: None) -> None:
    assert recompute(None, timezone.localdate()) == 0
    assert recompute([], timezone.localdate()) == 0


def test_reasons_unknown_enter_no_rate_and_no_severity(world: World, tmp_path: Path) -> None:
    today = timezone.localdate()
    wrong = {
        "Disposition Code": "DISCREPANCY_MTD",
        "Discrepancy Type Code": "VALUE",
        "Revenue Difference Amount": "55555",
        "Selected Date": days_ago(70),
        "Released Date": days_ago(65),
    }
    load("entries", tmp_path, [entry_row(1)])
    unknown = examination_row("U1", **wrong, **{"Selection Reason Code": "UNKNOWN"})
    random_cargo = examination_row("U2", **wrong, **{"Selection Reason Code": "RANDOM"})
    load("examinations", tmp_path, [unknown, random_cargo])
    recompute([world.quillard.pk], today)
    row = Assessment.objects.get()
    assert (row.reviews, row.reviews_wrong) == (0, 0)
    assert (row.finds, row.owed) == (0, 0)


def statements(accounts: list[Any] | None) -> int:
    with CaptureQueriesContext(connection) as captured:
        recompute(accounts, timezone.localdate())
    return len(captured)


def test_the_number_of_statements_does_not_grow_with_the_accounts(small_world: None) -> None:
    few = statements(None)
    for number in range(60):
        make_account(f"Importer {number}", "importer", f"96-5000{number:03}00")
    assert statements(None) == few <= 40
    assert statements(list(Account.objects.values_list("pk", flat=True))) <= few


def test_a_first_night_looks_up_what_is_later_also_where_statistics_say_that_there_is_nothing(
    small_world: None,
) -> None:
    """Else fifty thousand rows are each held against all written before: a minute instead of a second."""
    for number in range(60):
        make_account(f"Importer {number}", "importer", f"96-5000{number:03}00")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE risk_assessment")
        read = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_xact_user_tables WHERE relname = 'risk_assessment'"
        cursor.execute(read)
        before = cursor.fetchone()[0]
        assert recompute(None, timezone.localdate()) == 66
        cursor.execute(read)
        assert cursor.fetchone()[0] - before < 10


def test_the_database_refuses_parts_that_do_not_add_up(small_world: None) -> None:
    recompute(None, timezone.localdate())
    for change in ({"score": Decimal("99.99")}, {"severity": Decimal("1.23")}):
        with pytest.raises(IntegrityError, match="sum_of_its_parts"), transaction.atomic():
            Assessment.objects.update(**change)


def test_the_command_scores_all_some_and_of_a_day(small_world: None, capsys: pytest.CaptureFixture[str]) -> None:
    account = Account.objects.get(name="Quillard Electric")
    call_command("recompute_risk")
    call_command("recompute_risk", account=[str(account.pk)], as_of="2026-03-03")
    assert capsys.readouterr().out == "scored=6\nscored=1\n"
    assert Assessment.objects.filter(as_of=datetime.date(2026, 3, 3)).count() == 1


def test_no_member_sees_a_score_and_the_manager_sees_the_own_accounts(world: World) -> None:
    recompute(None, timezone.localdate())
    seen = {}
    for name, person in world.people.items():
        with acting_for(person):
            filtered = set(Assessment.objects.visible_to(person).values_list("account__name", flat=True))
            assert set(Assessment.objects.values_list("account__name", flat=True)) == filtered
            seen[name] = filtered
    everybody = {"Quillard Electric", "Stranger Goods", "Lindale Customs Brokers"}
    assert {name: found for name, found in seen.items() if found} == {
        "jordan": {"Quillard Electric"},
        "morgan": {"Stranger Goods"},
        "hq": everybody,
    }
