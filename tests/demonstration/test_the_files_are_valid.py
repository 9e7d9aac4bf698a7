"""Everything that the invented world writes keeps the rules of its formats."""

import re
from datetime import date

import polars as pl
import pytest
from stdnum import iso6346

from accounts.identifiers import parse_entry_number, parse_importer_number
from examinations.loading.reading import columns, open_table
from tests.demonstration.conftest import AS_OF, Written

MONEY = ("Line Tariff Goods Value Amount", "Line Tariff Duty Amount", "Line MPF Amount", "Line HMF Amount")


def cents(name: str) -> pl.Expr:
    """Dollars as whole cents, exactly; nothing where the cell is empty."""
    return pl.col(name).str.replace(".", "", literal=True).cast(pl.Int64)


def day(name: str, form: str = "%m/%d/%Y") -> pl.Expr:
    return pl.col(name).str.to_date(form)


@pytest.fixture(scope="module")
def rows(small: Written) -> pl.DataFrame:
    return small.files["entries"].with_columns(*(cents(name) for name in MONEY))


def lines_of(rows: pl.DataFrame) -> pl.DataFrame:
    commodity = ~pl.col("HTS Number - Full").str.starts_with("99")
    return rows.filter(commodity)


@pytest.mark.parametrize(
    ("kind", "key", "wanted"),
    [
        ("accounts", "name", columns.ACCOUNTS),
        ("entries", "entry_number", columns.ENTRIES),
        ("examinations", "port", columns.EXAMINATIONS),
        ("bonds", "number", columns.BONDS),
    ],
)
def test_the_loaders_reader_rejects_no_row(small: Written, kind: str, key: str, wanted: tuple) -> None:
    table = open_table(small.folder / f"{kind}.csv", wanted, AS_OF, key=key)
    blocks = list(table.blocks())
    assert [(one.column, one.reason) for block in blocks for one in block.rejected] == []
    assert sum(len(block.good) for block in blocks) == len(small.files[kind])
    assert table.repaired == 0


def test_every_entry_number_has_its_check_digit(rows: pl.DataFrame) -> None:
    numbers = rows["Entry Summary Number"].unique().to_list()
    assert len(numbers) > 3_000
    assert [parse_entry_number(number).value for number in numbers] == numbers


def test_filer_codes_of_entries_are_the_brokers(small: Written, rows: pl.DataFrame) -> None:
    brokers = {code for one in small.world.accounts if one.kind == "BROKER" for code in one.identifiers}
    assert set(rows["Entry Summary Number"].str.slice(0, 3).unique()) <= brokers


def test_importer_numbers_begin_with_a_prefix_that_nobody_has(small: Written, rows: pl.DataFrame) -> None:
    held = {number for one in small.world.accounts if one.kind == "IMPORTER" for number in one.identifiers}
    assert all(parse_importer_number(number) and number.startswith("96-") for number in held)
    assert set(rows["Importer Number"].unique()) <= held


def test_manufacturer_codes_follow_the_rule_and_the_origin(small: Written, rows: pl.DataFrame) -> None:
    planted = pl.col("Manufacturer ID").str.starts_with("HK") & (pl.col("Country of Origin Code") != "HK")
    slips = rows.filter(planted)
    assert set(slips["Importer Name"]) == {small.world.importer}
    assert 0 < len(slips) < 10
    pairs = rows.filter(~planted).select("Manufacturer ID", "Country of Origin Code").unique().rows()
    form = re.compile(r"^[A-Z]{2}[A-Z0-9]{1,6}\d{0,4}[A-Z]{1,3}$")
    assert all(form.match(mid) and len(mid) <= 15 for mid, _ in pairs)
    assert all(mid[:2] == origin or (origin == "CA" and mid[0] == "X") for mid, origin in pairs)


def test_the_file_has_as_many_lines_as_asked(rows: pl.DataFrame) -> None:
    assert rows.select("Entry Summary Number", "Entry Summary Line Number").n_unique() == 12_000


def test_rows_of_a_line_count_up_and_end_with_the_commodity(rows: pl.DataFrame) -> None:
    key = ["Entry Summary Number", "Entry Summary Line Number"]
    chapter_99 = pl.col("HTS Number - Full").str.starts_with("99")
    ordinal = pl.col("Tariff Ordinal Number").cast(int)
    found = rows.group_by(key).agg(
        last_is_commodity=~chapter_99.last(),
        others_are_not=chapter_99.head(pl.len() - 1).all(),
        counts_up=(ordinal == pl.int_range(1, pl.len() + 1)).all(),
    )
    assert found["last_is_commodity"].all()
    assert found["others_are_not"].all()
    assert found["counts_up"].all()


