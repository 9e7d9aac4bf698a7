"""The state machine of a bond, its two clocks, and the amounts of single entries: values in, values out."""

import datetime
from decimal import Decimal

import pytest

from compliance.bonds.changes import added_ahead, months_from, share_in_force, weights
from compliance.bonds.single_entry import Asked, Case, single_entry_amount
from compliance.bonds.states import Letter, State, Terms, clock_of, state_of
from compliance.bonds.sufficiency import headroom, most_for, required_amount, step_above

LETTER = datetime.date(2026, 12, 1)
DAY = datetime.timedelta(days=1)
#: Duties of twelve months, and what they are of a bond of $50,000: the table of domain 1.1.
SAID = {
    "0": State.SUFFICIENT,
    "123456.78": State.SUFFICIENT,
    "399999.99": State.SUFFICIENT,
    "400000": State.WATCH,
    "500000": State.WATCH,
    "500000.01": State.DEFICIENT,
    "27000000": State.DEFICIENT,
}


def state(letter: Letter | None = None, day: datetime.date = LETTER, total: str = "560000", **given: bool) -> State:
    amount = Decimal(50_000)
    given = {"ended": False, "followed": False} | given
    return state_of(
        Decimal(total), amount, required_amount(Decimal(total)), letter=letter, terms=Terms(), day=day, **given
    )


@pytest.mark.parametrize("total", SAID)
def test_without_a_letter_the_formula_says_it(total: str) -> None:
    assert state(total=total) == SAID[total]


def test_a_letter_of_december_1_gives_until_december_16_and_31() -> None:
    clock = clock_of(LETTER, Terms())
    assert (clock.remedy_by, clock.in_force_by) == (datetime.date(2026, 12, 16), datetime.date(2026, 12, 31))
    assert clock.left(State.NOTIFIED, LETTER + 3 * DAY) == 12
    assert clock.left(State.TERMINATION_FILED, LETTER + 20 * DAY) == 10
    assert clock.left(State.INSUFFICIENT, LETTER + 31 * DAY) == -1


@pytest.mark.parametrize(
    ("after", "filed", "replaced", "found"),
    [
        (-1, None, None, State.DEFICIENT),
        (0, None, None, State.NOTIFIED),
        (15, None, None, State.NOTIFIED),
        (16, None, None, State.INSUFFICIENT),
        (10, 10, None, State.TERMINATION_FILED),
        (9, 10, None, State.NOTIFIED),
        (15, 15, None, State.TERMINATION_FILED),
        (30, 15, None, State.TERMINATION_FILED),
        (31, 15, None, State.INSUFFICIENT),
        (20, 16, None, State.INSUFFICIENT),
        (29, 10, 29, State.REPLACED),
        (28, 10, 29, State.TERMINATION_FILED),
        (40, None, 38, State.REPLACED),
    ],
)
def test_the_letter_runs_by_days(after: int, filed: int | None, replaced: int | None, found: State) -> None:
    at = {name: None if n is None else LETTER + n * DAY for name, n in (("filed", filed), ("replaced", replaced))}
    assert state(Letter(LETTER, **at), LETTER + after * DAY) == found


def test_grossly_insufficient_leaves_no_days() -> None:
    assert state(Letter(LETTER, immediate=True)) == State.IMMEDIATE


def test_a_bond_that_ended_is_replaced_only_where_another_is_in_force() -> None:
    assert state(ended=True, followed=True) == State.REPLACED
    assert state(ended=True) == State.ENDED


@pytest.mark.parametrize(
    ("amount", "above", "most"),
    [
        ("40000", "50000", None),
        ("50000", "60000", "500000"),
        ("55000", "60000", "500000"),
        ("90000", "100000", "900000"),
        ("100000", "200000", "1000000"),
        ("250000", "300000", "2000000"),
        ("300000", "400000", "3000000"),
    ],
)
def test_steps_and_what_a_bond_is_enough_for(amount: str, above: str, most: str | None) -> None:
    assert step_above(Decimal(amount)) == Decimal(above)
    found = most_for(Decimal(amount))
    assert found == (None if most is None else Decimal(most))
    if found is not None:
        assert required_amount(found) <= Decimal(amount) < required_amount(found + Decimal("0.01"))


def test_headroom_is_ten_times_the_bond_less_what_was_deposited() -> None:
    assert headroom(Decimal(416_568), Decimal(50_000)) == Decimal(83_432)


# ---- one entry -------------------------------------------------------------------------------------------------

THREE = {"value": Decimal(40_000), "duty": Decimal("3011.44"), "fees": Decimal("138.56")}


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        (Asked(Case.NORMAL, **THREE), 43_150),
        (Asked(Case.AGENCY, **THREE), 120_000),
        (Asked(Case.QUOTA, **THREE), 120_000),
        (Asked(Case.TARIFF_RATE_QUOTA, Decimal(40_000), Decimal(800), Decimal("138.56"), Decimal(9_600)), 49_739),
        (Asked(Case.REDUCED, Decimal(40_000), Decimal(0), Decimal("138.56"), Decimal(1_120)), 41_259),
        (Asked(Case.REDUCED, Decimal(40_000), Decimal(800), Decimal("138.56")), 40_939),
        (Asked(Case.FREE, **THREE), 4_000),
        (Asked(Case.TEMPORARY, **THREE), 6_300),
        (Asked(Case.WAREHOUSE, **THREE), 6_162),
    ],
)
def test_amounts_of_one_entry_by_the_table(asked: Asked, amount: int) -> None:
    assert single_entry_amount(asked).amount == amount


