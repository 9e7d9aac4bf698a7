"""The review of all bonds says what the pure functions say of each, writes what changed, and sums all numbers on a bond."""

import datetime
import random
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account, Identifier
from compliance.bonds.duties import duties_on, months_of, together
from compliance.bonds.looking_ahead import look_ahead, most_of, steps_for
from compliance.bonds.models import Bond, BondReview, BondStep, BondTerms, CoveredNumber, PathErrors
from compliance.bonds.models.step import letter_from
from compliance.bonds.reviewing import review
from compliance.bonds.states import State, state_of
from compliance.bonds.sufficiency import most_for, required_amount
from examinations.models import DutyChange, EntryMonth
from tests.named_people import World, make_account, make_entry

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)
DAY = datetime.timedelta(days=1)
WINDOW = (datetime.date(2025, 11, 1), datetime.date(2026, 10, 1))


def make_bond(world: World, number: str, account: Account, amount: int = 50_000, **fields: Any) -> Bond:
    fields = {"activity_code": "1", "effective": datetime.date(2024, 1, 1)} | fields
    others = fields.pop("others", [])
    bond = Bond.objects.create(
        number=number, account=account, amount=amount, version_at=timezone.now(), load=world.load, **fields
    )
    numbers = [account.identifiers.get(kind="importer"), *others]
    for place, identifier in enumerate(numbers):
        role = "PRINCIPAL" if place == 0 else "CO_PRINCIPAL"
        CoveredNumber.objects.create(
            bond=bond, identifier=identifier, account=identifier.account, principal_account=account, role=role
        )
    return bond


def deposit(identifier: Identifier, month: datetime.date, dollars: object, **fields: Any) -> None:
    given = {"account": identifier.account, "filer": None, "entries": 1, "duty": dollars, "duties_taxes_fees": dollars}
    EntryMonth.objects.create(identifier=identifier, month=month, **(given | fields))


@pytest.fixture
def plain(world: World) -> World:
    """The named people without their entries, so that every dollar is the test's."""
    EntryMonth.objects.all().delete()
    return world


def number_of(account: Account) -> Identifier:
    return account.identifiers.get(kind="importer")


def test_a_bond_answers_for_all_numbers_of_the_last_twelve_whole_months(plain: World) -> None:
    other = make_account("Partner Goods", "importer", "96-333333300")
    bond = make_bond(plain, "B1", plain.quillard, others=[number_of(other)])
    for month in (WINDOW[0], WINDOW[1]):
        deposit(number_of(plain.quillard), month, Decimal(200_000), estimated_entries=2)
    deposit(number_of(other), WINDOW[1], Decimal("160000.01"), hmf_unknown_entries=1, refunded=Decimal(40_000))
    for month in (datetime.date(2025, 10, 1), datetime.date(2026, 11, 1)):
        deposit(number_of(plain.quillard), month, Decimal(10**9))
    deposit(number_of(plain.quillard), WINDOW[1], Decimal(10**9), source="own")
    assert review(None, TODAY) == (1, 1)
    found = BondReview.objects.get()
    assert (found.total, found.net, found.unsure_entries) == (Decimal("560000.01"), Decimal("520000.01"), 5)
    assert (found.required, found.state, found.account) == (60_000, State.DEFICIENT, plain.quillard)
    assert found.use == Decimal("1.1200")
    assert found.headroom == Decimal("-60000.01")
    assert duties_on(bond, *WINDOW).total == found.total
    assert together(months_of(bond, [*WINDOW]), WINDOW[0]).counted == found.total


def test_entries_on_single_transaction_bonds_are_left_out_where_the_file_names_one(plain: World) -> None:
    bond = make_bond(plain, "B1", plain.quillard)
    make_bond(plain, "S1", plain.quillard, bond_type="9")
    for number, of in (("9XZ70000011", "S1"), ("9XZ70000029", "B1"), ("9XZ70000037", "elsewhere")):
        make_entry(plain.load, number, plain.quillard, None, bond_number=of, entry_date=datetime.date(2026, 5, 5))
    deposit(number_of(plain.quillard), datetime.date(2026, 5, 1), Decimal("891.42"))
    review(None, TODAY)
    found = BondReview.objects.get(bond=bond)
    assert (found.total, found.left_out) == (Decimal("594.28"), Decimal("297.14"))
    assert duties_on(bond, *WINDOW).total == found.total
    [month] = months_of(bond, [datetime.date(2026, 5, 1)])
    assert (month.counted, month.left_out_entries) == (found.total, 1)
    assert not BondReview.objects.filter(bond__number="S1").exists()


