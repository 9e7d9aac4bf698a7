"""The table "who may see what" of the design, asked of row-level security and of `visible_to` alike.

Row-level security is asked with no filter at all, as a forgotten one would; both must give the same rows.
"""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Account, Assignment, Cover, Delegation, Identifier, Membership, Person
from accounts.scope import acting_for
from examinations.models import (
    Cost,
    CustomsRequest,
    Discrepancy,
    Draw,
    Entry,
    EntryLine,
    Examination,
    Load,
    RequestLine,
    RequestRecord,
    Selection,
    SupersededRow,
)
from tests.named_people import World

pytestmark = pytest.mark.django_db

ALL_ENTRIES = {"9XZ12345671", "M2P12345679", "9XZ12345689"}
OWN = {"EX-HELD", "EX-FOUND", "EX-REVIEW-CLOSED", "EX-OTHER", "EX-WAITING"}
FILED = {"EX-HELD", "EX-FOUND", "EX-REVIEW-CLOSED", "EX-STRANGER"}
EVERY = OWN | {"EX-REVIEW-OPEN", "EX-STRANGER"}

ENTRIES = {
    "robin": {"9XZ12345671", "M2P12345679"},
    "lee": {"9XZ12345671", "M2P12345679"},
    "sam": {"9XZ12345689"},
    "billie": {"9XZ12345671", "9XZ12345689"},
    "jordan": {"9XZ12345671", "M2P12345679"},
    "morgan": {"9XZ12345689"},
    "expert": set(),
    "hq": ALL_ENTRIES,
}
EXAMINATIONS = {
    "robin": OWN,
    "lee": OWN,
    "sam": {"EX-STRANGER"},
    "billie": FILED,
    "jordan": OWN | {"EX-REVIEW-OPEN"},
    "morgan": {"EX-STRANGER"},
    "expert": set(),
    "hq": EVERY,
}
REASONS = {"jordan": OWN | {"EX-REVIEW-OPEN"}, "morgan": {"EX-STRANGER"}, "hq": EVERY}
DRAWS = {"hq": {"EX-REVIEW-OPEN", "EX-REVIEW-CLOSED"}}
DISCREPANCIES = {
    "robin": {"EX-FOUND"},
    "lee": {"EX-FOUND"},
    "billie": {"EX-FOUND"},
    "jordan": {"EX-FOUND", "EX-HELD", "EX-OTHER"},
    "hq": {"EX-FOUND", "EX-HELD", "EX-OTHER"},
}
COSTS = {
    "robin": {"EX-FOUND", "EX-HELD"},
    "lee": {"EX-FOUND", "EX-HELD"},
    "sam": {"EX-STRANGER"},
    "jordan": {"EX-FOUND", "EX-HELD"},
    "morgan": {"EX-STRANGER"},
    "hq": {"EX-FOUND", "EX-HELD", "EX-STRANGER"},
}
REQUESTS = {
    "robin": {"RQ-BROKER", "RQ-OTHER"},
    "lee": {"RQ-BROKER", "RQ-OTHER"},
    "sam": {"RQ-STRANGER"},
    "billie": {"RQ-BROKER", "RQ-STRANGER", "RQ-WAITING"},
    "jordan": {"RQ-BROKER", "RQ-OTHER"},
    "morgan": {"RQ-STRANGER"},
    "hq": {"RQ-BROKER", "RQ-OTHER", "RQ-STRANGER", "RQ-WAITING"},
}
PEOPLE = sorted(ENTRIES)
TABLE = [
    (Entry, "number", ENTRIES),
    (EntryLine, "entry__number", ENTRIES),
    (Examination, "number", EXAMINATIONS),
    (Selection, "examination__number", REASONS),
    (Draw, "examination__number", DRAWS),
    (Discrepancy, "examination__number", DISCREPANCIES),
    (Cost, "examination__number", COSTS),
    (CustomsRequest, "number", REQUESTS),
    (RequestLine, "request__number", REQUESTS),
    (RequestRecord, "request__number", REQUESTS),
]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(("model", "field", "expected"), TABLE, ids=[row[0].__name__ for row in TABLE])
def test_row_security_alone_shows_exactly_what_the_table_says(world: World, model, field, expected, name) -> None:
    with acting_for(world.people[name]):
        assert set(model.objects.values_list(field, flat=True)) == expected.get(name, set())


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(("model", "field", "expected"), TABLE, ids=[row[0].__name__ for row in TABLE])
def test_visible_to_gives_the_same_answer_without_row_security(world: World, model, field, expected, name) -> None:
    visible = model.objects.visible_to(world.people[name])
    assert set(visible.values_list(field, flat=True)) == expected.get(name, set())


