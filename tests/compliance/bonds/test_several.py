"""An account with several bonds: the bond is the unit. What one covers another does not stand for, and the worst is told of."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Identifier
from accounts.scope import acting_for
from compliance.bonds import tasks
from compliance.bonds.duties import is_followed
from compliance.bonds.models import Bond, BondReview, BondStep, Delinquency
from compliance.bonds.reminding import remind
from compliance.bonds.reviewing import review
from compliance.bonds.standing import standing_of
from compliance.bonds.states import State
from examinations.figures.period import months_earlier
from examinations.loading.undo import undo
from examinations.loading.undoing import CannotUndo
from examinations.models import EntryMonth, Load
from examinations.signals import loaded
from notifications.models import Message
from portal.monthly.facts import last_month
from portal.monthly.sending import report_of
from portal.monthly.words import text_of as mail_of
from tests.compliance.bonds.conftest import TODAY, text_of
from tests.compliance.bonds.test_reviewing import deposit, number_of
from tests.examinations.loading.files import bond_row, load
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def second(world: World) -> Identifier:
    """A second number of Quillard; it has no entries, and no bond."""
    EntryMonth.objects.all().delete()
    value = "96-447182001"
    return Identifier.objects.create(account=world.quillard, kind="importer", value=value, key=value.replace("-", ""))


def first_of(world: World) -> Identifier:
    return world.quillard.identifiers.get(value="96-447182000")


def bond_on(world: World, number: str, *numbers: Identifier, amount: int = 50_000, **fields: Any) -> Bond:
    """A bond that covers these numbers; the first one's account is its principal."""
    given = {"activity_code": "1", "effective": datetime.date(2024, 1, 1)} | fields
    principal = numbers[0].account
    bond = Bond.objects.create(
        number=number, account=principal, amount=amount, version_at=timezone.now(), load=world.load, **given
    )
    for place, one in enumerate(numbers):
        role = "CO_PRINCIPAL" if place else "PRINCIPAL"
        bond.covered.create(identifier=one, account=one.account, principal_account=principal, role=role)
    return bond


def states(world: World, bond: Bond) -> str:
    """As the review and as the page say it; they must agree."""
    review(None, TODAY)
    found = BondReview.objects.get(bond=bond).state
    for name, page in (("robin", "/bond/"), ("hq", f"/accounts/{world.quillard.pk}/bond/")):
        assert signed_in(world, name).get(f"{page}?bond={bond.pk}").context["judged"].state == found
    return str(found)


# ---- what follows a bond that ended ------------------------------------------------------------------------------


def test_another_number_with_a_bond_of_its_own_is_no_bond_behind_this_one(world: World, second: Identifier) -> None:
    ended = bond_on(world, "A", first_of(world), terminates=TODAY)
    bond_on(world, "B", second)
    assert states(world, ended) == State.ENDED
    said = text_of(signed_in(world, "robin"), f"/bond/?bond={ended.pk}")
    assert "no other continuous import bond in force covers all that it covered" in said
    assert [one.bond for one, _, _ in signed_in(world, "hq").get("/bonds/").context["rows"]] == [ended]
    bond_on(world, "C", first_of(world), effective=TODAY)
    assert states(world, ended) == State.REPLACED


def test_a_bond_is_followed_where_each_of_its_numbers_is_and_by_no_other_kind(world: World, second: Identifier) -> None:
    ended = bond_on(world, "A", first_of(world), second, terminates=TODAY)
    bond_on(world, "C1", first_of(world), second, activity_code="2")
    bond_on(world, "C2", first_of(world), second, bond_type="9")
    bond_on(world, "C3", first_of(world), second, effective=TODAY + DAY)
    bond_on(world, "C4", first_of(world), second, terminates=TODAY)
    bond_on(world, "N1", first_of(world), effective=TODAY)
    assert states(world, ended) == State.ENDED, "the second number has nothing behind it"
    bond_on(world, "N2", second, effective=TODAY)
    assert states(world, ended) == State.REPLACED


def test_the_bond_of_another_principal_that_covers_the_number_follows(world: World, second: Identifier) -> None:
    ended = bond_on(world, "A", first_of(world), terminates=TODAY)
    assert states(world, ended) == State.ENDED
    bond_on(world, "S", number_of(world.stranger), first_of(world), effective=TODAY)
    assert states(world, ended) == State.REPLACED


def test_a_number_of_another_company_may_be_followed_by_a_bond_that_nobody_here_sees(
    world: World, second: Identifier
) -> None:
    partner = make_account("Partner Goods", "importer", "96-333333300")
    ended = bond_on(world, "A", first_of(world), number_of(partner), terminates=TODAY)
    bond_on(world, "N", first_of(world), effective=TODAY)
    assert states(world, ended) == State.ENDED
    own = bond_on(world, "P", number_of(partner), effective=TODAY)
    assert own not in Bond.objects.visible_to(world.robin)  # type: ignore[attr-defined]
    assert states(world, ended) == State.REPLACED


def test_whether_a_bond_is_followed_is_told_to_its_principals_side_alone(world: World, second: Identifier) -> None:
    ended = bond_on(world, "A", number_of(world.stranger), first_of(world), terminates=TODAY)
    bond_on(world, "N", number_of(world.stranger), first_of(world), effective=TODAY)
    told = set()
    for name, person in world.people.items():
        with acting_for(person):
            told |= {name} if is_followed(ended, TODAY) else set()
    assert told == {"sam", "morgan", "hq"}, "its own, its manager, headquarters"