def test_bonds_of_other_activities_are_not_judged(plain: World) -> None:
    make_bond(plain, "B2", plain.quillard, activity_code="2")
    make_bond(plain, "B3", plain.quillard, effective=TODAY + DAY)
    assert review(None, TODAY) == (0, 0)


def test_the_second_time_nothing_changes_and_a_step_tells_of_each_new_state(plain: World) -> None:
    make_bond(plain, "B1", plain.quillard)
    assert review(None, TODAY) == (1, 1)
    assert not BondStep.objects.exists()
    deposit(number_of(plain.quillard), WINDOW[1], Decimal(450_000))
    assert review(None, TODAY) == (1, 1)
    assert review(None, TODAY + DAY) == (1, 0)
    deposit(number_of(plain.quillard), WINDOW[0], Decimal(100_000))
    review([plain.quillard.pk], TODAY + 2 * DAY)
    steps = BondStep.objects.order_by("pk").values_list("kind", "state", "on", "by")
    assert list(steps) == [
        ("reviewed", "watch", TODAY, None),
        ("reviewed", "deficient", TODAY + 2 * DAY, None),
    ]
    assert BondReview.objects.get().since == TODAY + 2 * DAY


def test_touched_accounts_bring_every_bond_that_covers_their_numbers(plain: World) -> None:
    other = make_account("Partner Goods", "importer", "96-333333300")
    make_bond(plain, "B1", plain.quillard, others=[number_of(other)])
    make_bond(plain, "B2", plain.stranger)
    assert review([other.pk], TODAY) == (1, 1)
    assert review([], TODAY) == (0, 0)
    assert BondReview.objects.get().bond.number == "B1"


def test_the_statement_says_of_every_bond_what_the_pure_functions_say(plain: World) -> None:
    """Two hundred bonds by chance, of every kind of letter, on days around its ends."""
    rng = random.Random(7)
    number = number_of(plain.quillard)
    BondTerms.objects.create(since=TODAY - 10 * DAY, remedy_days=12, in_force_days=25, watch_share=Decimal("0.70"))
    for n in range(200):
        account = make_account(f"Bonded {n}", "importer", f"96-5{n:08}", state="active")
        number = number_of(account)
        ends = rng.choice([None, None, None, TODAY, TODAY + DAY, TODAY - 40 * DAY])
        bond = make_bond(
            plain, f"R{n}", account, rng.choice([40_000, 50_000, 55_000, 90_000, 200_000]), terminates=ends
        )
        if ends and rng.random() < 0.5:
            make_bond(plain, f"N{n}", account, 100_000, effective=ends)
        deposit(
            number,
            WINDOW[rng.randrange(2)],
            rng.choice([0, 400_000, 500_000, Decimal("500000.01"), 640_000, 2_000_000]),
        )
        _letters(rng, bond, plain)
    review(None, TODAY)
    kinds = set()
    for found in BondReview.objects.select_related("bond"):
        bond, steps = found.bond, list(found.bond.steps.filter(by__isnull=False).order_by("pk"))
        letter = letter_from(steps)
        dated = letter.dated if letter and letter.dated <= TODAY else None
        ended = bond.terminates is not None and bond.terminates <= TODAY
        followed = Bond.objects.filter(account=bond.account).in_force(TODAY).exclude(pk=bond.pk).exists()  # type: ignore[attr-defined]
        assert found.required == required_amount(found.total)
        terms = BondTerms.objects.on(TODAY)  # type: ignore[attr-defined]
        at = BondTerms.objects.on(dated) if dated else terms  # type: ignore[attr-defined]
        said = state_of(
            found.total, bond.amount, found.required, letter=letter, ended=ended, followed=followed,
            terms=at if dated else terms, day=TODAY,
        )  # fmt: skip
        assert found.state == said, (bond.number, letter)
        if dated:
            assert found.remedy_by == dated + at.remedy_days * DAY
        kinds.add(found.state)
    assert kinds == set(State)