@pytest.mark.parametrize("model", [row[0] for row in TABLE] + [Account, Identifier, Membership, Assignment, Load])
def test_nobody_sees_nothing(world: World, model) -> None:
    with acting_for(None):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("robin", {"Quillard Electric", "Lindale Customs Brokers"}),
        ("sam", {"Stranger Goods", "Lindale Customs Brokers"}),
        ("billie", {"Quillard Electric", "Stranger Goods", "Lindale Customs Brokers"}),
        ("jordan", {"Quillard Electric", "Lindale Customs Brokers"}),
        ("expert", set()),
        ("hq", {"Quillard Electric", "Stranger Goods", "Lindale Customs Brokers"}),
    ],
)
def test_names_of_those_one_files_for_or_through_are_known_and_no_others(world: World, name, known) -> None:
    with acting_for(world.people[name]):
        assert set(Account.objects.values_list("name", flat=True)) == known


def test_a_known_name_opens_no_page_and_no_number(world: World) -> None:
    with acting_for(world.billie):
        assert set(Account.objects.opened_by(world.billie)) == {world.lindale}
        assert set(Identifier.objects.values_list("value", flat=True)) == {"9XZ"}


def test_a_membership_that_ended_closes_everything(world: World) -> None:
    Membership.objects.filter(person=world.robin).update(ended_at=timezone.now())
    with acting_for(world.robin):
        assert not Entry.objects.exists()
        assert not Account.objects.exists()


def test_a_person_who_may_no_longer_sign_in_reaches_nothing(world: World) -> None:
    world.hq.is_active = False
    world.hq.save()
    with acting_for(world.hq):
        assert not Entry.objects.exists()


def test_a_manager_whose_role_changed_keeps_nothing_of_the_assignment(world: World) -> None:
    world.jordan.role = Person.Role.EXPERT
    world.jordan.save()
    with acting_for(world.jordan):
        assert not Entry.objects.exists()


def test_an_assignment_counts_on_its_days_only(world: World) -> None:
    today = timezone.localdate()
    Assignment.objects.filter(account=world.quillard).update(ends=today)
    Assignment.objects.create(account=world.quillard, manager=world.morgan, starts=today)
    with acting_for(world.jordan):
        assert not Entry.objects.exists()
    with acting_for(world.morgan):
        assert set(Entry.objects.values_list("number", flat=True)) == ALL_ENTRIES


def test_whoever_covers_sees_the_absent_colleagues_accounts_on_those_days(world: World) -> None:
    today = timezone.localdate()
    cover = Cover.objects.create(
        absent=world.jordan, covered_by=world.morgan, starts=today, ends=today + datetime.timedelta(days=7)
    )
    with acting_for(world.morgan):
        assert set(Entry.objects.values_list("number", flat=True)) == ALL_ENTRIES
        assert "Lindale Customs Brokers" in set(Account.objects.values_list("name", flat=True))
    Cover.objects.filter(pk=cover.pk).update(starts=today - datetime.timedelta(days=9), ends=today)
    with acting_for(world.morgan):
        assert set(Entry.objects.values_list("number", flat=True)) == {"9XZ12345689"}


@pytest.fixture
def delegation(world: World) -> Delegation:
    today = timezone.localdate()
    return Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["entries", "cost"],
        power_of_attorney=today - datetime.timedelta(days=5),
        expires=today + datetime.timedelta(days=5),
    )


def test_a_delegation_opens_its_kinds_and_no_others(world: World, delegation: Delegation) -> None:
    with acting_for(world.billie):
        assert set(Entry.objects.values_list("number", flat=True)) == ALL_ENTRIES
        assert Cost.objects.filter(examination__number="EX-HELD").exists()
        assert not Examination.objects.filter(number="EX-OTHER").exists()
        assert not Selection.objects.exists()


def test_a_delegation_ends_at_once_when_revoked_and_what_was_filed_stays(world: World, delegation: Delegation) -> None:
    delegation.revoke(by=world.robin, at=timezone.now())
    with acting_for(world.billie):
        assert set(Entry.objects.values_list("number", flat=True)) == ENTRIES["billie"]
        assert not Cost.objects.exists()


def test_a_delegation_ends_on_its_last_day(world: World, delegation: Delegation) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Delegation.objects.filter(pk=delegation.pk).update(expires=yesterday)
    with acting_for(world.billie):
        assert set(Entry.objects.values_list("number", flat=True)) == ENTRIES["billie"]


def test_loads_and_superseded_values_are_no_members_business(world: World) -> None:
    SupersededRow.objects.create(
        load=world.load, account=world.quillard, table="examinations_selection", key="EX-FOUND", why="replaced", was={}
    )
    for name in ("robin", "billie", "sam", "expert"):
        with acting_for(world.people[name]):
            assert not Load.objects.exists()
            assert not SupersededRow.objects.exists()


def test_scopes_nest_and_give_back_what_was_open_before(world: World) -> None:
    with acting_for(world.hq):
        with acting_for(world.sam):
            assert Entry.objects.count() == 1
        assert Entry.objects.count() == 3
    assert Entry.objects.count() == 3


def test_a_failure_inside_a_scope_leaves_the_scope_before_it(world: World) -> None:
    with acting_for(world.sam):
        with pytest.raises(LookupError), acting_for(world.hq):
            raise LookupError
        assert Entry.objects.count() == 1
