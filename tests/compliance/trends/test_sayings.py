"""What a trend says, when it began, and how it goes on: values in, words and states out."""

import datetime

import numpy as np
import pytest

from compliance.trends.beginning import began
from compliance.trends.counting import rests_on, stake
from compliance.trends.examined import Examined
from compliance.trends.states import Standing, added_share, moved, odds_over
from compliance.trends.words import Cell, Said, how_sure, usual

SINCE = datetime.date(2026, 5, 2)


def test_a_sentence_has_singulars_and_what_would_be_usual() -> None:
    cell = Cell(heading="6109", manufacturer="MXSHIRT1MEX", port="Laredo", kind="SPI_CLAIM")
    assert Said(cell, SINCE, False, 61, 14, 3.1, 18_400).sentence == (
        "Since about May 2026, 14 of 61 closed examinations of goods of heading 6109 made by MXSHIRT1MEX at Laredo found"
        " a preference claimed without qualifying; about three would be usual."
    )
    one = Said(Cell(origin="China"), SINCE, True, 1, 1, 0.1)
    assert one.sentence.startswith(
        "For as long as there are data, 1 of 1 closed examination of goods from China it found"
    )
    assert Said(cell, SINCE, False, 61, 14, 3.1).consequence == "No duty was found owed in them."
    assert (usual(0.2), usual(1.1), usual(26.6)) == ("fewer than one", "about one", "about 27")


@pytest.mark.parametrize(("q", "said"), [(0.0001, "Practically"), (0.005, "Very"), (0.04, "Fairly"), (0.09, "Likely")])
def test_how_sure_follows_from_the_share_of_mistakes(q: float, said: str) -> None:
    assert how_sure(q).startswith(said)


def test_a_beginning_lies_where_finds_begin_and_knows_how_unsure_it_is() -> None:
    day = np.arange(0, 600, 6)
    found = (day >= 300) & (day % 18 == 0)
    clear = began(day, found, np.full(len(day), 0.03), 0, 600)
    assert abs(clear.day - 300) <= 30
    assert clear.low <= clear.day <= clear.high
    always = began(day, day % 18 == 0, np.full(len(day), 0.03), 0, 600)
    assert always.whole
    late = began(day + 400, day % 18 == 0, np.full(len(day), 0.03), 0, 1000)
    assert late.low >= 400  # nothing is known before its first examination


@pytest.mark.parametrize(
    ("state", "now", "then"),
    [
        ("new", Standing(14, 3, 61, -2, 10), "new"),
        ("seen", Standing(14, 3, 61, 1.5, 10), "easing"),
        ("easing", Standing(14, 3, 61, -0.5, 10), "seen"),
        ("easing", Standing(14, 3, 61, 3.0, 10), "resolved"),
        ("in_plan", Standing(14, 3, 61, 3.0, 10), "in_plan"),
        ("in_plan", Standing(2, 0.1, 61, 3.0, 10), "resolved"),
        ("seen", Standing(14, 3, 61, 0, 400), "resolved"),
        ("back", Standing(3, 3.5, 61, 0, 10), "resolved"),
    ],
)
def test_a_trend_goes_on_as_its_recent_examinations_say(state: str, now: Standing, then: str) -> None:
    assert moved(state, now)[0] == then


def test_odds_turn_with_what_is_found() -> None:
    added = added_share(14, 3, 61)
    assert odds_over(np.zeros(30, bool), np.full(30, 0.05), added) > 3
    assert odds_over(np.arange(30) % 4 == 0, np.full(30, 0.05), added) < 0


def test_what_it_rests_on_and_what_is_at_stake() -> None:
    counted = {"discrepancies": 12, "expected": 2.0, "random_discrepancies": 11, "random_expected": 1.5}
    assert rests_on(counted) == "random"
    assert rests_on(counted | {"random_discrepancies": 2, "random_expected": 1.9}) == "targeted"
    assert rests_on(counted | {"random_discrepancies": 6, "random_expected": 1.0}) == "both"
    assert stake(5_000, 10, 1_000, 60, 0.1) == pytest.approx(5_000 + 940 * 0.1 * 500)
    assert stake(5_000, 10, 1_000, 60, 0.0) == 5_000
    assert stake(0, 0, 1_000, 60, 0.1) == 0


def test_finds_go_with_the_examinations_that_are_kept() -> None:
    none = np.zeros(4, bool)
    rows = Examined(
        np.array([0, 0, 1, 1]), np.zeros((5, 4), np.int64), np.zeros(4, np.int64), none, none, np.arange(4),
        np.array([True, False, True, True]), np.array([0, 2, 3]), np.array([1, 2, 1]), np.array([5.0, 6.0, 7.0]), 2, 1, 3,
    )  # fmt: skip
    kept = rows.only(np.array([False, True, True, True]))
    assert kept.counts(kept.within(1, (0, -1, -1, -1, -1))).tolist() == [2, 1, 1, 0]
    assert kept.owed(np.array([1, 2]), 1) == 7.0
