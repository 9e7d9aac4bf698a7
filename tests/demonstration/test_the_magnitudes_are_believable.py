"""Shares and sizes of a world of 60,000 lines lie where an expert would expect them."""

from datetime import date

import polars as pl
import pytest

from demonstration.world import World
from demonstration.world.bonds import step_up
from tests.demonstration.conftest import Written
from tests.demonstration.test_the_files_are_valid import cents, day

ENTRY = "Entry Summary Number"


def lines_of(file: pl.DataFrame) -> pl.DataFrame:
    """One row for each line, money in cents."""
    chapter_99 = pl.col("HTS Number - Full").str.starts_with("99")
    names = (
        "Line Tariff Goods Value Amount",
        "Line Tariff Duty Amount",
        "Line MPF Amount",
        "Line HMF Amount",
    )
    rows = file.with_columns(*(cents(name) for name in names), day("Entry Date"))
    return rows.group_by(ENTRY, "Entry Summary Line Number").agg(
        pl.col("Importer Name", "Entry Type Code", "Port of Entry Code", "Entry Date").first(),
        pl.col("Country of Origin Code", "Line SPI Code").first(),
        mode=pl.col("Mode of Transportation Code").first().fill_null(""),
        value=pl.col(names[0]).sum(),
        duty=pl.col(names[1]).sum(),
        regular=pl.col(names[1]).filter(~chapter_99).sum(),
        fees=pl.col(names[2]).sum() + pl.col(names[3]).sum(),
    )


def entries_of(lines: pl.DataFrame) -> pl.DataFrame:
    """One row for each entry."""
    return lines.group_by(ENTRY).agg(
        pl.col("Importer Name", "Entry Type Code", "Port of Entry Code", "Entry Date", "mode").first(),
        pl.col("value", "duty", "fees").sum(),
        lines=pl.len(),
    )


@pytest.fixture(scope="module")
def lines(middling: Written) -> pl.DataFrame:
    return lines_of(middling.files["entries"])


@pytest.fixture(scope="module")
def entries(lines: pl.DataFrame) -> pl.DataFrame:
    return entries_of(lines)


@pytest.fixture(scope="module")
def examinations(middling: Written) -> pl.DataFrame:
    return middling.files["examinations"].unique("Examination Number", maintain_order=True)


def shares(frame: pl.DataFrame, by: str, of: str | None = None) -> dict[str, float]:
    """Percent of rows, or of the sum of a column, by the values of another."""
    part = pl.len() if of is None else pl.col(of).sum()
    found = frame.group_by(by).agg(part=part)
    return dict(zip(found[by], 100 * found["part"] / found["part"].sum(), strict=True))


def test_there_are_270_importers_and_30_brokers_in_all_ten_centers(middling: Written) -> None:
    kinds = [one.kind for one in middling.world.accounts]
    assert (kinds.count("IMPORTER"), kinds.count("BROKER")) == (270, 30)
    centers = [one.center for one in middling.world.accounts if one.kind == "IMPORTER"]
    assert len(set(centers)) == 10
    largest = sorted((centers.count(center) for center in set(centers)), reverse=True)[:3]
    assert 0.4 < sum(largest) / 270 < 0.6
    assert len({one.name for one in middling.world.accounts}) == 300


def test_a_tenth_of_the_accounts_has_most_of_the_value(lines: pl.DataFrame) -> None:
    by_account = sorted(shares(lines, "Importer Name", "value").values(), reverse=True)
    assert 65 <= sum(by_account[:27]) <= 76


def test_entries_have_few_lines_and_some_have_many(entries: pl.DataFrame) -> None:
    assert 1 <= entries["lines"].median() <= 2
    assert 2.5 <= entries["lines"].mean() <= 4
    assert 9 <= entries["lines"].quantile(0.95) <= 14


def test_an_entry_is_worth_what_its_way_in_lets_expect(entries: pl.DataFrame) -> None:
    medians = {key[0]: part["value"].median() / 100 for key, part in entries.group_by("mode")}
    assert 18_000 <= entries["value"].median() / 100 <= 30_000
    assert 36_000 <= medians["11"] <= 60_000
    assert 16_000 <= medians["30"] <= 26_000
    assert 9_000 <= medians["40"] <= 17_000


