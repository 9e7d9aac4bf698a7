"""A ranking against what came later, on invented outcomes whose truth is known."""

import json

import numpy as np
import pytest

from compliance.risk.backtest import judging
from compliance.risk.backtest.judging import LEAST_EXPECTED, MOST_GROUPS, Outcome, groups, judged


def world(accounts: int = 2_000, seed: int = 1, off: float = 1.0) -> tuple[np.ndarray, Outcome]:
    """Rates, and reviews that find errors at `off` times these rates."""
    chance = np.random.default_rng(seed)
    rate = chance.beta(2, 38, accounts)
    reviews = chance.poisson(3, accounts)
    wrong = chance.binomial(reviews, np.clip(rate * off, 0, 1))
    return rate, Outcome(reviews.astype(float), wrong.astype(float), wrong * chance.exponential(500, accounts))


def test_too_few_are_not_judged() -> None:
    rate = np.full(40, 0.05)
    found = judged(rate, {"score": rate}, Outcome(np.full(40, 2.0), np.r_[np.ones(40), []], np.ones(40)))
    assert found == {"accounts": 40, "reviewed": 40, "reviews": 80, "wrong": 40, "owed": 40.0, "enough": False}
    assert judged(np.empty(0), {}, Outcome(np.empty(0), np.empty(0), np.empty(0)))["enough"] is False


def test_the_top_has_what_it_has_and_the_hidden_order_is_the_best() -> None:
    rate, outcome = world()
    found = judged(rate, {"best": outcome.owed, "worst": -outcome.owed, "rate": rate}, outcome)
    (hundred,) = (one for one in found["tops"] if one["top"] == 100)
    order = np.argsort(-outcome.owed, kind="stable")[:100]
    assert hundred["by"]["best"]["owed"][0] == pytest.approx(outcome.owed[order].sum() / outcome.owed.sum())
    assert hundred["by"]["best"]["owed"][0] > hundred["by"]["rate"]["owed"][0] > hundred["by"]["worst"]["owed"][0] == 0
    share, low, high = hundred["by"]["rate"]["wrong"]
    assert low < share < high
    assert [one["top"] for one in found["tops"]] == [10, 25, 50, 100, 250, 500, 1000]


def test_intervals_hold_the_share_of_the_world_that_the_accounts_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 60 worlds of the same kind, about 57 intervals hold the mean share."""
    monkeypatch.setattr(judging, "FITS", 2)  # of the calibration, which takes nearly all the time and is not looked at
    shares = []
    for seed in range(60):
        rate, outcome = world(600, seed)
        top = next(one for one in judged(rate, {"rate": rate}, outcome)["tops"] if one["top"] == 100)
        shares.append(top["by"]["rate"]["wrong"])
    truth = np.mean([share for share, _, _ in shares])
    assert sum(low <= truth <= high for _, low, high in shares) >= 52


@pytest.mark.parametrize(("off", "sign"), [(1.0, 0), (1.8, 1), (0.5, -1)])
def test_the_intercept_says_whether_more_or_fewer_came_than_predicted(off: float, sign: int) -> None:
    rate, outcome = world(6_000, 3, off)
    value, low, high = judged(rate, {"rate": rate}, outcome)["calibration"]["intercept"]
    assert low < value < high
    assert (low > 0) - (high < 0) == sign


def test_the_slope_says_whether_accounts_differ_as_much_as_predicted() -> None:
    rate, outcome = world(6_000, 5)
    near = judged(rate, {"rate": rate}, outcome)["calibration"]["slope"]
    assert near[1] < 1 < near[2]
    odds = np.log(rate / (1 - rate))
    wider = 1 / (1 + np.exp(-(odds.mean() + (odds - odds.mean()) * 2)))
    exaggerated = judged(wider, {"rate": rate}, outcome)["calibration"]["slope"]
    assert exaggerated[2] < 1
    assert exaggerated[0] == pytest.approx(near[0] / 2, rel=0.01)


def test_groups_are_ten_at_most_each_of_ten_expected_at_least_and_hold_every_review() -> None:
    for accounts, seed in ((300, 1), (600, 2), (4_000, 3)):
        rate, outcome = world(accounts, seed)
        found = groups(rate, outcome)
        assert 1 <= len(found) <= MOST_GROUPS
        if len(found) > 1:
            assert all(one["expected"] >= LEAST_EXPECTED - 1e-6 for one in found)
        assert sum(one["reviews"] for one in found) == outcome.reviews.sum()
        assert sum(one["wrong"] for one in found) == outcome.wrong.sum()
        edges = [edge for one in found for edge in (one["low"], one["high"])]
        assert edges == sorted(edges)


def test_the_same_gives_the_same() -> None:
    rate, outcome = world(500)
    assert judged(rate, {"rate": rate}, outcome) == judged(rate, {"rate": rate}, outcome)


def test_where_all_rates_are_alike_there_is_no_slope_and_what_is_kept_is_json() -> None:
    rate, outcome = world(800)
    found = judged(np.full_like(rate, 0.5), {"rate": rate}, outcome)
    assert found["calibration"]["slope"] is None
    assert found["calibration"]["intercept"][0] < -1
    json.dumps(found, allow_nan=False)
    json.dumps(judged(rate, {"rate": rate}, outcome), allow_nan=False)
