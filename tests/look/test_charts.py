"""Charts: the geometry is exact, and the table behind a drawing has the numbers of the drawing."""

import datetime
import re
from typing import Any

import pytest

from look.charts import (
    ClockStrip,
    Columns,
    Day,
    DifferenceRow,
    Differences,
    Layer,
    Month,
    Part,
    RateRow,
    Rates,
    Stacked,
    Sum,
)
from look.charts.outlook import Expected, Known, Outlook
from look.charts.scales import Scale, nice_top
from look.charts.series import Moment, Series
from look.templatetags import look

RATES = Rates(
    'Wrong <b>"&',
    "Share",
    "Closed",
    [RateRow("You", 5, 50, 0.1, 0.043, 0.214), RateRow("Others", 1, 8, 0.125, 0.02, 0.47)],
)
COLUMNS = Columns(
    "Most in March", "By month", "Examinations", [Month("Feb", 2), Month("Mar", 8), Month("Apr", 0, running=True)]
)
SCORE = Sum(
    "Two thirds",
    "Points",
    55.0,
    [Part("Duty", 40.0, main=True), Part("Change", 18.0), Part("Programs", -3.0)],
    [(60, "high")],
)


def drawn(chart: object) -> str:
    return str(look.chart(chart))


def cells(html: str) -> list[str]:
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", body, re.DOTALL)]


@pytest.mark.parametrize(
    ("largest", "top", "step"),
    [(0, 5.0, 1.0), (8, 8, 2), (0.214, 0.25, 0.05), (0.47, 0.5, 0.1), (27, 30, 10), (999, 1000, 200)],
)
def test_an_axis_ends_round_and_above_the_largest(largest: float, top: float, step: float) -> None:
    found = nice_top(largest, 5 if largest != 8 and largest != 27 else 4)
    assert found == (pytest.approx(top), pytest.approx(step))


@pytest.mark.parametrize(
    ("largest", "top", "step"), [(1, 1, 1), (3, 3, 1), (9, 10, 5), (10, 10, 5), (0.5, 1, 1), (90, 100, 25)]
)
def test_an_axis_of_things_counts_whole_ones(largest: float, top: float, step: float) -> None:
    assert nice_top(largest, 4, whole=True) == (top, step)


@pytest.mark.parametrize(("high", "said"), [(0.11, "2.5"), (0.044, "1"), (0.011, "0.25"), (0.47, "10")])
def test_ticks_say_where_they_stand(high: float, said: str) -> None:
    rates = Rates("T", "C", "U", [RateRow("You", 1, 50, 0.01, 0.001, high)])
    assert rates.wide["ticks"][1][1] == f"{said}\u00a0%"


def test_a_scale_keeps_what_lies_outside_at_its_ends() -> None:
    scale = Scale(10, 100, 200)
    assert [scale(value) for value in (-1, 0, 5, 10, 11)] == [100, 100, 150, 200, 200]
    assert Scale(0, 100, 200)(5) == 100


def test_a_rate_stands_on_its_interval() -> None:
    (you, others) = RATES.wide["dots"]
    assert (you["low"], you["at"], you["high"]) == (188.4, 239.2, 340.9)
    assert you["low"] < you["at"] < you["high"] < others["high"]


def test_the_table_behind_rates_has_the_same_numbers() -> None:
    html = drawn(RATES)
    assert cells(html) == [
        *("You", "50", "5", "10.0\u00a0%", "4.3\u00a0% to 21.4\u00a0%"),
        *("Others", "8", "1", "12.5\u00a0%", "2.0\u00a0% to 47.0\u00a0%"),
    ]
    assert html.count("10.0\u00a0%") == 3 + 2, "two drawings, their two labels, and the table"


