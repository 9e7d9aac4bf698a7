"""Where nothing was done the study claims nothing, and it finds what was: the figures that the project asks for, seeded."""

import pytest

from benchmarks.effect import BY_LOT, LOTTERY, OPPONENTS, OURS, REDUCTION, Record, records

SEED = 20_261_125


@pytest.fixture(scope="module")
def without_effect() -> dict[str, Record]:
    return records({name: OURS[name] for name in ("adjusted", "placebo")} | OPPONENTS, 500, SEED)


def test_without_an_effect_one_is_claimed_as_seldom_as_the_interval_promises(without_effect: dict[str, Record]) -> None:
    adjusted = without_effect["adjusted"]
    assert 0.02 <= adjusted.shows <= 0.08
    assert abs(adjusted.bias) < adjusted.error / 4


def test_without_the_pools_it_would_claim_one_in_every_third_program(without_effect: dict[str, Record]) -> None:
    # Room and rates of errors differ by pool: what the regression needs the terms of pools for.
    opponent, adjusted = without_effect["without pools"], without_effect["adjusted"]
    assert opponent.shows > 1 / 3
    assert abs(opponent.bias) > opponent.error > 4 * abs(adjusted.bias)


def test_an_earlier_year_shows_nothing(without_effect: dict[str, Record]) -> None:
    assert 0.02 <= without_effect["placebo"].shows <= 0.08


def test_the_matched_difference_claims_no_more_than_it_may() -> None:
    assert records({"matched": OURS["matched"]}, 150, SEED)["matched"].shows <= 0.09


def test_the_programs_are_hard_enough_to_fool_what_is_usually_computed(without_effect: dict[str, Record]) -> None:
    assert without_effect["before and after"].fewer > 0.5
    assert without_effect["beside everybody"].shows > 0.9


def test_an_effect_is_found_and_measured() -> None:
    methods = {name: OURS[name] for name in ("adjusted", "placebo")}
    found = records(methods, 150, SEED, reduction=REDUCTION, years=2)
    assert found["adjusted"].fewer > 0.7
    assert found["adjusted"].covers > 0.9
    assert found["placebo"].shows < 0.12


def test_rates_that_lean_too_far_on_few_reviews_mislead_it_little() -> None:
    leaning = records({"adjusted": OURS["adjusted"]}, 150, SEED, strength=20)["adjusted"]
    assert leaning.shows <= 0.12
    assert abs(leaning.bias) < leaning.error / 3


def test_a_lottery_claims_nothing_without_an_effect_and_finds_one() -> None:
    none = records(LOTTERY, 150, SEED, by_lot=BY_LOT)["lottery"]
    some = records(LOTTERY, 150, SEED, by_lot=BY_LOT, reduction=REDUCTION)["lottery"]
    assert none.shows < 0.1
    assert abs(none.bias) < none.error / 4
    assert some.fewer > 0.4
