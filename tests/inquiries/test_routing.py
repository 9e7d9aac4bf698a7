"""Where inquiries go: conditions, the round by open work and absence, by hand, and what is kept of it."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from accounts.models import Person
from inquiries.models import Absence, GroupMember, Inquiry, Involvement, Routing, Rule
from inquiries.routing.comparing import compared
from inquiries.routing.matching import Condition, Facts, check_headings, first_that_holds
from inquiries.routing.round import FINISHED, NOBODY, RULING, Load, least, route_waiting
from inquiries.routing.trying import facts_since, try_change
from tests.inquiries.threads import RULING as ANSWERED
from tests.inquiries.threads import asked, group_of, rule_of
from tests.named_people import World, make_person
from tests.portal.test_every_address import signed_in

NOW = timezone.now()


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition(), True),
        (Condition(categories=frozenset({"classification"})), True),
        (Condition(categories=frozenset({"bond"})), False),
        (Condition(headings=("85",)), True),
        (Condition(headings=("8501-8504",)), True),
        (Condition(headings=("8502-8504",)), False),
        (Condition(headings=("39", "8501104020")), True),
        (Condition(ports=frozenset({"2704"})), True),
        (Condition(ports=frozenset({"0712"})), False),
        (Condition(centers=frozenset({"010"})), True),
        (Condition(programs=frozenset({"CTPAT", "ISA"})), True),
        (Condition(programs=frozenset({"ISA"})), False),
        (Condition(least_amount=Decimal(100)), True),
        (Condition(least_amount=Decimal("100.01")), False),
        (Condition(categories=frozenset({"classification"}), ports=frozenset({"0712"})), False),
    ],
)
def test_a_rule_holds_where_each_thing_that_it_asks_is_so(condition: Condition, holds: bool) -> None:
    facts = Facts("classification", "010", "8501104020", "2704", Decimal(100), frozenset({"CTPAT"}))
    assert condition.holds(facts) == holds


def test_what_an_inquiry_has_not_falls_under_no_rule_that_asks_it() -> None:
    nothing = Facts("other")
    for one in (
        Condition(headings=("",)), Condition(headings=("0101-9799",)), Condition(least_amount=Decimal(0)),
        Condition(ports=frozenset({"2704"})), Condition(centers=frozenset({"010"})),
    ):  # fmt: skip
        assert not one.holds(nothing)
    assert Condition(headings=("8501-8504",)).holds(Facts("other", heading="8503"))
    assert not Condition(headings=("8501-8504",)).holds(Facts("other", heading="85"))


@given(some.lists(some.booleans(), max_size=8))
def test_the_first_rule_that_holds_decides(holding: list[bool]) -> None:
    rules = [(place, Condition(categories=frozenset({"a" if one else "b"}))) for place, one in enumerate(holding)]
    assert first_that_holds(rules, Facts("a")) == (holding.index(True) if True in holding else None)


@pytest.mark.parametrize("text", ["x", "8", "85019", "8504-8501", "8501-85", "85-86", "-", "85011040201", "85 01"])
def test_no_heading_is_refused(text: str) -> None:
    assert bool(check_headings([text])) == (text not in {"85019"})


def test_the_least_open_work_and_then_the_longest_wait_is_next() -> None:
    a, b, c = (Load(pk, name, weight, last) for pk, name, weight, last in (
        (1, "A", 4, None), (2, "B", 2, NOW), (3, "C", 2, NOW - datetime.timedelta(1)),
    ))  # type: ignore[arg-type]  # fmt: skip
    assert least([a, b, c]) == c
    assert least([a, b]) == b
    assert least([]) is None


@pytest.mark.django_db
def test_a_rule_brings_in_an_expert_and_keeps_the_rule_and_the_reason(world: World) -> None:
    rule, one = rule_of(world), asked(world)
    assert route_waiting(NOW) == 1
    assert route_waiting(NOW) == 0
    one.refresh_from_db()
    kept = one.routings.get()
    assert (kept.rule, kept.expert, one.group) == (rule, world.expert, rule.group)
    assert "Gear motors" in kept.reason
    assert "Expert Nobody 0" in kept.reason
    assert one.involved.get().expert == world.expert
    assert all(step.staff_only for step in one.steps.all())


@pytest.mark.django_db
def test_what_no_rule_covers_stays_with_the_manager_and_says_so(world: World) -> None:
    rule_of(world)
    asked(world, code="bond")
    asked(world, not_imported=True)
    route_waiting(NOW)
    assert list(Routing.objects.order_by("pk").values_list("reason", flat=True)) == [NOBODY, RULING]
    assert not Involvement.objects.exists()


@pytest.mark.django_db
def test_work_goes_round_by_weight_and_past_who_is_away_or_gone(world: World) -> None:
    rule = rule_of(world, categories=[])
    others = [make_person(f"{name} Expert", Person.Role.EXPERT) for name in ("Ada", "Ben", "Cy")]
    for person in others:
        GroupMember.objects.create(group=rule.group, expert=person)
    today = timezone.localdate()
    Absence.objects.create(expert=others[1], starts=today, ends=today + datetime.timedelta(3))
    Person.objects.filter(pk=others[2].pk).update(is_active=False)
    asked(world, code="adcvd")  # weighs three
    route_waiting(NOW)
    first = Involvement.objects.get().expert
    for _ in range(3):
        asked(world, code="bond")  # weighs one
        route_waiting(timezone.now())
    work = list(Involvement.objects.order_by("pk").values_list("expert", flat=True))
    there = {world.expert.pk, others[0].pk}
    assert work == [first.pk, *([(there - {first.pk}).pop()] * 3)]


@pytest.mark.django_db
def test_where_nobody_of_the_group_is_there_it_waits_for_the_first_who_is(world: World) -> None:
    rule = rule_of(world)
    today = timezone.localdate(NOW)
    away = Absence.objects.create(expert=world.expert, starts=today, ends=today + datetime.timedelta(3))
    one, answered = asked(world), asked(world)
    assert route_waiting(NOW) == 2
    assert Inquiry.objects.get(pk=one.pk).group == rule.group
    assert "Nobody of the group is there" in one.routings.get().reason
    assert route_waiting(NOW) == 0
    answered.answer(by=world.jordan, text="8501.", **ANSWERED)
    away.delete()
    assert route_waiting(NOW) == 2
    assert one.involved.get().expert == world.expert
    assert "Nobody of" not in one.routings.get(expert=world.expert).reason
    assert not answered.involved.exists()
    assert not Routing.objects.filter(settled_at=None).exists()


@pytest.mark.django_db
def test_who_is_done_with_it_is_not_brought_in_again_while_it_waits_for_another(world: World) -> None:
    group, one = group_of(world), asked(world)
    ben = make_person("Ben Expert", "expert")
    GroupMember.objects.create(group=group, expert=ben)
    today = timezone.localdate(NOW)
    away = Absence.objects.create(expert=ben, starts=today, ends=today + datetime.timedelta(3))
    Inquiry.objects.update(routed_at=NOW)
    one.bring_in(by=world.jordan, group=group, expert=world.expert, because="Look")
    one.bring_in(by=world.jordan, group=group, because="Look, another too")
    assert route_waiting(timezone.now()) == 0
    one.release(world.expert, by=world.expert)
    assert route_waiting(timezone.now()) == 0
    away.delete()
    assert route_waiting(timezone.now()) == 1
    assert [inside.expert for inside in one.involved.filter(until=None)] == [ben]


@pytest.mark.django_db
def test_who_is_no_expert_any_more_is_offered_to_nobody(world: World) -> None:
    one, group = asked(world), group_of(world)
    Person.objects.filter(pk=world.expert.pk).update(role="manager")
    world.expert.refresh_from_db()
    with pytest.raises(ValidationError, match="not in this group"):
        one.bring_in(by=world.jordan, group=group, expert=world.expert, because="Look")
    assert (
        f"{group.pk}:{world.expert.pk}" not in signed_in(world, "jordan").get(f"/inquiries/{one.pk}/").content.decode()
    )
    route_waiting(timezone.now())
    assert not GroupMember.objects.filter(expert=world.expert).exists()


@pytest.mark.django_db
def test_what_was_answered_before_it_was_routed_goes_to_nobody(world: World) -> None:
    rule_of(world)
    one = asked(world)
    one.answer(by=world.jordan, text="8501.", **ANSWERED)
    route_waiting(NOW)
    assert one.routings.get().reason == FINISHED
    assert not one.involved.exists()


@pytest.mark.django_db
def test_a_group_chosen_by_hand_waits_for_a_worker_to_choose_the_person(world: World) -> None:
    one = asked(world)
    one.bring_in(by=world.jordan, group=group_of(world), because="Look at the gear")
    assert not one.involved.exists()
    route_waiting(NOW)
    assert one.involved.get().because == "Look at the gear"
    assert not Routing.objects.filter(settled_at=None).exists()


@pytest.mark.django_db
def test_a_second_expert_is_another_than_the_first(world: World) -> None:
    one, group = asked(world), group_of(world)
    ada = make_person("Ada Expert", Person.Role.EXPERT)
    GroupMember.objects.create(group=group, expert=ada)
    for _ in range(3):
        one.bring_in(by=world.jordan, group=group, because="Look")
        route_waiting(timezone.now())
    assert set(one.involved.values_list("expert", flat=True)) == {ada.pk, world.expert.pk}


@pytest.mark.django_db
def test_a_rule_whose_heading_is_none_is_not_kept(world: World) -> None:
    with pytest.raises(ValidationError, match="8504-8501"):
        Rule(name="R", group=group_of(world), headings=["8504-8501"]).full_clean()


# ---- a change is tried before it is kept ------------------------------------------------------------------------


def test_a_dry_run_counts_what_goes_elsewhere_and_which_kinds_nobody_covers() -> None:
    facts = [Facts("a")] * 3 + [Facts("b")] * 2 + [Facts("c")]
    a, b = (Condition(categories=frozenset({name})) for name in "ab")
    tried = compared([("one", a), ("two", b)], [("two", a), ("two", b)], facts)
    assert (tried.inquiries, tried.elsewhere) == (6, 3)
    assert tried.moves == [("one", "two", 3)]
    assert tried.uncovered == [("c", 1)]


@pytest.mark.django_db
def test_a_draft_is_tried_on_last_years_inquiries_and_nothing_is_kept(world: World) -> None:
    rule = rule_of(world)
    asked(world)
    asked(world, code="bond")
    asked(world, not_imported=True)
    old = asked(world)
    Inquiry.objects.filter(pk=old.pk).update(asked_at=NOW - datetime.timedelta(days=400))
    assert len(facts_since(NOW - datetime.timedelta(days=365))) == 2
    rule.categories = ["bond"]
    tried = try_change(rule, NOW)
    assert (tried.inquiries, tried.elsewhere) == (2, 2)
    assert tried.uncovered == [("Classification", 1)]
    rule.refresh_from_db()
    assert rule.categories == ["classification"]
    new = Rule(name="New", group=group_of(world, "Bonds"), categories=["bond"])
    assert try_change(new, NOW).elsewhere == 1
    assert not Rule.objects.filter(name="New").exists()