def test_columns_are_as_high_as_their_numbers_and_the_table_says_the_same() -> None:
    whole, running = COLUMNS.wide["columns"], COLUMNS.wide["running"]
    feb, mar = [float(high) for high in re.findall(r"v([\d.]+)", str(whole))]
    assert mar == pytest.approx(4 * feb)
    assert "v0.0" in str(running)
    places = [tuple(map(float, one)) for one in re.findall(r"M([\d.]+),([\d.]+)h([\d.]+)v[\d.]+h-\3z", str(whole))]
    assert len(places) == 2
    assert places[0][0] + places[0][2] < places[1][0], "no two touch"
    assert places[0][1] > places[1][1], "the higher one begins higher up"
    assert [name for _, name in COLUMNS.wide["names"]] == ["Feb", "Mar", "Apr"]  # type: ignore[attr-defined]
    assert cells(drawn(COLUMNS)) == ["Feb", "2", "Mar", "8", "Apr (so far)", "0"]


def test_a_series_marks_what_chance_does_not_explain_at_its_place() -> None:
    moments = [Moment("Q1", 2, 40, 0.05, 0.1), Moment("Q2", 8, 40, 0.2, 0.1, marked=True), Moment("Q3", 1, 40, 0.025)]
    series = Series("One", "Share", 0.09, moments)
    drawing = series.wide
    first, second, third = [tuple(map(float, at.split(","))) for at in str(drawing["line"]).split()]
    assert second[1] < first[1] < third[1], "up is more"
    assert re.findall(r"M([\d.]+),([\d.]+)", str(drawing["marked"])) == [(f"{second[0] - 6:.1f}", str(second[1]))]
    plain = re.findall(r"M([\d.]+),([\d.]+)", str(drawing["dots"]))
    assert plain == [(f"{x - 3.5:.1f}", str(y)) for x, y in (first, third)]
    steps = re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)", str(drawing["limits"]))
    assert len(steps) == 2, "where no limit is known none is drawn"
    for (start, level, end), x in zip(steps, (first[0], second[0]), strict=True):
        assert float(start) < x < float(end)
        assert second[1] < float(level) < first[1]
    assert cells(drawn(series))[5:10] == ["Q2 (above)", "40", "8", "20.0\u00a0%", "10.0\u00a0%"]


def test_the_pieces_of_a_score_meet_and_end_at_the_sum() -> None:
    drawing = SCORE.drawing
    duty, change = drawing["pieces"]
    assert change["x"] == pytest.approx(duty["x"] + duty["width"] + 1.5, abs=0.2)
    assert drawing["off"]["x"] == drawing["total"], "what programs take off leads back to the score"
    assert SCORE.label == "Score 55.0 of 100 as a sum: Duty 40.0, Change 18.0, Programs −3.0."


def test_a_clock_names_the_days_that_do_not_count() -> None:
    first = datetime.date(2026, 11, 25)
    kinds = ["begun", "off", "today", "off", "off", "open", "last"]
    notes = ["", "Thanksgiving Day", "", "weekend", "weekend", "", ""]
    days = [
        Day(first + datetime.timedelta(n), kind, note) for n, (kind, note) in enumerate(zip(kinds, notes, strict=True))
    ]
    strip = ClockStrip("CBP must decide by Tuesday.", days)
    assert strip.off_days == ["Thanksgiving Day", "weekend"]
    assert [box["number"] for box in strip.wide["boxes"]] == ["Nov 25", "26", "27", "28", "29", "30", "Dec 1"]
    assert strip.wide["boxes"][-1]["x"] + strip.wide["boxes"][-1]["width"] < 800
    assert 'aria-label="CBP must decide by Tuesday."' in drawn(strip)


@pytest.mark.parametrize("chart", [RATES, COLUMNS])
def test_every_drawing_says_its_numbers_to_a_screen_reader(chart: object) -> None:
    assert drawn(chart).count(f'aria-label="{chart.label}"') == 2  # type: ignore[attr-defined]


