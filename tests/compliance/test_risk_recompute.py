"""The set-based statement against a slow and obvious reference over the raw rows of a small world."""

import datetime
import math
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Enrollment
from accounts.scope import acting_for
from compliance.bonds.models import Bond
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.model import ACTIVE
from compliance.risk.models import Assessment
from compliance.risk.recompute import PARTS, recompute
from compliance.risk.score import parts_of
from examinations.models import Discrepancy, Entry, EntryMonth, Examination, Selection
from tests.examinations.loading.files import (
    account_row,
    bond_row,
    days_ago,
    entry_number,
    entry_row,
    examination_row,
    load,
)
from tests.named_people import World, make_account, make_person

pytestmark = pytest.mark.django_db

IMPORTERS = ["96-447182000", "96-111111100", "96-222222200", "96-333333300"]
COUNTED = {"01", "02", "03", "06", "07", "11", "12", "21", "23", "31", "32", "34", "38", "52"}
NO_DUTY = {"21", "22", "23", "26"}


def entries_of_the_world() -> Iterator[dict[str, Any]]:
    serial = 0
    for place, importer in enumerate(IMPORTERS):
        for month in range(0, 30, place + 1):
            serial += 1
            changes: dict[str, Any] = {
                "Importer Number": importer,
                "Importer Name": "",
                "Entry Date": days_ago(5 + month * 30),
                "Entry Summary Date": "",
                "Entry Type Code": ["01", "03", "23", "11", "22"][serial % 5],
                "Line Tariff Goods Value Amount": str(1_000 * (serial % 7 + 1) * (place + 1) ** 3),
                "Line Tariff Duty Amount": str(Decimal("33.37") * (serial % 5) * (place + 1) ** 3),
            }
            if serial % 3 == 0:
                changes |= {"Line MPF Amount": "", "Line HMF Amount": ""}
            filer = "9XZ" if serial % 2 else "M2P"
            yield entry_row(serial, **changes) | {"Entry Summary Number": entry_number(serial, filer)}


