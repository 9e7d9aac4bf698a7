"""The sentence above a pivot: who is first, alone, or first together with others."""

import datetime

import pytest

from examinations.exploring.dimensions import DIMENSIONS
from examinations.exploring.measures import MEASURES
from examinations.exploring.pivot import Pivot
from examinations.figures import Period
from examinations.intervals import rate_of
from examinations.views.explore_table import Table

YEAR = Period(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("of_row", "of_all", "said"),
    [
        ({"2704": (9, 60), "2304": (1, 100)}, (10, 160),
         ("2704", "has the highest share of entries examined: 15.0\u00a0% (9 of 60, 8.1\u00a0% to 26.1\u00a0%), "
          "against 6.2\u00a0% (10 of 160, 3.4\u00a0% to 11.1\u00a0%) over all, more than chance brings")),
        ({"2704": (3, 60), "2304": (4, 100)}, (7, 160),
         ("2704", "has the highest share of entries examined: 5.0\u00a0% (3 of 60, 1.7\u00a0% to 13.7\u00a0%), "
          "against 4.4\u00a0% (7 of 160, 2.1\u00a0% to 8.8\u00a0%) over all, which may be chance")),
        ({"2704": (9, 10), "2304": (4, 100)}, (13, 110),
         ("No supplier with 20 entries or more", "lies above the whole: 11.8\u00a0% (13 of 110, 7.0\u00a0% to 19.2\u00a0%)")),
        ({"2704": (1, 10), "2304": (0, 9)}, (1, 19), ("Too few to tell", "of any row: 1 of 19 over all")),
        ({"2704": (1, 10), "2304": (0, 10)}, (1, 20),
         ("Too few to tell", "of any row: 5.0\u00a0% (1 of 20, 0.9\u00a0% to 23.6\u00a0%) over all")),
        ({"2704": (3, 60)}, (3, 60), ("2704", "is alone in this table: 5.0\u00a0% (3 of 60, 1.7\u00a0% to 13.7\u00a0%)")),
        ({}, None, None),
    ],
)  # fmt: skip
def test_a_share_is_said_with_whether_it_may_be_chance(
    of_row: dict[str, tuple[int, int]], of_all: tuple[int, int] | None, said: tuple[str, str] | None
) -> None:
    rates = {code: rate_of(*counts) for code, counts in of_row.items()}
    found = Pivot(rows=list(of_row), of_row=dict(rates), of_all=rate_of(*of_all) if of_all else None)
    assert Table(found, MEASURES["examined"], DIMENSIONS["manufacturer"], None, YEAR).sentence == said


@pytest.mark.parametrize(
    ("measure", "of_row", "of_all", "said"),
    [
        ("cargo", {"NII": 5, "INT": 3}, 8, ("X-ray", "has the most cargo examinations: 5 of 8")),
        ("cargo", {"NII": 4, "INT": 4}, 8, ("X-ray and Intensive", "have the most cargo examinations: 4 of 8 each")),
        ("cargo", {"NII": 1, "INT": 1, "TAIL": 1, "DOC": 0}, 3,
         ("X-ray and 2 others", "have the most cargo examinations: 1 of 3 each")),
        ("cargo", {"NII": 2}, 2, ("X-ray", "has all cargo examinations: 2")),
        ("owed", {"NII": 900, "INT": 100}, 1000, ("X-ray", "has the most duty found to be owed: $900 of $1,000")),
        ("owed", {"NII": 900, "": 100}, 1000, ("X-ray", "has the most duty found to be owed: $900 of $1,000")),
        ("days", {"NII": 4.0}, 4.0, ("X-ray", "is alone in this table, with 4 days held")),
        ("days", {"NII": 1.0}, 1.0, ("X-ray", "is alone in this table, with 1 day held")),
        ("days", {"NII": 4.0, "INT": 2.0}, 3.0, ("X-ray", "holds longest: 4 days, against 3 over all")),
        ("days", {"NII": 4.0, "INT": 0.0}, 2.0, ("X-ray", "holds longest: 4 days, against 2 over all")),
        ("days", {"NII": 4.0, "INT": None}, 4.0, ("X-ray", "is alone in this table, with 4 days held")),
        ("days", {"NII": 4.0, "INT": 4.0}, 4.0, ("X-ray and Intensive", "hold longest: 4 days each, against 4 over all")),
        ("cargo", {"NII": 0}, 0, None),
        ("cargo", {}, None, None),
    ],
)  # fmt: skip
def test_first_alone_and_together(
    measure: str, of_row: dict[str, float], of_all: float | None, said: tuple[str, str] | None
) -> None:
    found = Pivot(rows=list(of_row), of_row=of_row, of_all=of_all)
    assert Table(found, MEASURES[measure], DIMENSIONS["type"], None, YEAR).sentence == said
