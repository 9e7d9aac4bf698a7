"""The drawing of rates by Center and chapter: which parts stand in it, and what its title says."""

from compliance.measurement.charts import MOST_DOTS, parts_chart
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
