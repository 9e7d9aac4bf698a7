"""Successive bonds: how long each stays open for its entries, and what the page draws of it."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Delegation
from compliance.bonds.liability import Open, liability_of, replaced_by, with_unseen
from compliance.bonds.models import Bond, BondReview, CoveredNumber
from examinations.figures.period import months_earlier
from examinations.models import Entry, EntryMonth
from tests.compliance.bonds.conftest import BASE, TODAY, text_of
from tests.compliance.bonds.test_reviewing import make_bond, number_of
from tests.named_people import World, make_entry
from tests.portal.test_every_address import signed_in

DAY = datetime.date
AS_OF = DAY(2026, 11, 24)
OLD = Open("B1", Decimal(100_000), DAY(2022, 1, 1), DAY(2026, 6, 1), DAY(2027, 4, 9), entries=7)
NEW = Open("B2", Decimal(200_000), DAY(2026, 6, 1))


def test_a_replaced_bond_is_open_until_its_last_entry_liquidates() -> None:
    found = liability_of([NEW, OLD], AS_OF)
    assert found
    assert [one.number for one in found.bonds] == ["B1", "B2"]
    assert (found.most, found.together_until) == (300_000, DAY(2027, 4, 1))
    by_month = dict(zip(found.months, found.sums(), strict=True))
    assert by_month[DAY(2026, 5, 1)] == 100_000
    assert by_month[DAY(2026, 6, 1)] == by_month[DAY(2027, 4, 1)] == 300_000
    assert by_month[DAY(2027, 5, 1)] == 200_000


def test_a_bond_whose_entries_are_all_liquidated_is_over() -> None:
    assert liability_of([Open("B1", Decimal(100_000), DAY(2022, 1, 1), DAY(2026, 6, 1)), NEW], AS_OF) is None


def test_entries_without_a_day_hold_their_bond_open_for_as_long_as_is_drawn() -> None:
    held = Open("B1", Decimal(100_000), DAY(2022, 1, 1), DAY(2024, 6, 1), entries=1, undated=1)
    found = liability_of([held, NEW], AS_OF)
    assert found
    assert found.together_until == found.months[-1]
    assert found.undated == 1


def test_an_entry_without_a_day_is_counted_beside_those_that_have_one() -> None:
    found = liability_of([Open(**OLD.__dict__ | {"undated": 2}), NEW], AS_OF)
    assert found
    assert (found.together_until, found.undated) == (DAY(2027, 4, 1), 2)


def test_the_next_bond_leaves_the_old_one_open_for_the_usual_314_days() -> None:
    old, new = replaced_by(NEW, Decimal(300_000), DAY(2027, 3, 1))
    assert (old.ends, old.until) == (DAY(2027, 3, 1), DAY(2027, 2, 28) + datetime.timedelta(days=314))
    assert (new.amount, new.begins, new.expected) == (300_000, DAY(2027, 3, 1), True)
    found = liability_of([old, new], AS_OF)
    assert found
    assert found.most == 500_000
    assert found.together_until == DAY(2028, 1, 1)


def test_a_bond_with_entries_that_are_not_seen_is_never_drawn_too_short() -> None:
    usual = DAY(2026, 5, 31) + datetime.timedelta(days=314)
    for last, until in ((None, usual), (DAY(2026, 12, 1), usual), (DAY(2027, 9, 1), DAY(2027, 9, 1))):
        assert with_unseen(Open(**OLD.__dict__ | {"last": last})).until == until
    assert with_unseen(NEW).until is None


@pytest.fixture
def replaced(world: World, bond: Bond) -> Bond:
    """Quillard's bond before the one that counts; it ended a month ago, with one entry open, one liquidated, and one extended."""
    ended = months_earlier(TODAY, 1)
    old = make_bond(world, "B0", world.quillard, 100_000, effective=DAY(2020, 1, 1), terminates=ended)
    Bond.objects.filter(pk=bond.pk).update(effective=ended)
    bond.refresh_from_db()
    Entry.objects.filter(account=world.quillard).update(liquidation_date=TODAY - datetime.timedelta(days=9))
    for number, fields in (
        ("9XZ70000001", {}),
        ("9XZ70000002", {"extension_status": "Extended"}),
        ("9XZ70000003", {"bond_number": "ANOTHER"}),
    ):
        day = ended - datetime.timedelta(days=20)
        made = make_entry(world.load, number, world.quillard, world.lindale, entry_date=day)
        Entry.objects.filter(pk=made.pk).update(**({"liquidation_date": None} | fields))
    return old