def test_a_title_with_markup_is_shown_and_not_run() -> None:
    html = drawn(RATES)
    assert "<h3>Wrong &lt;b&gt;&quot;&amp;</h3>" in html
    assert "<b>" not in html


STACKED = Stacked(
    "Most in March",
    "duty",
    ["Feb", "Mar"],
    [Layer("Regular <b>", [10_000, 30_000]), Layer("Section 301", [0, 50_000])],
    running=True,
)


def test_a_stack_stands_on_its_floor_and_each_layer_on_the_one_below() -> None:
    february, march = STACKED.wide["columns"]  # type: ignore[misc]
    (regular,) = february["parts"]
    low, high = march["parts"]
    assert regular["y"] + regular["height"] == low["y"] + low["height"] == 200
    assert high["y"] + high["height"] == low["y"]
    assert low["height"] == pytest.approx(3 * regular["height"], abs=0.3)
    assert (low["letter"], high["letter"], low["fill"]) == ("A", "B", "fa")
    assert low["fill"] != high["fill"]
    assert STACKED.unit == (1000, "Thousand dollars")


def test_the_table_behind_a_stack_has_its_amounts_and_their_sums() -> None:
    html = drawn(STACKED)
    assert cells(html) == ["Feb", "10,000", "0", "10,000", "Mar (so far)", "30,000", "50,000", "80,000"]
    assert "Regular &lt;b&gt;" in html
    assert "<b>" not in html
    assert "style=" not in html
    key = html[html.index('class="key"') :]
    assert key.index("Section 301") < key.index("Regular"), "the key reads from the top down as the column does"


def test_a_stack_of_nothing_is_drawn_and_one_of_too_many_is_refused() -> None:
    assert "Infinity" not in drawn(Stacked("None", "duty", ["Feb"], [Layer("Regular", [0])]))
    with pytest.raises(ValueError, match="told apart"):
        Stacked("Too many", "duty", ["Feb"], [Layer(str(n), [1]) for n in range(6)])


def test_a_difference_stands_left_of_zero_when_there_are_fewer() -> None:
    rows = [DifferenceRow("Adjusted", -0.017, -0.03, -0.004), DifferenceRow("Check", 0.0001, -0.01, 0.011)]
    chart = Differences("Fewer", "Points", "fewer", "more", rows)
    for drawing in (chart.wide, chart.narrow):
        first, second = drawing["dots"]
        assert drawing["start"] <= first["low"] < first["at"] < first["high"] < drawing["zero"]
        assert second["low"] < drawing["zero"] < second["high"] <= drawing["end"]
    assert cells(drawn(chart)) == ["Adjusted", "−1.7", "−3.0 to −0.4", "Check", "0.0", "−1.0 to +1.1"]
    assert chart.label == "Adjusted: −1.7 points, between −3.0 and −0.4; Check: 0.0 points, between −1.0 and +1.1."


@pytest.mark.parametrize("crossing", range(12))
def test_words_where_an_outlook_crosses_its_limit_stay_within_the_drawing(crossing: int) -> None:
    words = "The line passes it in September"
    drawn = Outlook(
        "Passes",
        "dollars",
        200_000.0,
        "Your bond $200k",
        known=[Known(f"Month {n}", 150_000.0 + n) for n in range(12)],
        expected=[Expected(f"Month {n}", 190_000.0 + n, 180_000.0, 220_000.0) for n in range(12, 24)],
        crossing=crossing,
        crossing_words=words,
    )
    for drawing in (drawn.wide, drawn.narrow):
        at: dict[str, Any] = drawing["crossing_words"]  # type: ignore[assignment]
        begins, ends = (at["x"] - 7 * len(words), at["x"]) if at["end"] else (at["x"], at["x"] + 7 * len(words))
        assert 0 <= begins < ends <= drawing["width"]  # type: ignore[operator]
        assert begins > drawing["crossing"][0] or ends < drawing["crossing"][0] or at["y"] < 18  # type: ignore[index]