def test_modes_ports_and_types_have_their_shares(entries: pl.DataFrame) -> None:
    modes, ports, types = (shares(entries, by) for by in ("mode", "Port of Entry Code", "Entry Type Code"))
    assert abs(modes["30"] - 38) < 3
    assert abs(modes["40"] - 34) < 3
    assert abs(modes["10"] + modes["11"] + modes[""] - 24) < 3
    assert 2.5 < modes["20"] < 5.5
    assert all(6 < ports[port] < 11 for port in ("2304", "2704", "3901", "4701"))
    assert all(3.5 < ports[port] < 7.5 for port in ("3801", "3802", "4601", "2709"))
    assert 80 < types["01"] < 87
    assert 6 <= types["11"] <= 8
    assert 1.5 <= types["03"] <= 3.5
    assert 3 <= types["06"] <= 6


def test_origins_have_their_shares_of_value_and_china_falls(lines: pl.DataFrame) -> None:
    found = shares(lines, "Country of Origin Code", "value")
    assert abs(found["MX"] - 16) < 4
    assert abs(found["CA"] - 12) < 3
    assert 9 < found["CN"] < 15
    early, late = (
        shares(lines.filter(pl.col("Entry Date").is_between(*span)), "Country of Origin Code", "value")["CN"]
        for span in ((date(2024, 11, 1), date(2025, 6, 30)), (date(2026, 4, 1), date(2026, 11, 24)))
    )
    assert late < early


def test_more_than_half_of_the_lines_are_free_of_regular_duty(lines: pl.DataFrame) -> None:
    assert 0.55 <= (lines["regular"] == 0).mean() <= 0.65


def test_duty_rises_in_2025_and_falls_in_2026(lines: pl.DataFrame) -> None:
    def effective(first: date, last: date) -> float:
        part = lines.filter(pl.col("Entry Date").is_between(first, last))
        return 100 * part["duty"].sum() / part["value"].sum()

    before = effective(date(2024, 11, 1), date(2025, 1, 31))
    height = effective(date(2025, 8, 1), date(2026, 1, 31))
    after = effective(date(2026, 3, 1), date(2026, 11, 24))
    assert 2 < before < 4.5
    assert 7.5 < height < 11.5
    assert 2.5 < after < 5.5


def test_preferences_are_claimed_more_since_2025(lines: pl.DataFrame) -> None:
    near = pl.col("Country of Origin Code").is_in(["MX", "CA"])
    claimed = pl.col("Line SPI Code").is_not_null()
    since = pl.col("Entry Date") >= date(2025, 1, 1)
    found = lines.select(
        before=claimed.filter(near & ~since).mean(), after=claimed.filter(near & since).mean(),
        elsewhere=claimed.filter(~near).mean(),
    ).row(0)  # fmt: skip
    assert abs(found[0] - 0.45) < 0.05
    assert abs(found[1] - 0.80) < 0.03
    assert 0.03 <= found[2] <= 0.06


def test_cargo_is_examined_as_often_as_importers_notice(entries: pl.DataFrame, examinations: pl.DataFrame) -> None:
    cargo = examinations.filter(pl.col("Examination Type Code") != "ESR")
    touched = cargo.join(entries, on=ENTRY)
    assert 0.021 <= touched[ENTRY].n_unique() / len(entries) <= 0.03
    rates = {
        mode: len(touched.filter(pl.col("mode") == mode)) / (entries["mode"] == mode).sum()
        for mode in ("11", "30", "40")
    }
    assert rates["11"] > rates["30"] > rates["40"]
    kinds = shares(cargo, "Examination Type Code")
    assert abs(kinds["NII"] - 48) < 8
    assert abs(kinds["TAIL"] - 13) < 6
    assert abs(kinds["INT"] - 12) < 6