def examinations_of_the_world(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    reasons = ["RANDOM", "TARGETED", "UNKNOWN", "AGENCY", "FOLLOWUP", "RANDOM"]
    for number, entry in enumerate(entries):
        wrong = number % 3 == 0
        review = number % 2 == 0
        month, day, year = map(int, entry["Entry Date"].split("/"))
        when = datetime.date(year, month, day)
        row = examination_row(
            f"X{number}",
            **{
                "Importer Number": entry["Importer Number"],
                "Entry Summary Number": entry["Entry Summary Number"],
                "Entry Summary Line Number": "001" if review else "",
                "Examination Type Code": "ESR" if review else "NII",
                "Selection Reason Code": reasons[number % 6],
                "Selected Date": when.strftime("%m/%d/%Y"),
                "Released Date": "" if review else (when + datetime.timedelta(days=2)).strftime("%m/%d/%Y"),
                "Examined Date": (when + datetime.timedelta(days=1)).strftime("%m/%d/%Y"),
                "Disposition Code": "DISCREPANCY_MTD" if wrong else "NO_DISCREPANCY",
                "Discrepancy Type Code": "CLASS" if wrong else "",
                "Revenue Difference Amount": str([700, -250, "12.34"][number % 9 // 3]) if wrong else "",
            },
        )
        if number % 11 == 10:
            row |= {"Disposition Code": "PENDING", "Discrepancy Type Code": "", "Revenue Difference Amount": ""}
            row |= {"Released Date": "", "Examined Date": ""}
        yield row


@pytest.fixture
def small_world(tmp_path: Path) -> None:
    """Four importers and two brokers, loaded as files are; one importer never joined the program."""
    kinds = {"Identifier": "9XZ", "Account Type": "BROKER", "Center Code": "", "Program Codes": "", "Contact Email": ""}
    load(
        "accounts",
        tmp_path,
        [
            account_row("Quillard Electric", **{"Program Codes": "CTPAT:2:2020-01-01;ISA"}),
            account_row("Stranger Goods", **{"Identifier": IMPORTERS[1], "Contact Email": "", "Program Codes": ""}),
            account_row("Late Joiner", **{"Identifier": IMPORTERS[2], "Contact Email": "", "Program Codes": "ACE"}),
            account_row("Lindale Customs Brokers", **kinds),
        ],
    )
    entries = list(entries_of_the_world())
    assert load("entries", tmp_path, entries).rejected == 0
    outcome = load("examinations", tmp_path, list(examinations_of_the_world(entries)))
    assert outcome.rejected == 0
    load(
        "bonds",
        tmp_path,
        [
            bond_row("1001", **{"Bond Amount": "50000"}),
            bond_row(
                "1002", **{"Importer Number": IMPORTERS[1], "Bond Amount": "60000", "Termination Date": days_ago(3)}
            ),
            bond_row(
                "1003", **{"Importer Number": IMPORTERS[1], "Bond Amount": "90000", "Effective Date": days_ago(2)}
            ),
            bond_row("1004", **{"Importer Number": IMPORTERS[2], "Activity Code": "1a", "Bond Amount": "70000"}),
            bond_row("1005", **{"Importer Number": IMPORTERS[2], "Bond Type Code": "9", "Bond Amount": "80000"}),
            bond_row("1006", **{"Importer Number": IMPORTERS[3], "Bond Amount": "1000"}),
        ],
    )
    late = Account.objects.get(name="Late Joiner")
    Enrollment.objects.create(
        account=late, program="CTPAT", tier=3, since=timezone.localdate() + datetime.timedelta(days=9)
    )
    # What an account uploads itself: its own pages show it, risk never counts it.
    month = EntryMonth.objects.first()
    assert month is not None
    EntryMonth.objects.create(
        identifier_id=month.identifier_id,
        account_id=month.account_id,
        source="own",
        month=timezone.localdate().replace(day=1) - datetime.timedelta(days=1),
        value=10**9,
        duty=10**9,
        entries=5,
        duties_taxes_fees=10**9,
    )


def months_back(day: datetime.date, count: int) -> datetime.date:
    index = day.year * 12 + day.month - 1 - count
    return datetime.date(index // 12, index % 12 + 1, 1)


def reference_inputs(account: Account, as_of: datetime.date) -> dict[str, float]:
    """Every input by its definition, row by row."""
    this = as_of.replace(day=1)
    year, half, two_years = months_back(this, 12), months_back(this, 6), months_back(this, 24)
    broker = account.kind == "broker"
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in Entry.objects.filter(source="cbp"):
        if (entry.filer_id if broker else entry.account_id) != account.pk or not year <= entry.entry_date < this:
            continue
        counted = entry.entry_type in COUNTED
        found["entries12"] += counted
        found["lines12"] += entry.lines if counted else 0
        found["value12"] += entry.value
        found["duty12"] += entry.duty
        found["value_last_half" if entry.entry_date >= half else "value_half_before"] += entry.value
        if entry.entry_type not in NO_DUTY and not broker:
            found["duties_taxes_fees12"] += entry.duty + entry.mpf + (entry.hmf or 0) + entry.tax + entry.other_fees
    for month in EntryMonth.objects.filter(source="cbp", month__gte=year, month__lt=this):
        if (month.filer_id if broker else month.account_id) == account.pk:
            found["unsure_entries"] += max(month.estimated_entries, month.hmf_unknown_entries)
    for examination in Examination.objects.all():
        if (examination.filer_id if broker else examination.account_id) != account.pk:
            continue
        if not two_years <= examination.selected < this or examination.closed is None:
            continue
        reason = Selection.objects.get(examination=examination).reason
        review = examination.type == "ESR" and reason == "RANDOM"
        wrong = examination.disposition not in ("NO_DISCREPANCY", "PENDING")
        found["reviews"] += review
        found["reviews_wrong"] += review and wrong
        if wrong and (review or reason in ("TARGETED", "AGENCY", "FOLLOWUP")):
            found["finds"] += 1
            for discrepancy in Discrepancy.objects.filter(examination=examination):
                found["owed"] += max(discrepancy.revenue_difference or 0, 0)
    for bond in Bond.objects.filter(account=account, bond_type="8", activity_code="1"):
        if bond.effective <= as_of and (bond.terminates is None or bond.terminates > as_of):
            found["bond_amount"] += bond.amount
    for enrollment in Enrollment.objects.filter(account=account):
        if enrollment.since is None or enrollment.since <= as_of:
            if enrollment.program == "CTPAT":
                found["ctpat_tier"] = Decimal(enrollment.tier or 1)
            if enrollment.program == "ISA":
                found["isa"] = Decimal(1)
    return {name: float(found[name]) for name in NAMES}


def reference_parts(x: dict[str, float]) -> dict[str, int]:
    """Points in hundredths by the formulas of the model, with nothing but the mathematics of a school."""
    span = math.log(50_000) + math.log(30) + math.log(60)

    def term(value: float, low: float, high: float) -> int:
        return round(7000 * math.log(min(max(value, low), high) / low) / span)

    rate = (x["reviews_wrong"] + 2) / (x["reviews"] + 40)
    share = x["owed"] / max(x["duty12"] / max(x["lines12"], 1), 1)
    growth = min(max(x["value_last_half"] / max(x["value_half_before"], 1), 1), 4)
    use = 0.1 * x["duties_taxes_fees12"] / x["bond_amount"] if x["bond_amount"] else 0
    parts = {
        "duty_at_stake": term(x["duty12"], 1_000, 50_000_000),
        "likelihood": term(rate, 0.01, 0.3),
        "severity": term((share + 0.6) / (x["finds"] + 3), 0.05, 3),
        "change": round(800 * math.log(growth) / math.log(4)),
        "bond_use": round(1200 * min(max((use - 0.5) / 0.7, 0), 1)),
        "data_quality": round(600 * min(x["unsure_entries"] / max(x["entries12"], 1), 1)),
        "programs": round(-200 * x["ctpat_tier"] - 400 * x["isa"]),
    }
    total = sum(parts.values())
    return parts | {"limit_of_scale": min(max(total, 0), 10_000) - total}


def rows(as_of: datetime.date, **only: object) -> dict[object, tuple[object, ...]]:
    """What is stored for a day, by account."""
    names = ("score", "band", "model_version", *PARTS, *NAMES)
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
        parts = reference_parts(expected)
        assert {name: int(getattr(row, name) * 100) for name in PARTS} == parts, account
        assert int(row.score * 100) == sum(parts.values())
        assert row.model_version == 1


def test_the_world_of_the_reference_exercises_every_input(small_world: None) -> None:
    """Otherwise the comparison proves nothing."""
    recompute(None, timezone.localdate())
    for name in NAMES:
        assert any(getattr(row, name) for row in Assessment.objects.all()), name
    moving = [name for name in PARTS if Assessment.objects.values(name).distinct().count() > 1]
    assert set(moving) >= {"duty_at_stake", "likelihood", "severity", "bond_use", "data_quality", "programs"}


def test_twice_writes_nothing_new(small_world: None) -> None:
    today = timezone.localdate()
    recompute(None, today)
    before = list(Assessment.objects.order_by("pk").values())
    recompute(None, today)
    assert list(Assessment.objects.order_by("pk").values()) == before


def test_some_accounts_get_the_very_rows_that_all_get(small_world: None) -> None:
    today = timezone.localdate()
    recompute(None, today)
    whole = rows(today)
    Assessment.objects.all().delete()
    some = list(Account.objects.order_by("name").values_list("pk", flat=True))[::2]
    assert recompute(some, today) == len(some)
    assert rows(today) == {pk: whole[pk] for pk in some}


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
        given = Inputs(*(np.array([float(getattr(row, name))]) for name in NAMES))
        parts = parts_of(given, ACTIVE)
        assert {name: Decimal(int(part[0])) / 100 for name, part in parts.items()} == {
            name: getattr(row, name) for name in PARTS
        }


def test_withdrawn_accounts_are_scored_no_more_and_keep_their_history(small_world: None) -> None:
    today = timezone.localdate()
    yesterday = today - datetime.timedelta(days=1)
    recompute(None, yesterday)
    gone = Account.objects.get(name="Stranger Goods")
    gone.withdraw(by=make_person("Hollis Quarter", "headquarters"))
    assert recompute([gone.pk], today) == 0
    assert recompute(None, today) == 5
    assert not Assessment.objects.filter(account=gone, as_of=today).exists()
    assert Assessment.objects.filter(account=gone, as_of=yesterday).exists()


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
    assert statements(None) == few <= 8
    assert statements(list(Account.objects.values_list("pk", flat=True))) == few


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