def test_rows_of_chapter_99_carry_duty_and_no_value(rows: pl.DataFrame) -> None:
    additional = rows.filter(pl.col("HTS Number - Full").str.starts_with("99"))
    assert len(additional) > 500
    assert (additional["Line Tariff Goods Value Amount"] == 0).all()
    assert (additional["Line Tariff Duty Amount"] >= 0).all()
    assert (lines_of(rows)["Line Tariff Goods Value Amount"] > 0).all()


def test_rows_of_an_entry_agree_on_what_the_entry_says(rows: pl.DataFrame) -> None:
    said = ["Entry Type Code", "Importer Number", "Port of Entry Code", "Entry Date", "Entry Summary Date",
            "Mode of Transportation Code", "Liquidation Date", "Bond Number"]  # fmt: skip
    kinds = rows.group_by("Entry Summary Number").agg(pl.col(said).n_unique())
    assert kinds.select(pl.col(said).max()).row(0) == (1,) * len(said)


def test_the_processing_fee_stays_between_least_and_most(rows: pl.DataFrame) -> None:
    fees = (
        rows.filter(pl.col("Entry Type Code") == "01")
        .group_by("Entry Summary Number")
        .agg(
            pl.col("Line MPF Amount").sum(),
            day("Entry Date").first(),
            value=pl.col("Line Tariff Goods Value Amount").filter(pl.col("Line SPI Code").is_null()).sum(),
            known=pl.col("Mode of Transportation Code").is_not_null().all(),
        )
    )
    this_year = (pl.col("Entry Date") >= date(2025, 10, 1)) & (pl.col("Entry Date") < date(2026, 10, 1))
    owing = fees.filter(this_year & (pl.col("value") > 0) & pl.col("known"))
    expected = ((pl.col("value") * 3464 + 500_000) // 1_000_000).clip(3358, 65150)
    assert len(owing) > 500
    assert owing.select((pl.col("Line MPF Amount") == expected).all()).item()
    assert (fees.filter(pl.col("value") == 0)["Line MPF Amount"] == 0).all()


def test_the_harbor_fee_is_due_on_vessels_alone(rows: pl.DataFrame) -> None:
    lines = lines_of(rows).with_columns(due=(pl.col("Line Tariff Goods Value Amount") * 125 + 50_000) // 100_000)
    vessel = lines.filter(pl.col("Mode of Transportation Code").is_in(["10", "11"]))
    assert (vessel["Line HMF Amount"] == vessel["due"]).all()
    others = lines.filter(pl.col("Mode of Transportation Code").is_in(["20", "30", "40"]))
    assert (others["Line HMF Amount"] == 0).all()


def test_claimed_preferences_pay_no_regular_duty_and_no_processing_fee(rows: pl.DataFrame) -> None:
    claimed = lines_of(rows).filter(pl.col("Line SPI Code").is_not_null())
    assert (claimed["Line Tariff Duty Amount"] == 0).all()
    assert (claimed["Line MPF Amount"].fill_null(0) == 0).all()


def test_emergency_duties_are_charged_from_february_2025_to_february_2026(rows: pl.DataFrame) -> None:
    charged = rows.filter(pl.col("HTS Number - Full").str.contains("^99030[12]")).select(day("Entry Date"))
    assert charged["Entry Date"].min() >= date(2025, 2, 4)
    assert charged["Entry Date"].max() < date(2026, 2, 24)


def test_antidumping_entries_name_their_case_on_one_line(rows: pl.DataFrame) -> None:
    dumped = (
        lines_of(rows)
        .filter(pl.col("Entry Type Code") == "03")
        .group_by("Entry Summary Number")
        .agg(pl.col("AD/CVD Case Number").drop_nulls())
    )
    assert all(len(cases) == 1 and re.match(r"^A-\d{3}-\d{3}$", cases[0]) for cases in dumped["AD/CVD Case Number"])
    others = rows.filter(pl.col("Entry Type Code") != "03")
    assert others["AD/CVD Case Number"].null_count() == len(others)


def test_dates_of_an_entry_are_in_order_and_never_ahead(small: Written, rows: pl.DataFrame) -> None:
    dates = rows.select(day("Entry Date"), day("Entry Summary Date"), day("Liquidation Date"))
    assert dates["Entry Date"].min() >= small.world.first == date(2024, 11, 1)
    assert dates["Entry Date"].max() <= small.world.newest < AS_OF
    assert (dates["Entry Summary Date"] >= dates["Entry Date"]).all()
    assert dates["Entry Summary Date"].max() < AS_OF
    assert dates["Liquidation Date"].drop_nulls().dt.weekday().unique().to_list() == [5]


def test_steps_of_an_examination_are_in_order_and_never_ahead(small: Written) -> None:
    names = ("Selected Date", "Notified Date", "Presented Date", "Examined Date", "Released Date")
    found = small.files["examinations"].select(day(name, "%Y-%m-%d") for name in names)
    for place, later in enumerate(names):
        assert found[later].max() < AS_OF
        for earlier in names[:place]:
            assert (found[later] >= found[earlier]).all(), (earlier, later)


def test_containers_have_their_check_digit_and_an_owner_that_nobody_is(small: Written) -> None:
    containers = small.files["examinations"]["Container Number"].drop_nulls()
    assert len(containers) > 20
    assert all(number.startswith("ZZXU") and iso6346.is_valid(number) for number in containers)


def test_every_examination_is_of_a_known_entry_line_or_waits_for_one(small: Written, rows: pl.DataFrame) -> None:
    found = small.files["examinations"]
    numbers = set(rows["Entry Summary Number"])
    assert set(found["Entry Summary Number"].drop_nulls()) <= numbers
    reviews = found.filter(pl.col("Examination Type Code") == "ESR")
    lines = set(rows.select("Entry Summary Number", "Entry Summary Line Number").rows())
    assert set(reviews.select("Entry Summary Number", "Entry Summary Line Number").rows()) <= lines
    waiting = found.filter(pl.col("Entry Summary Number").is_null())
    assert len(waiting) > 5
    assert waiting["Importer Number"].null_count() == waiting["Container Number"].null_count() == 0


def test_what_is_open_shows_no_result(small: Written) -> None:
    found = small.files["examinations"]
    still_open = found.filter(pl.col("Disposition Code").is_in(["PENDING", "DETAINED"]))
    assert len(still_open) > 10
    for name in ("Released Date", "Discrepancy Type Code", "Found Amount", "Revenue Difference Amount"):
        assert still_open[name].null_count() == len(still_open)


def test_only_drawn_examinations_carry_a_probability(small: Written) -> None:
    drawn = pl.col("Selection Probability").is_not_null()
    reason = pl.col("Selection Reason Code")
    found = small.files["examinations"]
    assert found.filter(reason == "RANDOM").select(drawn.all()).item()
    assert not found.filter(reason.is_in(["TARGETED", "AGENCY", "UNKNOWN"])).select(drawn.any()).item()


def test_a_measured_discrepancy_moves_the_value_and_no_other_does(small: Written) -> None:
    found = small.files["examinations"].filter(pl.col("Discrepancy Type Code").is_not_null())
    moved = pl.col("Declared Amount") != pl.col("Found Amount")
    measured = pl.col("Discrepancy Type Code").is_in(["VALUE", "QTY"])
    assert not found.filter(~measured).select(moved.any()).item()
    assert found.filter(measured).select(moved.mean()).item() > 0.9


def test_bonds_of_entries_are_in_force_on_the_day(small: Written, rows: pl.DataFrame) -> None:
    bonds = (
        small.files["bonds"]
        .filter(pl.col("Activity Code") == "1")
        .select(
            "Bond Number",
            "Importer Number",
            day("Effective Date", "%Y-%m-%d"),
            day("Termination Date", "%Y-%m-%d"),
        )
    )
    used = rows.select("Bond Number", "Importer Number", day("Entry Date")).unique()
    matched = used.join(bonds, on=["Bond Number", "Importer Number"], how="left")
    assert matched["Effective Date"].null_count() == 0
    assert (matched["Entry Date"] >= matched["Effective Date"]).all()
    assert (matched["Entry Date"] <= matched["Termination Date"]).all()


def test_no_number_has_two_importer_bonds_at_once(small: Written) -> None:
    bonds = small.files["bonds"].filter((pl.col("Activity Code") == "1") & pl.col("Termination Date").is_null())
    assert bonds["Importer Number"].n_unique() == len(bonds)


def test_requests_are_of_known_lines_and_answered_after_issue(small: Written, rows: pl.DataFrame) -> None:
    asked = small.files["requests"]
    lines = set(rows.select("Entry Summary Number", "Entry Summary Line Number").rows())
    assert set(asked.select("Entry Summary Number", "Entry Summary Line Number").rows()) <= lines
    answered = asked.filter(pl.col("Answered Date").is_not_null())
    assert (answered["Answered Date"] > answered["Issued Date"]).all()
    assert asked.filter(pl.col("Outcome Code") == "OPEN")["Answered Date"].drop_nulls().is_empty()
    assert asked["Issued Date"].max() < str(AS_OF)
