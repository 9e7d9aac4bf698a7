"""The drawing of rates by Center and chapter: which parts stand in it, and what its title says."""

from types import SimpleNamespace

import pytest

from compliance.measurement.charts import MOST_DOTS, parts_chart, years_chart
from compliance.measurement.estimating import Rated
from compliance.measurement.rates import stratified_rate
from compliance.measurement.reading import PartRow


def rated(examined: int, wrong: int) -> Rated:
    estimate = stratified_rate([(10_000, examined, wrong)])
    return Rated(examined, wrong, 0, estimate, stratified_rate([(10_000, examined, 0)]))


def test_a_part_whose_interval_lies_above_the_rate_of_all_is_named_and_stands_first() -> None:
    rows = [PartRow("Electronics", 5_000, rated(400, 8)), PartRow("Machinery", 5_000, rated(200, 40))]
    chart = parts_chart("Center", rows, rated(600, 48))
    assert chart is not None
    assert chart.title == "Machinery: above the rate of all"
    assert [row.label for row in chart.rows] == ["Machinery", "Electronics"]
    assert (chart.rows[0].found, chart.rows[0].count) == (40, 200)


def test_where_none_can_be_told_from_all_the_title_says_so() -> None:
    rows = [PartRow("Chapter 84", 5_000, rated(60, 3)), PartRow("Chapter 85", 5_000, rated(60, 4))]
    chart = parts_chart("Chapter", rows, rated(120, 7))
    assert chart is not None
    assert chart.title == "No chapter can be told from all"


def test_parts_of_few_lines_are_left_to_the_table_and_one_part_is_no_chart() -> None:
    rows = [PartRow("Chapter 84", 5_000, rated(60, 3)), PartRow("Chapter 85", 90, rated(19, 4))]
    assert parts_chart("Chapter", rows, rated(79, 7)) is None
    assert parts_chart("Chapter", [], rated(79, 7)) is None


def test_of_many_parts_the_highest_are_drawn_and_it_is_said() -> None:
    rows = [PartRow(f"Chapter {n:02}", 500, rated(50, n % 7)) for n in range(30)]
    chart = parts_chart("Chapter", rows, rated(1_500, 85))
    assert chart is not None
    assert len(chart.rows) == MOST_DOTS
    assert "the 12 highest of 30" in chart.counted


@pytest.mark.parametrize(
    ("before", "now", "title"),
    [
        (100, 30, "FY26: fewer lines in error than in FY25"),
        (30, 100, "FY26: more lines in error than in FY25"),
        (30, 35, "FY26: no other rate than in FY25"),
    ],
)
def test_the_chart_of_years_says_whether_the_rate_moved(before: int, now: int, title: str) -> None:
    rows = [(SimpleNamespace(name="FY26"), rated(600, now)), (SimpleNamespace(name="FY25"), rated(600, before))]
    chart = years_chart([*rows, (SimpleNamespace(name="FY24"), None)])
    assert chart is not None
    assert chart.title == title
    assert [row.label for row in chart.rows] == ["FY25", "major errors", "FY26", "major errors"]


def test_one_year_has_nothing_to_compare_with_and_none_is_no_chart() -> None:
    chart = years_chart([(SimpleNamespace(name="FY26"), rated(600, 30))])
    assert chart is not None
    assert chart.title == "FY26: the first year with a result"
    assert years_chart([(SimpleNamespace(name="FY26"), None)]) is None


def test_a_long_name_is_cut_after_a_word() -> None:
    names = ("Apparel, Footwear & Textiles", "Automotive & Aerospace", "Agriculture & Prepared Products", "Machinery")
    rows = [PartRow(name, 5_000, rated(60, 3)) for name in names]
    chart = parts_chart("Center", [*rows, PartRow("Trade agreements", 500, rated(60, 2), "Preferences")], rated(120, 7))
    assert chart is not None
    assert [row.label for row in chart.rows] == ["Apparel…", "Automotive…", "Agriculture…", "Machinery", "Preferences"]