def _letters(rng: random.Random, bond: Bond, world: World) -> None:
    kind = rng.choice(["none", "letter", "letter", "letter", "at_once", "settled"])
    if kind == "none":
        return
    dated = TODAY - rng.randrange(-1, 40) * DAY
    BondStep.objects.create(
        bond=bond, account=bond.account, kind=kind if kind != "settled" else "letter", on=dated, by=world.hq
    )
    if kind == "settled":
        BondStep.objects.create(bond=bond, account=bond.account, kind="settled", on=TODAY, by=world.hq)
    if rng.random() < 0.6:
        filed = dated + rng.randrange(0, 22) * DAY
        BondStep.objects.create(bond=bond, account=bond.account, kind="filed", on=filed, by=world.hq)
    if rng.random() < 0.3:
        BondStep.objects.create(bond=bond, account=bond.account, kind="replaced", on=dated + 20 * DAY, by=world.hq)


# ---- the year ahead ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", ["0", "500000", "500000.01", "999999.99", "1000000", "1000000.01", "12345678"])
def test_arrays_round_as_the_formula_does(total: str) -> None:
    import numpy as np  # noqa: PLC0415

    assert steps_for(np.array([float(total)]))[0] == required_amount(Decimal(total))
    for amount in (40_000, 50_000, 55_000, 100_000, 250_000, 300_000):
        most = most_for(Decimal(amount))
        assert most_of(np.array([float(amount)]))[0] == (-1 if most is None else most)


@pytest.fixture
def two_years(plain: World) -> World:
    """Thirty bonds with two years; in the second each month is by a tenth more than in the first."""
    for n in range(30):
        account = make_account(f"Bonded {n}", "importer", f"96-5{n:08}", state="active")
        make_bond(plain, f"R{n}", account, 200_000)
        for back in range(24):
            year, month = divmod(2026 * 12 + 9 - back, 12)
            amount = (150_000 if back < 12 else 136_364) + 100 * n
            deposit(number_of(account), datetime.date(year, month + 1, 1), amount)
    review(None, TODAY)
    return plain


def test_all_learn_from_a_year_ago_and_each_is_told_its_year_ahead(two_years: World) -> None:
    assert look_ahead(None, TODAY) == 30
    assert PathErrors.objects.get().month == datetime.date(2026, 11, 1)
    found = BondReview.objects.select_related("bond").get(bond__number="R0")
    assert found.total == 1_800_000
    # A year ago everything grew by a tenth within the year: 1.8 million becomes 1.98, and no bond of $200,000 is passed.
    assert (found.passes, found.short_half, found.ask_for) == (0, None, 200_000)
    larger = BondReview.objects.get(bond__number="R29")
    assert larger.passes in (0, 1)


def test_an_announced_duty_moves_the_month_of_insufficiency(two_years: World) -> None:
    from examinations.models import TradedGoods  # noqa: PLC0415

    account = Account.objects.get(name="Bonded 3")
    months = [
        datetime.date(2025, 11, 1),
        datetime.date(2025, 12, 1),
        *(datetime.date(2026, n, 1) for n in range(1, 11)),
    ]
    TradedGoods.objects.create(
        account=account, identifier=number_of(account), entry_type="01", port="2704", hts="8501104020", origin="CN",
        months=months, values=[100_000] * 12, duties=[0] * 12, value=1_200_000,
    )  # fmt: skip
    look_ahead(None, TODAY)
    before = BondReview.objects.get(bond__number="R3")
    assert before.short_half is None
    change = DutyChange.objects.announce(
        by=two_years.hq,
        name="Motors",
        prefixes=["8501"],
        origins=["CN"],
        points=Decimal(25),
        first=datetime.date(2027, 1, 1),
    )
    look_ahead([account.pk], TODAY)
    after = BondReview.objects.get(bond__number="R3")
    assert after.next_total == before.next_total + 250_000
    assert after.short_half is not None
    assert after.short_half >= datetime.date(2027, 1, 1)
    assert (after.passes, after.ask_for) == (1, 300_000)
    assert BondReview.objects.get(bond__number="R4").short_half is None
    change.withdraw(by=two_years.hq)
    look_ahead([account.pk], TODAY)
    assert BondReview.objects.get(bond__number="R3").short_half is None


def test_too_few_bonds_say_nothing_of_the_year_ahead(plain: World) -> None:
    make_bond(plain, "B1", plain.quillard)
    review(None, TODAY)
    assert look_ahead(None, TODAY) == 0
    assert BondReview.objects.get().passes is None


def test_the_command_reviews_all(plain: World, capsys: Any) -> None:
    make_bond(plain, "B1", plain.quillard)
    call_command("review_bonds", as_of="2026-11-24")
    assert capsys.readouterr().out.strip() == "reviewed=1 changed=1 ahead=0"
    with pytest.raises(Exception, match="Invalid isoformat"):
        call_command("review_bonds", as_of="yesterday")