@pytest.mark.django_db
def test_the_page_draws_the_bond_before_while_its_entries_are_open(world: World, replaced: Bond) -> None:
    page = signed_in(world, "robin").get("/bond/")
    found = page.context["liability"]
    assert [(one.number, one.entries, one.undated) for one in found.bonds][:2] == [("B0", 2, 1), ("B1", 0, 0)]
    said = " ".join(page.content.decode().split())
    assert "For 1 entry it can last longer" in said
    assert "bond B0, $100,000" in said
    for name in ("jordan", "hq"):
        shown = signed_in(world, name).get(BASE.format(world.quillard.pk)).context["liability"]
        assert (shown.months, shown.sums()) == (found.months, found.sums())
    Entry.objects.filter(number="9XZ70000002").update(liquidation_date=TODAY)
    last = signed_in(world, "robin").get("/bond/").context["liability"].bonds[0].last
    made = Entry.objects.get(number="9XZ70000001")
    assert 307 <= (last - made.entry_date).days <= 320
    assert last.weekday() == 4
    Entry.objects.filter(pk=made.pk).update(liquidation_date=TODAY)
    found = signed_in(world, "robin").get("/bond/").context["liability"]
    assert found is None or "B0" not in [one.number for one in found.bonds]


@pytest.mark.django_db
def test_the_next_bond_is_drawn_where_one_must_be_asked_for(world: World, bond: Bond) -> None:
    EntryMonth.objects.filter(identifier=number_of(world.quillard)).update(duties_taxes_fees=113_000)
    found = signed_in(world, "robin").get("/bond/").context["liability"]
    assert [one.expected for one in found.bonds] == [False, True]
    assert "the next one, $300,000" in text_of(signed_in(world, "robin"), "/bond/")
    EntryMonth.objects.filter(identifier=number_of(world.quillard)).update(duties_taxes_fees=10_000)
    assert signed_in(world, "robin").get("/bond/").context["liability"] is None
    assert BondReview.objects.exists()


@pytest.mark.django_db
def test_where_the_next_bond_is_on_file_no_other_is_drawn_behind_it(world: World, bond: Bond) -> None:
    """The bond that counts is too small; the one that takes its place begins in two months."""
    EntryMonth.objects.filter(identifier=number_of(world.quillard)).update(duties_taxes_fees=113_000)
    begins = TODAY + datetime.timedelta(days=60)
    Bond.objects.filter(pk=bond.pk).update(terminates=begins)
    make_bond(world, "B3", world.quillard, 400_000, effective=begins)
    found = signed_in(world, "robin").get("/bond/").context["liability"]
    assert [(one.number, one.begins, one.ends, one.expected) for one in found.bonds] == [
        ("B1", bond.effective, begins, False),
        ("B3", begins, None, False),
    ]
    assert found.most == 600_000
    said = text_of(signed_in(world, "robin"), "/bond/")
    assert "bond B3, $400,000" in said
    assert "the next one" not in said


@pytest.mark.django_db
def test_it_is_hidden_from_who_may_not_read_the_entries(world: World, replaced: Bond) -> None:
    delegated = Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["bonds"],
        power_of_attorney=TODAY,
        expires=TODAY + datetime.timedelta(days=90),
    )
    page = signed_in(world, "billie").get(BASE.format(world.quillard.pk))
    assert (page.status_code, page.context["liability"]) == (200, None)
    assert "bonds that still answer" not in page.content.decode()
    Delegation.objects.filter(pk=delegated.pk).update(kinds=["bonds", "entries"])
    assert signed_in(world, "billie").get(BASE.format(world.quillard.pk)).context["liability"]


@pytest.mark.django_db
def test_a_bond_on_which_others_enter_is_drawn_to_the_end_of_what_may_be_on_it(world: World, replaced: Bond) -> None:
    """Stranger's number is on it: its last entry is Stranger's to know, and nobody of Quillard is told it."""
    others = number_of(world.stranger)
    CoveredNumber.objects.create(
        bond=replaced,
        identifier=others,
        account=world.stranger,
        principal_account=world.quillard,
        role="CO_PRINCIPAL",
    )
    late = TODAY + datetime.timedelta(days=700)
    made = make_entry(
        world.load, "9XZ70000009", world.stranger, None, entry_date=replaced.terminates - datetime.timedelta(9)
    )
    Entry.objects.filter(pk=made.pk).update(liquidation_date=late)
    usual = replaced.terminates + datetime.timedelta(days=313)
    for name, path in (("robin", "/bond/"), ("jordan", BASE.format(world.quillard.pk))):
        page = signed_in(world, name).get(path)
        assert page.context["liability"].bonds[0].last == usual, name
        said = " ".join(page.content.decode().split())
        assert "Bond B0 covers numbers of other companies too, whose entries you do not see" in said
        assert "Bond B1 covers" not in said, "it is in force: its end is known to nobody"
    page = signed_in(world, "hq").get(BASE.format(world.quillard.pk))
    assert page.context["liability"].bonds[0].last == late
    assert "whose entries you do not see" not in page.content.decode()