def test_a_load_reviews_older_bonds_of_whoever_holds_a_number_on_the_new_one(
    world: World, second: Identifier, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[set[object]] = []

    def hear(accounts: list[object], **_: object) -> None:
        heard.append(set(accounts))

    loaded.connect(hear)
    sister = {"Importer Number": first_of(world).value, "Party Role": "USER"}
    principal = bond_row("77", **{"Importer Number": number_of(world.stranger).value})
    with django_capture_on_commit_callbacks(execute=True):
        load("bonds", tmp_path, [principal, bond_row("77", **sister)])
        load("bonds", tmp_path, [principal])
    loaded.disconnect(hear)
    assert heard == [{world.stranger.pk, world.quillard.pk}] * 2, "once it is covered, then it is not any more"


def test_what_a_load_puts_behind_a_bond_or_takes_away_again_is_known_at_once(
    world: World,
    second: Identifier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """The bond that ended, the one behind it and the number that both cover are of three accounts."""
    partner = make_account("Partner Goods", "importer", "96-333333300")
    ended = bond_on(world, "A", first_of(world), number_of(partner), terminates=TODAY)
    bond_on(world, "N", first_of(world), effective=TODAY)
    review(None, TODAY)
    monkeypatch.setattr(tasks.review_touched, "delay", tasks.review_touched)

    def told() -> str:
        return str(BondReview.objects.get(bond=ended).state)

    assert told() == State.ENDED
    sister = {"Importer Number": number_of(partner).value, "Party Role": "USER"}
    principal = bond_row("77", **{"Importer Number": number_of(world.stranger).value})
    with django_capture_on_commit_callbacks(execute=True):
        load("bonds", tmp_path, [principal, bond_row("77", **sister)])
    assert told() == State.REPLACED
    with django_capture_on_commit_callbacks(execute=True):
        undo(Load.objects.latest("created_at"), by=world.hq)
    assert told() == State.ENDED
    assert not Bond.objects.filter(number="77").exists()


def test_a_bond_of_which_somebody_entered_something_is_not_undone_and_one_that_was_only_reviewed_is(
    world: World, second: Identifier, tmp_path: Path
) -> None:
    deposit(first_of(world), months_earlier(TODAY, 2), 9_000_000)
    load("bonds", tmp_path, [bond_row("77", **{"Importer Number": first_of(world).value})])
    review(None, TODAY)
    made = Bond.objects.get(number="77")
    step = BondStep.record(made, "letter", on=TODAY, by=world.robin, today=TODAY)
    with pytest.raises(CannotUndo, match="Something entered since"):
        undo(Load.objects.latest("created_at"), by=world.hq)
    assert BondReview.objects.filter(bond=made).exists()
    step.delete()
    assert set(BondStep.objects.values_list("bond", "kind")) == {(made.pk, "reviewed")}
    undo(Load.objects.latest("created_at"), by=world.hq)
    assert not Bond.objects.filter(number="77").exists()


# ---- which one is told of ----------------------------------------------------------------------------------------


@pytest.fixture
def short(world: World, second: Identifier) -> Bond:
    """Too small, it lacks $50,000; and older than the bond of Quillard's other number, which is enough."""
    bond_on(world, "NEW", first_of(world), amount=200_000, effective=TODAY - 10 * DAY)
    made = bond_on(world, "OLD", second)
    deposit(second, months_earlier(TODAY, 2), 1_000_000)
    review(None, TODAY)
    return made


def test_the_worst_is_told_of_everywhere(world: World, short: Bond) -> None:
    standing = standing_of(world.quillard, TODAY)
    assert standing
    assert (standing.bond, standing.gap) == (short, 50_000)
    robin = signed_in(world, "robin")
    assert "$50,000 more than you have" in text_of(robin, "/")
    assert robin.get("/bond/").context["judged"].bond == short
    report = report_of(world.quillard, world.robin, last_month(TODAY), TODAY)
    assert "The bond is $50,000" in mail_of(report, [])
    assert "it is $50,000 too small" in mail_of(report, [])


def test_a_reminder_and_the_lists_of_staff_open_the_very_bond(world: World, short: Bond) -> None:
    assert remind(TODAY) == 1
    path = Message.objects.get().path
    assert signed_in(world, "robin").get(path).context["judged"].bond == short
    link = f'href="/accounts/{world.quillard.pk}/bond/?bond={short.pk}"'
    for name, page in (("hq", "/bonds/"), ("jordan", "/")):
        assert link in signed_in(world, name).get(page).content.decode()


def test_graver_comes_first_then_fewer_days_then_the_newer(world: World, short: Bond) -> None:
    newer = Bond.objects.get(number="NEW")

    def first() -> Bond:
        found = standing_of(world.quillard, TODAY)
        assert found
        return found.bond

    BondStep.record(newer, "letter", on=TODAY - 2 * DAY, by=world.robin, today=TODAY)
    review(None, TODAY)
    assert first() == newer, "a letter is graver than the formula"
    BondStep.record(short, "letter", on=TODAY - 9 * DAY, by=world.robin, today=TODAY)
    review(None, TODAY)
    assert first() == short, "six days are fewer than thirteen"
    BondStep.record(newer, "at_once", on=TODAY - DAY, by=world.robin, today=TODAY)
    review(None, TODAY)
    assert first() == newer
    for bond in (newer, short):
        BondStep.record(bond, "settled", on=TODAY, by=world.robin, today=TODAY)
    EntryMonth.objects.all().delete()
    review(None, TODAY)
    assert first() == newer, "both are enough"
    Bond.objects.filter(pk=short.pk).update(amount=Decimal(900_000), effective=TODAY)
    review(None, TODAY)
    assert first() == short
    Delinquency.record(world.quillard, since=TODAY, by=world.hq, today=TODAY)
    BondReview.objects.all().delete()
    assert first() == short, "before any review the newest"
