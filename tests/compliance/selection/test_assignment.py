"""The proposal of managers: what it must hold, and the page on which it is changed and accepted."""

import datetime
import itertools
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Assignment, Person
from accounts.scope import acting_for
from compliance.selection.assignment.proposing import AWAY, Carrier, Unmanaged, propose
from compliance.selection.assignment.reading import start
from examinations.models import EntryBreakdown
from tests.compliance.selection.rounds import candidate, score
from tests.named_people import World, make_account, make_person
from tests.portal.test_every_address import signed_in

D = Decimal


def orphan(name: str, center: str | None = "010", goods: str = "", weight: str = "1") -> Unmanaged:
    return Unmanaged(name, center, goods, D(weight))


def carrier(name: str, center: str | None = "010", load: str = "0", **accounts: int) -> Carrier:
    return Carrier(name, center, D(load), {key.removeprefix("c"): many for key, many in accounts.items()})


def loads(proposed: dict[str, str], accounts: list[Unmanaged], carriers: list[Carrier]) -> dict[str, Decimal]:
    weights = {one.account: one.weight for one in accounts}
    found = {one.manager: one.load for one in carriers}
    for account, manager in proposed.items():
        found[manager] += weights[account]
    return found


# ---- the proposal, pure ----------------------------------------------------------------------------------------------


def test_everybody_gets_somebody_and_nobody_where_there_is_no_manager() -> None:
    accounts = [orphan(f"a{n:02}", weight=["1", "1.5", "2.5"][n % 3]) for n in range(30)]
    assert set(propose(accounts, [carrier("m"), carrier("n")])) == {one.account for one in accounts}
    assert propose(accounts, []) == {}
    assert propose([], [carrier("m")]) == {}


def test_caseloads_even_out_from_wherever_they_began() -> None:
    accounts = [orphan(f"a{n:02}", weight=["1", "1.5", "2"][n % 3]) for n in range(40)]
    carriers = [carrier("m", load="30"), carrier("n", load="12"), carrier("o", load="20")]
    found = loads(propose(accounts, carriers), accounts, carriers)
    assert max(found.values()) - min(found.values()) <= 3


def test_who_carries_most_gets_nobody_while_others_are_far_behind() -> None:
    accounts = [orphan(f"a{n}") for n in range(5)]
    proposed = propose(accounts, [carrier("m", load="60"), carrier("n", load="10")])
    assert set(proposed.values()) == {"n"}


def test_an_account_stays_with_its_center_until_that_costs_too_much() -> None:
    near, away = carrier("near", "010", "20"), carrier("away", "007", "10")
    assert propose([orphan("a")], [near, away]) == {"a": "near"}
    heavy = carrier("near", "010", str(10 + AWAY + 1))
    assert propose([orphan("a")], [heavy, away]) == {"a": "away"}


def test_who_knows_the_goods_is_preferred_and_brokers_go_to_who_has_brokers() -> None:
    knows, new = carrier("z", "010", "3", c84=5), carrier("a", "010", "0")
    assert propose([orphan("x", goods="84")], [knows, new]) == {"x": "z"}
    assert propose([orphan("x", goods="61")], [knows, new]) == {"x": "a"}
    with_brokers = Carrier("z", "010", D(3), {"brokers": 4})
    assert propose([orphan("x", None, "brokers")], [with_brokers, new]) == {"x": "z"}


def test_it_is_the_same_whatever_the_order_given() -> None:
    accounts = [orphan(f"a{n}", weight=["1", "2"][n % 2]) for n in range(6)]
    carriers = [carrier("m"), carrier("n"), carrier("o")]
    expected = propose(accounts, carriers)
    for mixed in itertools.islice(itertools.permutations(accounts), 0, 720, 97):
        assert propose(list(mixed), carriers[::-1]) == expected


# ---- the page --------------------------------------------------------------------------------------------------------

PAGE = "/selection/assignment/"


@pytest.fixture
def orphaned(world: World) -> World:
    """Two importers of Machinery and a broker without a manager; Jordan is of Machinery and knows chapter 84."""
    Person.objects.filter(pk=world.jordan.pk).update(center="010")
    Person.objects.filter(pk=world.morgan.pk).update(center="008")
    score(world.quillard, "70")
    score(world.stranger, "30")
    score(world.lindale, "30")
    candidate(1, "62", active=True)
    candidate(2, "20", active=True)
    candidate(3, "90")  # not in the program
    month = timezone.localdate().replace(day=1)
    for account in (world.quillard, Account.objects.get(name="Importer 001")):
        EntryBreakdown.objects.create(account=account, dimension="chapter", code="84", month=month, value=9, duty=1)
    return world


@pytest.fixture
def hq(orphaned: World) -> Client:
    return signed_in(orphaned, "hq")


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def fields(response: Any, **changes: str) -> dict[str, str]:
    """What the form sends as the page shows it; changes: by name of the account."""
    given = {f"manager-{line.orphan.unmanaged.account}": line.manager for line in response.context["lines"]}
    names = {line.orphan.name: line.orphan.unmanaged.account for line in response.context["lines"]}
    return given | {f"manager-{names[name]}": manager for name, manager in changes.items()}