TAXED = {"value": Decimal(10_000), "duty": Decimal(1_000), "taxes": Decimal(500), "fees": Decimal(50)}


@pytest.mark.parametrize(
    ("case", "amount", "rule", "sure"),
    [
        (Case.NORMAL, 11_550, "Usage of the trade", True),
        (Case.AGENCY, 30_000, "Directive 3510-004", True),
        (Case.QUOTA, 30_000, "Usage of the trade", False),
        (Case.TARIFF_RATE_QUOTA, 14_550, "19 CFR 142.4(a)", True),
        (Case.TEMPORARY, 3_100, "19 CFR 10.31(f)", False),
        (Case.WAREHOUSE, 2_550, "Attributed to Directive 3510-004", False),
    ],
)
def test_taxes_count_once_beside_the_duty_and_each_rule_is_where_it_is_from(
    case: Case, amount: int, rule: str, sure: bool
) -> None:
    found = single_entry_amount(Asked(case, **TAXED, full_duty=Decimal(4_000)))
    assert (found.amount, found.rule, found.sure) == (amount, rule, sure)


def test_a_small_entry_says_that_the_surety_may_be_waived() -> None:
    note = single_entry_amount(Asked(Case.NORMAL, Decimal(2_500))).note
    assert "142.4(c)" in note
    assert "waive the surety if the summary is filed" in note
    assert not single_entry_amount(Asked(Case.NORMAL, Decimal("2500.01"))).note


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity", "1" + 20 * "0"])
def test_amounts_that_cannot_be_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="between zero"):
        single_entry_amount(Asked(Case.NORMAL, Decimal(value)))
    with pytest.raises(ValueError, match="between zero"):
        single_entry_amount(Asked(Case.NORMAL, Decimal(1), fees=Decimal(value)))
    with pytest.raises(ValueError, match="between zero"):
        single_entry_amount(Asked(Case.NORMAL, Decimal(1), taxes=Decimal(value)))


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(ValueError, match="what kind"):
        single_entry_amount(Asked("nonsense", Decimal(1)))


# ---- changes of duty -------------------------------------------------------------------------------------------


def test_a_month_counts_by_its_days_in_force() -> None:
    january = datetime.date(2027, 1, 1)
    assert share_in_force(january, datetime.date(2027, 1, 15), None) == pytest.approx(17 / 31)
    assert share_in_force(january, datetime.date(2026, 1, 1), datetime.date(2027, 1, 1)) == pytest.approx(1 / 31)
    assert share_in_force(january, datetime.date(2027, 2, 1), None) == 0
    assert share_in_force(january, datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)) == 0


def test_months_that_paid_by_a_change_already_do_not_pay_it_twice() -> None:
    months = months_from(datetime.date(2026, 11, 24), 12)
    assert (months[0], months[-1]) == (datetime.date(2026, 11, 1), datetime.date(2027, 10, 1))
    since_march = weights(months, datetime.date(2026, 3, 1), None)
    assert since_march.tolist() == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    until_february = weights(months, datetime.date(2020, 1, 1), datetime.date(2026, 2, 28))
    assert until_february.tolist() == [-1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_what_is_only_supposed_was_never_paid() -> None:
    """A question of last March: announced, the months since would have paid it; supposed, they did not."""
    months = months_from(datetime.date(2026, 11, 24), 12)
    before = {month.replace(year=month.year - 1): 1_000.0 for month in months}
    march = datetime.date(2026, 3, 1)
    assert added_ahead(months, before, march, None).sum() == 4_000
    assert added_ahead(months, before, march, None, supposed=True).tolist() == [1_000] * 12
    ahead = datetime.date(2026, 12, 16)
    for supposed in (False, True):
        added = added_ahead(months, before, ahead, None, supposed=supposed)
        assert added[:2] == pytest.approx([0, 1_000 * 16 / 31])
        assert added[2:].tolist() == [1_000] * 10


def test_the_worked_example_of_a_rise() -> None:
    """Domain 1.5: 25 % on half of twelve millions is 125,000 a month, and $200,000 of bond after a year."""
    months = months_from(datetime.date(2026, 11, 24), 12)
    before = {month.replace(year=month.year - 1): 125_000.0 for month in months}
    added = added_ahead(months, before, datetime.date(2026, 11, 1), None)
    assert added.sum() == 1_500_000
    assert required_amount(Decimal(416_568) + Decimal(int(added.sum()))) == 200_000
    first_past = next(n for n, so_far in enumerate(added.cumsum(), 1) if 416_568 + so_far > 500_000)
    assert first_past == 1
