"""What a study says in words."""

import pytest

from compliance.effect import studying, words
from compliance.effect.arms import Count, Estimate
from compliance.effect.studying import Said

SOME = (Count(9, 300, 12), Count(20, 500, 1))


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("", ""),
        (
            studying.FEW,
            "Random reviews found 12 discrepancies where accounts entered and 1 where they did not; 100 are",
        ),
        (studying.APART, "Only 23\u00a0% of the reviews"),
        (studying.UNSOLVED, "no finite answer"),
        (studying.NO_LOTTERY, "No lot decided"),
        (studying.NO_YEAR, "No random review is known"),
    ],
)
def test_why_a_method_says_nothing(why: str, said: str) -> None:
    assert said in words.why_not(Said(*SOME, why_not=why, overlap=0.23))


@pytest.mark.parametrize(
    ("difference", "doubted", "said"),
    [
        (None, False, "the data cannot tell yet"),
        (-0.017, False, "1.7 fewer of 100 lines are in error"),
        (0.017, False, "1.7 more of 100 lines are in error"),
        (-0.001, False, "no effect is shown"),
        (-0.017, True, "the comparison is not fair"),
    ],
)
def test_the_finding_in_a_few_words(difference: float | None, doubted: bool, said: str) -> None:
    estimate = None if difference is None else Estimate(0.05, 0.05 - difference, difference, 0.005)
    assert words.finding(Said(*SOME, estimate), doubted) == said


def test_every_method_has_a_line_in_the_order_of_the_table() -> None:
    lines = words.lines({name: Said(*SOME, why_not=studying.FEW) for name in words.METHODS})
    assert [line.name for line in lines] == ["Adjusted", "Most alike", "By lot", "Check"]
    assert (lines[0].difference, lines[0].interval) == ("–", "")