@pytest.mark.django_db
def test_the_start_is_read_as_it_is(orphaned: World) -> None:
    found = start(timezone.localdate())
    assert [one.name for one in found.orphans] == ["Importer 001", "Lindale Customs Brokers", "Importer 002"]
    jordan = next(one for one in found.carriers if one.manager == str(orphaned.jordan.pk))
    assert (jordan.center, jordan.load, jordan.accounts) == ("010", D(2), {"84": 1})
    assert found.orphans[0].unmanaged == Unmanaged(
        str(Account.objects.get(name="Importer 001").pk), "010", "84", D("2.0")
    )


@pytest.mark.django_db
def test_whoever_gets_a_manager_on_a_later_day_is_spoken_for(orphaned: World) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    Account.objects.get(name="Importer 002").assign(orphaned.jordan, by=orphaned.hq, starts=tomorrow)
    assert "Importer 002" not in {one.name for one in start(timezone.localdate()).orphans}


@pytest.mark.django_db
def test_the_proposal_is_shown_with_its_caseloads_changed_by_hand_and_accepted(orphaned: World, hq: Client) -> None:
    page = hq.get(PAGE)
    assert "3 accounts</b> of the program have no manager" in text(page)
    assert "Of its Center; 1 of chapter 84 already; carries 2.0" in text(page)
    by_name = {load.person.name: load for load in page.context["loads"]}
    assert by_name["Jordan Ellery"].now == 2
    assert sum(load.accounts for load in by_name.values()) == 3
    changed = fields(page, **{"Importer 001": str(orphaned.morgan.pk), "Importer 002": ""})
    shown = hq.post(PAGE, changed | {"do": "show"})
    assert "2 lines changed by hand" in text(shown)
    assert "Of another Center; new to chapter 84" in text(shown)
    assert not Assignment.objects.filter(account__name="Importer 001").exists()
    done = hq.post(PAGE, changed | {"do": "accept"}, follow=True)
    assert "2 accounts have a manager now." in text(done)
    assert Assignment.objects.get(account__name="Importer 001").manager == orphaned.morgan
    assert Assignment.objects.get(account__name="Importer 001").starts == timezone.localdate()
    assert [line.orphan.name for line in done.context["lines"]] == ["Importer 002"]
    events = Assignment.pgh_event_model.objects.filter(pgh_context__verb="give")
    assert {one.pgh_context["by"] for one in events} == {str(orphaned.hq.pk)}


@pytest.mark.django_db
def test_accepting_is_a_few_statements_however_many(orphaned: World) -> None:
    from django.db import connection  # noqa: PLC0415

    def asked(first: int, many: int) -> int:
        given = {candidate(n, None, active=True).pk: orphaned.jordan for n in range(first, first + many)}
        with CaptureQueriesContext(connection) as queries, acting_for(orphaned.hq):
            assert Assignment.objects.give(given, by=orphaned.hq, starts=timezone.localdate()) == many
        return len(queries)

    assert asked(100, 2) == asked(200, 30)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"starts": "13/45/2026"}, "Write the first day as MM/DD/YYYY"),
        ({"starts": "01/01/2020"}, "This day is past"),
        (
            {"Importer 001": "nonsense", "Importer 002": "", "Lindale Customs Brokers": "x"},
            "Choose a manager for one account",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    orphaned: World, hq: Client, given: dict[str, str], said: str
) -> None:
    names = {name: value for name, value in given.items() if name != "starts"}
    sent = fields(hq.get(PAGE), **names) | {"do": "accept", "starts": given.get("starts", "")}
    before = Assignment.objects.count()
    assert said in text(hq.post(PAGE, sent))
    assert Assignment.objects.count() == before


@pytest.mark.django_db
def test_what_a_colleague_did_meanwhile_is_not_undone(orphaned: World) -> None:
    one, two = Account.objects.get(name="Importer 001"), Account.objects.get(name="Importer 002")
    one.assign(orphaned.morgan, by=orphaned.hq)
    today = timezone.localdate()
    for managers, said in (
        ({one.pk: orphaned.jordan, two.pk: orphaned.jordan}, "Importer 001 has Morgan Other: assigned meanwhile"),
        ({Account.objects.get(name="Importer 003").pk: orphaned.jordan}, "not in the program any more"),
        ({two.pk: orphaned.hq}, "is not an account manager"),
        ({}, "Choose a manager"),
    ):
        with pytest.raises(ValidationError, match=said):
            Assignment.objects.give(managers, by=orphaned.hq, starts=today)
    assert not two.assignments.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["robin", "billie", "jordan", "expert"])
def test_for_everybody_else_there_is_no_such_page(orphaned: World, name: str) -> None:
    client = signed_in(orphaned, name)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"do": "accept"}).status_code == 404


@pytest.mark.django_db
def test_more_accounts_and_managers_take_no_more_statements(orphaned: World, hq: Client) -> None:
    from django.db import connection  # noqa: PLC0415

    def asked() -> int:
        hq.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            hq.get(PAGE)
        return len(queries)

    few = asked()
    for n in range(5):
        make_person(f"m{n} Manager", Person.Role.MANAGER)
        make_account(f"More {n}", "importer", f"96-70000{n}100", center_id="010")
    assert asked() == few
