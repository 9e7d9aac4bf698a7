"""The sentences above a table of figures: what holds longest, what was found where, in one, few and many."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from examinations.figures import Period
from examinations.figures.comparing import change_in_words
from examinations.figures.table import Line, stay_of
from examinations.intervals import rate_of
from examinations.views.figures_said import finding_said, longest_said

NAMES = {"2704": "Los Angeles", "2304": "Laredo"}


def line(code: str, days: list[int] | None = None, found: int = 0, examined: tuple[int, int] = (0, 0)) -> Line:
    nothing: dict[str, Any] = dict.fromkeys(("lines", "held", "closed", "wrong", "major"), 0)
    nothing |= dict.fromkeys(("value", "duty", "owed", "overpaid"), 0)
    nothing |= dict.fromkeys(("random", "random_cargo", "other"))
    stay = stay_of(days or [], 0)
    return Line(
        code=code, entries=examined[1], examined=rate_of(*examined), stay=stay, cargo=len(days or []) + 1, found=found,
        **nothing,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("los_angeles", "laredo", "peers", "said"),
    [
        ([7, 7, 7, 7, 7], [1, 1, 1, 1, 1], {}, "Los Angeles holds longest: half of 5 examinations took 7 days or more, "
         "against 4 over all. Too few others were examined at Los Angeles to tell whether they wait as long."),
        ([7, 7, 7, 7, 7], [1, 1, 1, 1, 1], {"2704": 3.0}, "The median importer at Los Angeles waits 3 days: others wait less."),
        ([7, 7, 7, 7, 7], [1, 1, 1, 1, 1], {"2704": 7.0}, "The median importer at Los Angeles waits 7 days: others wait as long."),
        ([7, 7, 7, 7, 7], [1, 1, 1, 1, 1], {"2704": 1.0}, "waits 1 day: others wait less."),
        ([7], [1], {}, "Los Angeles held longest, 7 days, but that is one examination: too few to tell that "
         "it is the port and not chance."),
        ([1, 1], [0], {}, "Los Angeles held longest, 1 day, but that is the median of 2 examinations: too few"),
        ([7, 7, 7, 7, 7], [1, 1, 1, 1, 1], {"2704": 9.0}, "waits 9 days: others wait longer."),
        ([2] * 5, [9], {"2704": 1.0}, "None of the ports with 5 releases or more holds longer than the whole: half were "
         "released within 2 days. Laredo held longer, 9 days, but that is one examination: too few to tell."),
        ([2] * 5, [2] * 5, {}, "None of the ports holds longer than the whole: half were released within 2 days."),
        ([], [], {}, "Nothing selected in these months was released yet."),
    ],
)  # fmt: skip
def test_which_port_holds_longest_is_always_answered_when_asked(
    los_angeles: list[int], laredo: list[int], peers: dict[str, float], said: str
) -> None:
    lines = [line("2704", los_angeles), line("2304", laredo)]
    assert said in " ".join(longest_said(lines, line("", los_angeles + laredo), "port", peers, NAMES, asked=True))


def test_unasked_it_is_said_only_where_it_is_known() -> None:
    few = [line("2704", [7]), line("2304", [1])]
    assert longest_said(few, line("", [7, 1]), "port", {}, NAMES, asked=False) == []
    assert longest_said([line("2704")], line(""), "port", {}, NAMES, asked=False) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (0, "No classification discrepancy was found in these months."),
        (1, "The one examination or review with a classification discrepancy was at Los Angeles."),
        (2, "Of 2 examinations and reviews with a classification discrepancy, 2 were at Los Angeles."),
    ],
)
def test_where_a_discrepancy_was_found_is_said_in_its_number(found: int, said: str) -> None:
    assert finding_said([line("2704", found=found)], line("", found=found), "port", "CLASS", NAMES) == said


def test_it_is_goods_that_are_held_and_no_supplier_that_holds() -> None:
    lines = [line("MXFAROR233HAN", [3] * 5), line("VNELCOR8259HAN", [1] * 6)]
    said = longest_said(lines, line("", [3] * 5 + [1] * 6), "manufacturer", {}, {}, asked=False)
    assert said == [
        "Goods of MXFAROR233HAN are held longest: half of 5 examinations took 3 days or more, against 1 over all."
    ]
    same = [line("MXFAROR233HAN", [2] * 5), line("VNELCOR8259HAN", [9])]
    assert longest_said(same, line("", [2] * 5 + [9]), "manufacturer", {}, {}, asked=True) == [
        "Goods of none of the suppliers with 5 releases or more were held longer than the whole: half were released "
        "within 2 days.",
        "Goods of VNELCOR8259HAN were held longer, 9 days, but that is one examination: too few to tell.",
    ]


def test_one_value_alone_is_no_comparison() -> None:
    alone = line("2704", examined=(3, 60))
    assert (
        finding_said([alone], alone, "port", "", NAMES) == "Los Angeles is the only port with figures for these months."
    )
    both = [alone, line("2304", examined=(3, 60))]
    assert finding_said(both, line("", examined=(6, 120)), "port", "", NAMES).startswith("None of the ports stands out")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ((16, 357), (6, 328), "examined more often than in the year before (6 of 328 entries, 1.8\u00a0%), which may be chance"),
        ((3, 357), (6, 328), "examined less often than in the year before (6 of 328 entries, 1.8\u00a0%), which may be chance"),
        ((40, 357), (6, 328), "examined more often than in the year before (6 of 328 entries, 1.8\u00a0%)"),
        ((2, 100), (4, 200), "examined as often as in the year before (4 of 200 entries, 2.0\u00a0%)"),
        ((2, 100), (0, 0), ""),
    ],
)  # fmt: skip
def test_a_change_is_said_with_whether_it_may_be_chance(
    now: tuple[int, int], before: tuple[int, int], said: str
) -> None:
    found: Any = SimpleNamespace(all=line("", examined=now), before=line("", examined=before), year_before=line(""))
    year = Period(datetime.date(2025, 12, 1), datetime.date(2026, 11, 30))
    assert change_in_words(found, year) == said