def test_a_share_of_cargo_examinations_is_random(whole: Written) -> None:
    found = whole.files["examinations"].unique("Examination Number")
    cargo = found.filter(pl.col("Examination Type Code") != "ESR")
    reviews = found.filter(pl.col("Examination Type Code") == "ESR")
    assert 0.04 <= (cargo["Selection Reason Code"] == "RANDOM").mean() <= 0.08
    assert 0.33 <= (reviews["Selection Reason Code"] == "RANDOM").mean() <= 0.45


def test_random_reviews_find_what_measurement_found(whole: Written) -> None:
    found = whole.files["examinations"].unique("Examination Number")
    closed = found.filter((pl.col("Examination Type Code") == "ESR") & (pl.col("Disposition Code") != "PENDING"))
    random = closed.filter(pl.col("Selection Reason Code") == "RANDOM")
    targeted = closed.filter(pl.col("Selection Reason Code") == "TARGETED")
    assert 4_000 < len(random) < 5_200
    assert 0.04 <= (random["Disposition Code"] != "NO_DISCREPANCY").mean() <= 0.09
    assert 0.012 <= (random["Disposition Code"] == "DISCREPANCY_MTD").mean() <= 0.027
    assert 0.09 <= (targeted["Disposition Code"] != "NO_DISCREPANCY").mean() <= 0.15


def test_a_draws_probability_is_the_one_that_it_was_drawn_with(whole: Written) -> None:
    """Horvitz-Thompson: the drawn lines, each counted by one over its probability, are about all lines."""
    random = whole.files["examinations"].filter(
        (pl.col("Selection Reason Code") == "RANDOM") & (pl.col("Examination Type Code") == "ESR")
    ).unique("Examination Number")  # fmt: skip
    counted = (1 / random["Selection Probability"].cast(float)).sum()
    assert 0.92 * 600_000 < counted < 1.03 * 600_000


def test_bonds_follow_the_formula_and_some_fall_short(whole: Written) -> None:
    entries = entries_of(lines_of(whole.files["entries"]))
    used = use_of_bonds(whole.world, whole.files["bonds"], entries)
    assert len(used) == 270
    assert 0.03 <= (used["use"] > 1).mean() <= 0.05
    assert 0.07 <= ((used["use"] > 0.8) & (used["use"] <= 1)).mean() <= 0.11
    assert all(step_up(amount) == amount for amount in used["amount"].to_list())


def use_of_bonds(world: World, bonds: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Of each importer the newest code-1 bond and how far a tenth of a year's duties and fees uses it."""
    counted = entries.filter(
        pl.col("Entry Date").is_between(date(2025, 11, 1), date(2026, 10, 31))
        & ~pl.col("Entry Type Code").is_in(["21", "23"])
    )
    owed = counted.group_by("Importer Name").agg(owed=(pl.col("duty") + pl.col("fees")).sum() / 1_000)
    names = pl.DataFrame(
        [(one.identifiers[0], one.name) for one in world.accounts if one.kind == "IMPORTER"],
        schema=["Importer Number", "Importer Name"], orient="row",
    )  # fmt: skip
    newest = bonds.filter((pl.col("Activity Code") == "1") & pl.col("Termination Date").is_null())
    return (
        names.join(newest, on="Importer Number")
        .join(owed, on="Importer Name", how="left")
        .with_columns(amount=pl.col("Bond Amount").cast(pl.Int64))
        .with_columns(use=pl.col("owed").fill_null(0) / pl.col("amount"))
    )


def test_nearly_all_requests_are_answered_and_a_third_change_the_entry(whole: Written) -> None:
    asked = whole.files["requests"]
    information = asked.filter(pl.col("Form") == "CF28")
    assert 280 < len(information) < 400
    closed = information.filter(pl.col("Outcome Code") != "OPEN")
    days = closed.select(day("Answered Date", "%Y-%m-%d") - day("Issued Date", "%Y-%m-%d")).to_series()
    assert 0.83 <= (days.dt.total_days() <= 30).mean() <= 0.93
    assert 0.28 <= (closed["Outcome Code"] == "CHANGE").mean() <= 0.42
