"""When a study says that it cannot tell."""

import dataclasses
import datetime

import numpy as np
import pytest

from compliance.effect import studying
from compliance.effect.arms import Arms, Numbers
from compliance.effect.studying import ADJUSTED, LOTTERY, MATCHED, PLACEBO, Study, enough_on, study
from tests.compliance.effect.test_methods import arms

NO_LOT: Numbers = np.zeros(2_000)


@pytest.fixture
def large() -> Arms:
    return arms(np.random.default_rng(7), 2_000, effect=-0.5)


def shrunk_to(once: Arms, found: int) -> Arms:
    """The same with just so many discrepancies at those that entered."""
    at = np.flatnonzero(once.entered)
    left = np.zeros(len(once.found))
    left[~once.entered] = once.found[~once.entered]
    left[at[:found]] = 1
    return dataclasses.replace(once, found=np.minimum(left, once.reviews))


def test_a_large_study_says_what_it_finds(large: Arms) -> None:
    said = study(large, None, NO_LOT)
    assert said.headline == ADJUSTED
    estimate = said.said[ADJUSTED].estimate
    assert estimate is not None
    assert estimate.high < 0
    assert said.said[MATCHED].estimate is not None
    assert (said.said[LOTTERY].why_not, said.said[PLACEBO].why_not) == (studying.NO_LOTTERY, studying.NO_YEAR)
    assert not said.doubted


@pytest.mark.parametrize(("found", "why"), [(99, studying.FEW), (100, "")])
def test_under_a_hundred_discrepancies_in_an_arm_nothing_is_said(large: Arms, found: int, why: str) -> None:
    sure = dataclasses.replace(large, reviews=np.maximum(large.reviews, 1))
    said = study(shrunk_to(sure, found), None, NO_LOT).said
    assert said[ADJUSTED].entered.found == found
    assert (said[ADJUSTED].why_not, said[MATCHED].why_not) == (why, why)
    assert (said[ADJUSTED].estimate is None) == bool(why)


def test_who_entered_with_nobody_like_them_cannot_be_compared(large: Arms) -> None:
    far = large.inputs.copy()
    far[large.entered, 1] += 20
    said = study(dataclasses.replace(large, inputs=far), None, NO_LOT).said[ADJUSTED]
    assert (said.estimate, said.why_not, said.overlap) == (None, studying.APART, 0.0)


def test_a_lottery_stands_first_where_it_can_tell(large: Arms) -> None:
    chance = np.where(np.arange(2_000) < 1_000, 0.5, large.entered.astype(float))
    said = study(large, None, chance)
    assert said.headline == LOTTERY
    assert said.said[LOTTERY].entered.reviews == large.reviews[:1_000][large.entered[:1_000]].sum()


def test_a_small_lottery_leaves_the_first_place_to_the_regression(large: Arms) -> None:
    chance = np.where(np.arange(2_000) < 20, 0.5, large.entered.astype(float))
    said = study(large, None, chance)
    assert said.headline == ADJUSTED
    assert said.said[LOTTERY].why_not == studying.FEW


def test_an_effect_before_the_round_makes_the_figure_doubtful(large: Arms) -> None:
    assert study(large, large, NO_LOT).doubted
    nothing = arms(np.random.default_rng(12), 2_000)
    assert not study(nothing, nothing, NO_LOT).doubted


def of(found: int) -> Study:
    once = arms(np.random.default_rng(9), 400)
    return study(shrunk_to(once, found), None, np.zeros(400))


def test_the_day_on_which_there_will_be_enough() -> None:
    since, until = datetime.date(2026, 1, 1), datetime.date(2026, 7, 1)
    few = of(50)
    found = few.said[ADJUSTED].entered.found
    ahead = round((until - since).days * (100 - found) / found)
    assert enough_on(few, since, until) == until + datetime.timedelta(days=ahead)
    assert enough_on(of(0), since, until) is None
    assert enough_on(of(1), since, until) is None
    assert enough_on(few, since, since) is None
