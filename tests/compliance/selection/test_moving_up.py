"""Who waits for room moves up when a proposal is declined, and the list is the same byte for byte when computed again."""

import random
from decimal import Decimal

import pytest
from django.test import Client

from compliance.selection import ranking
from compliance.selection.models import Round
from compliance.selection.ranking import Standing, Terms, moved_up, place, with_moves
from tests.compliance.selection.rounds import REASON, accept_all, approver, candidate, draft, opened
from tests.named_people import World
from tests.portal.test_every_address import signed_in

FIVE = Terms(Decimal(56), Decimal(48), {"010": Decimal(3), "008": Decimal(1)})


def standing(name: str, score: int, pool: str = "010", weight: str = "1", *, active: bool = False) -> Standing:
    return Standing(name, pool, Decimal(score), None, Decimal(0), active, False, Decimal(weight))


LIST = [standing(name, score) for name, score in (("a", 90), ("b", 80), ("c", 70), ("d", 65), ("e", 60), ("f", 20))]


@pytest.mark.parametrize(
    ("decisions", "up"),
    [
        ({}, ""),
        ({"a": "accepted"}, ""),
        ({"a": "declined"}, "d"),
        ({"a": "deferred", "b": "declined"}, "de"),
        ({"a": "declined", "d": "declined"}, "de"),
        ({"a": "declined", "d": "accepted"}, "d"),
        ({"a": "accepted", "d": "accepted"}, "d"),  # taken back, but its successor was accepted meanwhile
        ({"a": "declined", "f": "taken_in"}, ""),
        ({"a": "declined", "e": "taken_in"}, ""),
        ({"a": "declined", "b": "declined", "c": "declined"}, "de"),
    ],
)
def test_places_that_are_declined_go_to_the_next_in_line(decisions: dict[str, str], up: str) -> None:
    assert moved_up(place(LIST, FIVE), decisions, FIVE) == set(up)


def test_nobody_passes_anybody_who_weighs_too_much() -> None:
    rows = [standing("a", 90), standing("b", 80, weight="2"), standing("c", 70, weight="2"), standing("d", 65)]
    placed = place(rows, FIVE)
    assert moved_up(placed, {"a": "declined"}, FIVE) == set()
    assert moved_up(placed, {"b": "declined"}, FIVE) == {"c"}


def test_one_who_stays_after_all_keeps_the_room_that_its_leaving_gave() -> None:
    rows = [standing("in", 10, "008", active=True), standing("x", 80, "008"), standing("y", 70, "008")]
    placed = place(rows, FIVE)
    assert moved_up(placed, {}, FIVE) == set()
    assert moved_up(placed, {"x": "declined"}, FIVE) == {"y"}
    assert moved_up(placed, {"x": "declined", "in": "declined"}, FIVE) == set()


def test_pools_do_not_borrow_from_each_other() -> None:
    rows = [*LIST, standing("x", 80, "008"), standing("y", 70, "008")]
    assert moved_up(place(rows, FIVE), {"a": "declined"}, FIVE) == {"d"}
    assert moved_up(place(rows, FIVE), {"x": "declined"}, FIVE) == {"y"}


def test_never_more_than_fit_whatever_is_decided() -> None:
    chance = random.Random(4)
    for _ in range(200):
        rows = [standing(f"{n:02}", 90 - n, weight=chance.choice(["1", "1.5", "2"])) for n in range(12)]
        terms = Terms(Decimal(56), Decimal(48), {"010": Decimal(chance.randint(0, 12))})
        placed, decisions = place(rows, terms), {}
        for _ in range(6):
            now = with_moves(placed, decisions, terms)
            entering = [
                one for one, at in now if at.mark == ranking.ENTERS and decisions.get(one.account) != "declined"
            ]
            assert sum(one.weight for one in entering) <= terms.capacities["010"]
            open_ones = [one.account for one in entering if one.account not in decisions]
            if open_ones:
                decisions[chance.choice(open_ones)] = chance.choice(["accepted", "declined"])


@pytest.fixture
def full(world: World) -> World:
    """Room for two of the four that reach the score."""
    for number, score in ((1, "90"), (2, "80"), (3, "70"), (4, "60")):
        candidate(number, score)
    return world


def marks(chosen: Round) -> dict[str, str]:
    rows = chosen.candidates.filter(name__startswith="Importer").order_by("rank")
    return {name[-1]: because for name, because in rows.values_list("name", "because")}


@pytest.mark.django_db
def test_a_declined_place_is_proposed_to_the_next_and_taken_back_with_it(full: World) -> None:
    chosen = opened(full.hq, capacities={"010": "3", "008": "10", "brokers": "10", "none": "10"})
    assert marks(chosen) == {"1": "above_enter", "2": "no_room", "3": "no_room", "4": "no_room"}, marks(chosen)
    first = chosen.candidates.filter(name="Importer 001")
    before = chosen.counted["marks"]["enters"]
    chosen.decide(first, "declined", "Known to another agency", by=full.hq)
    assert marks(chosen)["2"] == "moved_up"
    assert chosen.counted["marks"]["enters"] == before + 1
    assert chosen.undecided == 1
    assert chosen.replay().same
    chosen.decide(first, "accepted", REASON, by=full.hq)
    assert marks(chosen)["2"] == "no_room"
    assert chosen.counted["marks"]["enters"] == before
    chosen.decide(first, "declined", "Known to another agency", by=full.hq)
    accept_all(chosen, full.hq)
    chosen.decide(first, "declined", "Known to another agency", by=full.hq)
    chosen.close(by=approver())
    chosen.refresh_from_db()
    assert chosen.record["rule"] == 2
    assert chosen.replay().same
    entered = chosen.candidates.filter(outcome="entered", name__startswith="Importer")
    assert [one.name for one in entered] == ["Importer 002"]


@pytest.mark.django_db
def test_a_round_of_the_rule_before_moves_nobody(full: World) -> None:
    made = draft(full.hq, capacities={"010": "3", "008": "10", "brokers": "10", "none": "10"})
    made.open(by=full.hq)
    Round.objects.update(rule=1)
    made.refresh_from_db()
    made.decide(made.candidates.filter(name="Importer 001"), "declined", "No", by=full.hq)
    assert "moved_up" not in marks(made).values()
    assert made.replay().same


@pytest.mark.django_db
def test_the_page_says_who_moves_up_and_the_file_holds_the_list(full: World) -> None:
    client: Client = signed_in(full, "hq")
    chosen = opened(full.hq, capacities={"010": "3", "008": "10", "brokers": "10", "none": "10"})
    one = chosen.candidates.get(name="Importer 001")
    given = {"pick": [one.pk], "decision": "declined", "reason": "=cmd()"}
    said = client.post(f"/selection/{chosen.pk}/decide/", given, follow=True).content.decode()
    assert "1 account that waited moves up: decide about it too." in said
    assert "a place was declined since" in said
    page = f"/selection/{chosen.pk}/"
    csv = client.get(page, {"download": "csv"}).content.decode()
    assert "'=cmd()" in csv
    assert csv.count("\n") == chosen.candidates.count() + 1
    narrow = client.get(page, {"download": "csv", "view": "enter", "pool": "010"}).content.decode()
    assert "Importer 002" in narrow
    assert "Importer 003" not in narrow
    book = client.get(page, {"download": "xlsx"})
    assert book["Content-Disposition"].endswith('.xlsx"')
    assert client.get(page, {"download": "exe", "pool": "'x"}).status_code == 200
    assert signed_in(full, "jordan").get(page, {"download": "csv"}).status_code == 404
