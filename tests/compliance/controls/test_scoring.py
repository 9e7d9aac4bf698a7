"""How answers make a score, by numbers worked out on paper."""

from decimal import Decimal

from compliance.controls.scoring import Scored, lost_by, score_of

POINTS = [0, 35, 70, 100]


def test_a_component_is_the_weighted_mean_and_the_total_the_mean_of_components() -> None:
    answers = [
        Scored("risk", 4, 3),  # 400
        Scored("risk", 1, 0),  # 0: 400 of 5 weights = 80
        Scored("monitoring", 5, 1),  # 35, alone, counts as much as risk
    ]
    score = score_of(answers, POINTS)
    assert score.components == {"risk": Decimal("80.0"), "monitoring": Decimal("35.0")}
    assert score.total == Decimal("57.5")


def test_what_does_not_apply_or_is_open_counts_neither_way() -> None:
    answers = [Scored("risk", 5, None), Scored("risk", 3, None, applies=False), Scored("risk", 1, 2)]
    assert score_of(answers, POINTS).total == Decimal("70.0")


def test_without_an_answer_there_is_no_score() -> None:
    assert score_of([Scored("risk", 5, None)], POINTS).total is None
    assert score_of([], POINTS).components == {}


def test_rounding_is_of_the_exact_mean_not_of_rounded_components() -> None:
    answers = [Scored("a", 2, 1), Scored("a", 1, 0), Scored("b", 2, 1), Scored("b", 1, 0), Scored("c", 1, 0)]
    # 23.33..., 23.33..., 0: the mean is 15.55..., and not (23.3 + 23.3 + 0) / 3 = 15.53...
    assert score_of(answers, POINTS).total == Decimal("15.6")


def test_the_dearest_answer_has_the_most_weight_and_the_least_level() -> None:
    assert lost_by(Scored("a", 5, 0), POINTS) == 500
    assert lost_by(Scored("a", 5, 3), POINTS) == 0
    assert lost_by(Scored("a", 5, None), POINTS) == 0
