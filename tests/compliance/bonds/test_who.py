"""Who sees how a bond stands, who enters what happened to it, and who reads which questions."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from accounts.scope import acting_for
from compliance.bonds.duties import added_on, months_of
from compliance.bonds.models import Bond, BondReview, BondStep, BondTerms, Delinquency, PathErrors, WhatIf
from compliance.bonds.reviewing import review
from examinations.models import DutyChange
from tests.compliance.bonds.test_reviewing import DAY, TODAY, WINDOW, deposit, make_bond, number_of
from tests.named_people import World

pytestmark = pytest.mark.django_db
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]
SEE = {"robin", "lee", "jordan", "hq"}
Kind = BondStep.Kind


@pytest.fixture
def bond(world: World) -> Bond:
    """Quillard's bond; a number of Stranger's is on it as a user, and it is too small."""
    made = make_bond(world, "B1", world.quillard, others=[number_of(world.stranger)])
    deposit(number_of(world.stranger), WINDOW[1], Decimal(700_000))
    review(None, TODAY)
    return made


def record(bond: Bond, kind: str, by: Any, on: datetime.date = TODAY, **fields: Any) -> BondStep:
    return BondStep.record(bond, kind, on=on, by=by, today=TODAY, **fields)


@pytest.mark.parametrize("name", EVERYONE)
def test_how_a_bond_stands_is_its_principals_side_to_know(world: World, bond: Bond, name: str) -> None:
    person, seen = world.people[name], name in SEE
    Delinquency.record(world.quillard, since=TODAY, by=world.jordan, today=TODAY)
    for model in (BondReview, BondStep, Delinquency):
        assert model.objects.visible_to(person).exists() == seen
        with acting_for(person):
            assert model.objects.exists() == seen
    change = DutyChange(prefixes=["8501"], points=Decimal(1), first=TODAY)
    with acting_for(person):
        assert (months_of(bond, [WINDOW[1]])[0].counted > 0) == seen
        assert bool(added_on(bond, [change], *WINDOW)[0]) is False
        # A user of the bond reads that it stands on it, and nothing of how it is used.
        assert Bond.objects.filter(pk=bond.pk).exists() == (seen or name in {"sam", "morgan"})


@pytest.mark.parametrize("name", EVERYONE)
def test_its_people_its_manager_and_headquarters_enter_a_letter(world: World, bond: Bond, name: str) -> None:
    person = world.people[name]
    with acting_for(person):
        if name in SEE:
            assert record(bond, Kind.LETTER, person).by == person
            return
        with pytest.raises(PermissionDenied):
            record(bond, Kind.LETTER, person)
        with pytest.raises(DatabaseError), transaction.atomic():
            BondStep.objects.create(bond=bond, account=world.quillard, kind="letter", on=TODAY, by=person)


def test_nobody_enters_under_another_name_or_what_the_review_finds(world: World, bond: Bond) -> None:
    with acting_for(world.robin):
        for fields in ({"kind": "letter", "by": world.jordan}, {"kind": "reviewed", "state": "sufficient", "by": None}):
            with pytest.raises(DatabaseError), transaction.atomic():
                BondStep.objects.create(bond=bond, account=world.quillard, on=TODAY, **fields)
        with pytest.raises(DatabaseError), transaction.atomic():
            BondReview.objects.update(state="sufficient")


@pytest.mark.parametrize(
    ("kind", "days", "says"),
    [
        ("nonsense", 0, "Choose"),
        (Kind.REVIEWED, 0, "Choose"),
        (Kind.LETTER, 1, "ahead"),
        (Kind.LETTER, -400, "is the year right"),
        (Kind.FILED, 0, "No letter is open"),
        (Kind.REPLACED, 100, "too far ahead"),
        (Kind.SETTLED, 0, "No letter is open"),
    ],
)
def test_deeds_that_cannot_be_are_refused(world: World, bond: Bond, kind: str, days: int, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        record(bond, kind, world.robin, TODAY + days * DAY)
    assert not BondStep.objects.filter(by__isnull=False).exists()


def test_a_letter_its_deeds_and_its_end(world: World, bond: Bond) -> None:
    record(bond, Kind.LETTER, world.robin, TODAY - 9 * DAY)
    with pytest.raises(ValidationError, match="open already"):
        record(bond, Kind.LETTER, world.jordan)
    with pytest.raises(ValidationError, match="before the date"):
        record(bond, Kind.FILED, world.robin, TODAY - 10 * DAY)
    with pytest.raises(ValidationError, match="500"):
        record(bond, Kind.FILED, world.robin, words="x" * 501)
    record(bond, Kind.FILED, world.robin)
    record(bond, Kind.REPLACED, world.robin, TODAY + 5 * DAY)
    review([world.quillard.pk], TODAY)
    assert BondReview.objects.get().state == "termination_filed"
    review([world.quillard.pk], TODAY + 5 * DAY)
    assert BondReview.objects.get().state == "replaced"
    record(bond, Kind.SETTLED, world.jordan, words="Entered on the wrong bond.")
    review([world.quillard.pk], TODAY)
    assert BondReview.objects.get().state == "deficient"
    record(bond, Kind.AT_ONCE, world.hq)
    review([world.quillard.pk], TODAY)
    assert BondReview.objects.get().state == "immediate"


def test_bonds_that_the_formula_does_not_judge_have_no_letters(world: World) -> None:
    other = make_bond(world, "B2", world.quillard, activity_code="2")
    with pytest.raises(ValidationError, match="activity 1"):
        record(other, Kind.LETTER, world.robin)


@pytest.mark.parametrize("name", EVERYONE)
def test_who_looks_after_the_account_alone_says_that_it_is_delinquent(world: World, name: str) -> None:
    person = world.people[name]
    with acting_for(person):
        if name in {"jordan", "hq"}:
            found = Delinquency.record(world.quillard, since=TODAY - DAY, by=person, today=TODAY)
            with pytest.raises(ValidationError):
                Delinquency.record(world.quillard, since=TODAY, by=person, today=TODAY)
            with pytest.raises(ValidationError):
                found.end(on=TODAY - 2 * DAY, by=person, today=TODAY)
            with pytest.raises(ValidationError, match="ahead"):
                found.end(on=TODAY + DAY, by=person, today=TODAY)
            found.end(on=TODAY, by=person, today=TODAY)
            assert not Delinquency.objects.on(TODAY).exists()
            return
        with pytest.raises(PermissionDenied):
            Delinquency.record(world.quillard, since=TODAY, by=person, today=TODAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            Delinquency.objects.create(account=world.quillard, since=TODAY, by=person)


def test_questions_are_ones_own_until_they_are_sent(world: World, bond: Bond) -> None:
    with acting_for(world.robin):
        asked = [WhatIf.objects.keep(world.quillard, [], Decimal(n), by=world.robin) for n in range(5)]
        assert list(WhatIf.objects.all()) == asked[:1:-1]
    for name in EVERYONE:
        person = world.people[name]
        with acting_for(person):
            beneath = set(WhatIf.objects.values_list("growth", flat=True))
        assert beneath == set(WhatIf.objects.visible_to(person).values_list("growth", flat=True))
        assert bool(beneath) == (name in {"robin", "hq"}), name
    with acting_for(world.lee), pytest.raises(PermissionDenied):
        asked[3].send("Figures", by=world.lee)
    with acting_for(world.robin):
        assert asked[3].send("Figures", by=world.robin)
        assert not asked[3].send("Others", by=world.robin)
        for n in range(3):
            WhatIf.objects.keep(world.quillard, [], Decimal(10 + n), by=world.robin)
    with acting_for(world.jordan):
        assert [one.said for one in WhatIf.objects.visible_to(world.jordan)] == ["Figures"]


def test_what_headquarters_sets_everybody_reads(world: World) -> None:
    with acting_for(world.hq):
        BondTerms.objects.create(since=TODAY, remedy_days=10)
    PathErrors.objects.create(month=WINDOW[1], data={})
    for name in EVERYONE:
        person = world.people[name]
        with acting_for(person):
            assert BondTerms.objects.get().remedy_days == 10
            assert PathErrors.objects.visible_to(person).exists()
            if name != "hq":
                with pytest.raises(DatabaseError), transaction.atomic():
                    BondTerms.objects.create(since=TODAY + DAY)
    assert BondTerms.objects.on(TODAY - DAY).remedy_days == 15
