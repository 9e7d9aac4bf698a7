"""Who meets whom in the demonstration, and that planted problems show in the files."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from demonstration.world.requests import OPEN_REQUEST_DAYS
from tests.demonstration.conftest import AS_OF, Written
from tests.demonstration.test_the_files_are_valid import cents, day

ENTRY, LINE = "Entry Summary Number", "Entry Summary Line Number"
DOCUMENT = Path(__file__).parents[2] / "docs" / "demonstration.md"


@pytest.fixture(scope="module")
def reviewed(whole: Written) -> pl.DataFrame:
    """Closed reviews drawn with a probability, beside the line that each is of."""
    found = whole.files["examinations"].filter(
        (pl.col("Examination Type Code") == "ESR")
        & (pl.col("Disposition Code") != "PENDING")
        & pl.col("Selection Probability").is_not_null()
    ).unique("Examination Number")  # fmt: skip
    lines = whole.files["entries"].filter(~pl.col("HTS Number - Full").str.starts_with("99"))
    return found.select(ENTRY, LINE, "Disposition Code", "Discrepancy Type Code").join(
        lines.select(ENTRY, LINE, "Importer Name", "Manufacturer ID", "HTS Number - Full", "Line SPI Code",
                     day("Entry Date")),
        on=[ENTRY, LINE],
    )  # fmt: skip


def of_problem(problem: object) -> pl.Expr:
    """The lines that a planted problem is about."""
    met = (pl.col("Entry Date") >= problem.since) & pl.col("HTS Number - Full").str.starts_with(problem.heading)
    if problem.until:
        met &= pl.col("Entry Date") < problem.until
    if problem.accounts:
        met &= pl.col("Importer Name").is_in(problem.accounts)
    if problem.manufacturer_id:
        met &= pl.col("Manufacturer ID") == problem.manufacturer_id
    return met & (pl.col("Line SPI Code").is_not_null() if problem.kind == "SPI_CLAIM" else pl.lit(True))


def test_each_planted_problem_shows_its_kind_far_above_the_rest(whole: Written, reviewed: pl.DataFrame) -> None:
    major = pl.col("Disposition Code") == "DISCREPANCY_MTD"
    for problem in whole.world.planted:
        kind = major & (pl.col("Discrepancy Type Code") == problem.kind)
        inside = reviewed.filter(of_problem(problem)).select(n=pl.len(), x=kind.sum()).row(0)
        outside = reviewed.filter(~of_problem(problem)).select(kind.mean()).item()
        assert inside[0] >= 10, (problem.key, inside)
        assert inside[1] / inside[0] > 4 * outside, (problem.key, inside, outside)


def test_planted_problems_together_show_the_rate_that_was_planted(whole: Written, reviewed: pl.DataFrame) -> None:
    expected, found, spread = 0.0, 0, 0.0
    for problem in whole.world.planted:
        inside = reviewed.filter(of_problem(problem))
        expected += len(inside) * problem.rate
        spread += len(inside) * problem.rate * (1 - problem.rate)
        found += (inside["Disposition Code"] == "DISCREPANCY_MTD").sum()
    assert abs(found - expected) < 3 * spread**0.5


def test_before_it_began_a_planted_problem_does_not_show(whole: Written, reviewed: pl.DataFrame) -> None:
    found = []
    for problem in whole.world.planted:
        met = of_problem(problem.__class__(**{**problem.__dict__, "since": date(2000, 1, 1)}))
        found.append(reviewed.filter(met & (pl.col("Entry Date") < problem.since)))
    before = pl.concat(found)
    assert len(before) > 100
    assert (before["Disposition Code"] == "DISCREPANCY_MTD").mean() < 0.06


def test_the_document_names_every_planted_problem_as_the_files_have_it(whole: Written) -> None:
    text = DOCUMENT.read_text()
    for problem in whole.world.planted:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{problem.key}`"))
        assert f"{problem.since:%B %Y}" in row, problem.key
        assert f"{round(100 * problem.rate)} %" in row.replace("\N{NO-BREAK SPACE}", " "), problem.key
        assert problem.kind in row
        assert problem.heading in row
        assert problem.text in row
        assert problem.manufacturer_id in row
        for account in problem.accounts:
            assert account in row, (problem.key, account)


def test_the_importer_has_a_pleasant_year_to_look_at(whole: Written) -> None:
    numbers = whole.world.account(whole.world.importer).identifiers
    entries = whole.files["entries"].filter(pl.col("Importer Number").is_in(numbers)).unique(ENTRY)
    this_year = entries.select(day("Entry Date")).filter(pl.col("Entry Date") >= date(2026, 1, 1))
    assert 1_000 <= len(this_year) <= 1_500
    own = whole.files["examinations"].filter(pl.col("Importer Number").is_in(numbers))
    cargo = own.filter(pl.col("Examination Type Code") != "ESR").unique("Examination Number")
    selected = cargo.filter(pl.col("Selected Date") >= "2026-01-01")
    assert 25 <= len(selected) <= 55
    held = cargo.filter(pl.col("Released Date").is_null())
    assert len(held) == 4
    assert held[ENTRY].null_count() == 1
    assert held["Presented Date"].null_count() == 1
    assert "ZZXU4308175" in held["Container Number"].to_list()
    random = own.filter((pl.col("Examination Type Code") == "ESR") & (pl.col("Selection Reason Code") == "RANDOM"))
    assert 60 <= len(random) <= 160


def test_the_importers_bond_is_nearly_used_up(whole: Written) -> None:
    numbers = whole.world.account(whole.world.importer).identifiers
    bond = whole.files["bonds"].filter(
        pl.col("Importer Number").is_in(numbers) & (pl.col("Activity Code") == "1")
    )  # fmt: skip
    assert bond["Party Role"].to_list() == ["PRINCIPAL", "CO_PRINCIPAL"]
    names = ("Line Tariff Duty Amount", "Line MPF Amount", "Line HMF Amount")
    rows = whole.files["entries"].filter(pl.col("Importer Number").is_in(numbers)).with_columns(
        *(cents(name).fill_null(0) for name in names), day("Entry Date")
    )  # fmt: skip
    counted = rows.filter(
        pl.col("Entry Date").is_between(date(2025, 11, 1), date(2026, 10, 31))
        & ~pl.col("Entry Type Code").is_in(["21", "23"])
    )
    owed = sum(counted[name].sum() for name in names) / 100
    assert 0.91 < 0.1 * owed / float(bond["Bond Amount"][0]) < 0.95


def test_the_importer_has_a_request_to_answer_this_week(whole: Written) -> None:
    numbers = whole.world.account(whole.world.importer).identifiers
    entries = whole.files["entries"].filter(pl.col("Importer Number").is_in(numbers))[ENTRY]
    asked = whole.files["requests"].filter(pl.col(ENTRY).is_in(entries.implode()) & (pl.col("Form") == "CF28"))
    mine = asked.filter((pl.col("Outcome Code") == "OPEN") & (pl.col("Subject Code") == "CLASS"))
    issued = mine.select(day("Issued Date", "%Y-%m-%d")).to_series().to_list()
    assert OPEN_REQUEST_DAYS in [(AS_OF - one).days for one in issued]


def test_the_broker_files_for_the_importer_and_for_several_others(whole: Written) -> None:
    (code,) = whole.world.account(whole.world.broker).identifiers
    filed = whole.files["entries"].filter(pl.col(ENTRY).str.starts_with(code))["Importer Name"].unique()
    assert whole.world.importer in filed.to_list()
    assert len(filed) >= 5


def test_managers_have_caseloads_and_a_few_accounts_have_none(whole: Written) -> None:
    world = whole.world
    assert 8 <= len(world.managers) <= 10
    assert all(25 <= len(manager.accounts) <= 50 for manager in world.managers)
    assert 5 <= len(world.orphans) <= 8
    held = [name for manager in world.managers for name in manager.accounts]
    assert sorted([*held, *world.orphans]) == sorted(one.name for one in world.accounts)
    away = [manager for manager in world.managers if manager.absent]
    assert len(away) == 2
    present = {manager.email for manager in world.managers if not manager.absent}
    assert all(manager.covered_by in present and manager.absent[0] <= AS_OF <= manager.absent[1] for manager in away)
    own = next(manager for manager in world.managers if manager.email == "manager@demo.example")
    assert {world.importer, world.broker} <= set(own.accounts)
    assert world.stranger not in own.accounts


def test_every_address_is_of_the_demonstration(whole: Written) -> None:
    addresses = [one.email for one in whole.world.accounts] + [one.email for one in whole.world.managers]
    assert len(set(addresses)) == len(addresses)
    assert all(re.fullmatch(r"[a-z.]+@demo\.example", address) for address in addresses)
    assert whole.world.account(whole.world.importer).email == "importer@demo.example"


def test_notices_lie_behind_and_ahead(whole: Written) -> None:
    notices = whole.world.notices
    assert len(notices) >= 36
    assert len({one.number for one in notices}) == len(notices)
    assert all((one.published <= AS_OF) is not one.scheduled for one in notices)
    ahead = [one for one in notices if one.effective_date > AS_OF]
    assert len(ahead) >= 10
    motors = next(one for one in ahead if one.hts_prefixes == ("8501",))
    assert (motors.effective_date, motors.rate_change, motors.countries) == (
        date(2027, 1, 15),
        "25.0",
        ("CN",),
    )
    assert {one.kind for one in notices} == {"CSMS", "FR", "TRADE", "RULING", "ADCVD"}
    assert all(len(one.title) <= 180 and bool(one.to_do) == bool(one.answer_by) for one in notices)
    asking = sum(one.answer_by is not None for one in notices)
    assert 0.1 < asking / len(notices) < 0.35
