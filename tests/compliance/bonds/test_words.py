"""What is said of a bond in words: the state comes first, and no letter of CBP is talked down by the formula."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account
from compliance.bonds.models import Bond, BondReview
from compliance.bonds.standing import Standing
from compliance.bonds.states import BY_LETTER, State
from compliance.bonds.words import one_line, stands, with_what_is_announced
from portal.monthly.facts import MonthFacts
from portal.monthly.words import paragraphs_of

TODAY = datetime.date(2026, 11, 26)
DAY = datetime.timedelta(days=1)
NOTHING = Decimal(0)


def reviewed(state: str, **fields: Any) -> BondReview:
    """Used to a tenth, and inside on all paths: by the formula there is nothing the matter."""
    given: dict[str, Any] = {
        "account": Account(name="Quillard Electric"), "total": 100_000, "required": Decimal(50_000), "use": Decimal("0.05"),
        "since": TODAY, "letter_on": TODAY, "remedy_by": TODAY + 15 * DAY, "in_force_by": TODAY + 30 * DAY,
        "ahead_on": TODAY, "passes": NOTHING, "ask_for": Decimal(60_000),
    }  # fmt: skip
    bond = Bond(number="B1", amount=Decimal(200_000))
    return BondReview(bond=bond, state=state, **given | fields)


def standing(review: BondReview) -> Standing:
    bond = review.bond
    bond.review = review  # type: ignore[attr-defined]
    return Standing(bond, Decimal(100_000), Decimal("0.05"), review.required, False, 1)


@pytest.mark.parametrize("state", BY_LETTER)
def test_under_a_letter_nothing_says_that_the_bond_is_enough(state: str) -> None:
    review = reviewed(state)
    month = MonthFacts(
        month=TODAY.replace(day=1), entries=0, examined=0, selected=0, held_now=0, found=0, ended=0, half_within=None,
        owed=NOTHING, overpaid=NOTHING, duty=NOTHING, bond_amount=review.bond.amount, bond_use=review.use,
        bond_stands=stands(standing(review), TODAY),
    )  # fmt: skip
    reported = dict(paragraphs_of(month))["Bond"]
    announced = with_what_is_announced(review, review.bond.amount, TODAY)
    for said in (reported, announced):
        assert "enough" not in said
        assert one_line(review, TODAY) in said
    assert announced.startswith("Your bond of $200,000 is ")
    assert announced.endswith(
        "The new one needs $60,000 by CBP’s published formula, with this and all else that is announced."
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.NOTIFIED, "CBP’s letter of November 26, 2026 gives until December 11, 2026, in 15 days"),
        (State.TERMINATION_FILED, "the new one must be in force by December 26, 2026, in 30 days"),
        (State.INSUFFICIENT, "is insufficient: no new entry may use it"),
        (State.IMMEDIATE, "is insufficient: no new entry may use it"),
    ],
)
def test_a_letter_is_told_before_anything_is_known_of_the_year_ahead(state: str, said: str) -> None:
    review = reviewed(state, ahead_on=None, passes=None, ask_for=None)
    told = with_what_is_announced(review, review.bond.amount, TODAY, whose="Quillard Electric’s")
    assert told.startswith("Quillard Electric’s bond of $200,000 is ")
    assert said in told
    assert "by CBP’s published formula" not in told
    assert with_what_is_announced(reviewed(State.SUFFICIENT, ahead_on=None), Decimal(200_000), TODAY) == ""


def test_without_a_letter_the_formula_says_it() -> None:
    assert stands(standing(reviewed(State.SUFFICIENT)), TODAY) == "by CBP’s published formula it is enough today"
    short = standing(reviewed(State.DEFICIENT, required=Decimal(300_000)))
    assert stands(short, TODAY) == "by CBP’s published formula it is $100,000 too small"
    assert "is enough for the twelve months ahead in 100" in with_what_is_announced(
        reviewed(State.SUFFICIENT), Decimal(200_000), TODAY
    )
