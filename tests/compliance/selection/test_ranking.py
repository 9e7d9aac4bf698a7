"""Ranking, deciding and the lottery as pure functions: examples, what holds of any list, and a reference."""

import hashlib
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.selection.caseload import WEIGHTS, suggested, weight
from compliance.selection.ranking import (
    ENTERS,
    LEAVES,
    NOT_YET,
    RULES,
    STAYS,
    WAITS,
    Place,
    Standing,
    Terms,
    lot,
    order,
    outcome,
    place,
)

D = Decimal


def one(account: str, score: str | None, **fields: object) -> Standing:
    given: dict[str, object] = {
        "pool": "010",
        "score": None if score is None else D(score),
        "loss": None,
        "value": D(0),
        "active": False,
        "isa": False,
        "weight": D(1),
    }
    return Standing(account, **given | fields)  # type: ignore[arg-type]


def terms(enter: str = "56", stay: str = "48", room: str = "100", **fields: object) -> Terms:
    return Terms(D(enter), D(stay), {"010": D(room), "007": D(room)}, **fields)  # type: ignore[arg-type]


def by_account(standings: list[Standing], chosen: Terms) -> dict[str, Place]:
    return {standing.account: at for standing, at in place(standings, chosen)}


def test_ties_are_broken_by_loss_then_value_then_account_and_never_by_the_order_given() -> None:
    rows = [
        one("d", "60", loss=D(5), value=D(1)),
        one("c", "60", loss=D(5), value=D(1)),
        one("b", "60", loss=D(5), value=D(2)),
        one("a", "60", loss=D(4), value=D(9)),
        one("e", "60.01"),
        one("0", None, value=D(99)),
    ]
    expected = ["e", "b", "c", "d", "a", "0"]
    assert [standing.account for standing, _ in place(rows, terms())] == expected
    assert [standing.account for standing, _ in place(rows[::-1], terms())] == expected


@pytest.mark.parametrize(
    ("standing", "mark", "because"),
    [
        (one("a", "56"), ENTERS, "above_enter"),
        (one("a", "55.99"), NOT_YET, "below_enter"),
        (one("a", None), NOT_YET, "unscored"),
        (one("a", "48", active=True), STAYS, "above_stay"),
        (one("a", "47.99", active=True), LEAVES, "below_stay"),
        (one("a", None, active=True), STAYS, "unscored_stays"),
        (one("a", "0", isa=True), ENTERS, "isa_enters"),
        (one("a", None, isa=True), ENTERS, "isa_enters"),
        (one("a", "0", isa=True, active=True), STAYS, "isa_stays"),
        (one("a", "90", pool="nowhere"), WAITS, "no_room"),
    ],
)
def test_what_is_proposed_for_one(standing: Standing, mark: str, because: str) -> None:
    at = by_account([standing], terms())["a"]
    assert (at.rank, at.mark, at.because, at.probability) == (1, mark, because, None)


def test_nobody_passes_who_does_not_fit() -> None:
    rows = [one("a", "90", weight=D("1.5")), one("b", "80", weight=D(2)), one("c", "70"), one("x", "60", pool="007")]
    found = by_account(rows, terms(room="3"))
    assert [found[name].mark for name in "abcx"] == [ENTERS, WAITS, WAITS, ENTERS]


def test_who_leaves_makes_room_and_an_isa_participant_takes_it_first() -> None:
    rows = [
        one("stays", "50", active=True),
        one("leaves", "10", active=True),
        one("isa", "1", isa=True, weight=D("1.5")),
        one("first", "90"),
        one("second", "80"),
    ]
    found = by_account(rows, terms(room="3.5"))
    assert {name: at.mark for name, at in found.items()} == {
        "stays": STAYS,
        "leaves": LEAVES,
        "isa": ENTERS,
        "first": ENTERS,
        "second": WAITS,
    }


def test_more_isa_participants_than_fit_enter_all_the_same() -> None:
    rows = [one(name, "1", isa=True) for name in "abc"] + [one("d", "99")]
    assert [by_account(rows, terms(room="2"))[name].mark for name in "abcd"] == [ENTERS, ENTERS, ENTERS, WAITS]


# ---- the lottery ---------------------------------------------------------------------------------------------------


def near(many: int, weight: str = "1") -> list[Standing]:
    """Candidates half a point apart around 56, every second one above."""
    return [one(f"n{n:02}", str(D(56) + D(n - many // 2) / 2), weight=D(weight)) for n in range(many)]


def test_near_the_threshold_a_known_share_enters_by_lot_and_the_rest_as_ever() -> None:
    rows = [one("high", "80"), one("low", "20"), *near(10)]
    found = by_account(rows, terms(width=D(5), seed="s"))
    assert (found["high"].mark, found["low"].mark) == (ENTERS, NOT_YET)
    assert found["high"].probability is None
    drawn = {name: at for name, at in found.items() if name.startswith("n")}
    assert {at.probability for at in drawn.values()} == {D("0.5")}
    winners = {name for name, at in drawn.items() if at.mark == ENTERS}
    assert winners == set(sorted(drawn, key=lambda name: lot("s", name))[:5])
    assert {at.because for at in drawn.values()} == {"lot_enters", "lot_not_yet"}


def test_without_a_width_there_is_no_lot() -> None:
    found = by_account(near(10), terms(seed="s"))
    assert {at.probability for at in found.values()} == {None}
    assert sum(at.mark == ENTERS for at in found.values()) == 5


def test_never_more_are_drawn_than_fit_whoever_is_drawn() -> None:
    rows = [*near(9), one("heavy", "56", weight=D(2))]
    found = by_account(rows, terms(room="5", width=D(5), seed="s"))
    drawn = [name for name, at in found.items() if at.mark == ENTERS]
    assert len(drawn) == 2  # five would enter by rank, but two of weight 2.0 fill four of five
    assert {at.probability for at in found.values()} == {D("0.2")}


def test_where_the_sure_ones_fill_the_room_nothing_is_drawn() -> None:
    rows = [one("a", "80"), one("b", "79"), *near(4)]
    found = by_account(rows, terms(room="1", width=D(5), seed="s"))
    assert [found[name].mark for name in ("a", "b")] == [ENTERS, WAITS]
    assert {at.probability for at in found.values()} == {None}
    assert not any(found[standing.account].mark == ENTERS for standing in near(4))


def test_each_is_drawn_as_often_as_its_chance_says() -> None:
    won: Counter[str] = Counter()
    for seed in range(2_000):
        found = by_account(near(10), terms(width=D(5), seed=str(seed)))
        won.update(name for name, at in found.items() if at.mark == ENTERS)
    # Binomial of 2,000 at a half: 22.4 either way is one standard deviation; five of them never happen.
    assert all(abs(won[standing.account] - 1_000) < 112 for standing in near(10))


# ---- of any list ---------------------------------------------------------------------------------------------------

SCORES = st.one_of(st.none(), st.integers(0, 10_000).map(lambda n: D(n) / 100))
STANDINGS = st.lists(
    st.builds(
        Standing,
        account=st.uuids().map(str),
        pool=st.sampled_from(["010", "007", "none"]),
        score=SCORES,
        loss=st.one_of(st.none(), st.integers(0, 3).map(D)),
        value=st.integers(0, 3).map(D),
        active=st.booleans(),
        isa=st.sampled_from([False, False, False, True]),
        weight=st.sampled_from([D("1.0"), D("1.5"), D("2.5")]),
    ),
    max_size=30,
    unique_by=lambda standing: standing.account,
)
TERMS = st.builds(
    lambda stay, more, room, width: (
        Terms(D(stay), D(stay), {"010": D(room), "007": D(room) / 2}, D(width), "s")
        if not more
        else Terms(D(stay + more), D(stay), {"010": D(room), "007": D(room) / 2}, D(width), "s")
    ),
    st.integers(0, 60),
    st.integers(0, 40),
    st.integers(0, 30),
    st.integers(0, 20),
)


@given(STANDINGS, TERMS, st.randoms(use_true_random=False))
def test_what_holds_of_any_list(standings: list[Standing], chosen: Terms, shuffle: object) -> None:
    placed = place(standings, chosen)
    mixed = list(standings)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert place(mixed, chosen) == placed
    assert [at.rank for _, at in placed] == list(range(1, len(standings) + 1))
    assert all(order(above[0]) < order(below[0]) for above, below in pairwise(placed))
    for standing, at in placed:
        assert (at.mark in (STAYS, LEAVES)) == standing.active
        assert not (standing.isa and at.mark not in (STAYS, ENTERS))
        if at.mark == ENTERS and not standing.isa:
            assert standing.score is not None
            assert standing.score >= chosen.enter - chosen.width
        if at.mark == LEAVES:
            assert standing.score is not None
            assert standing.score < chosen.stay
        assert at.probability is None or 0 < at.probability < 1
    for pool in {standing.pool for standing in standings}:
        kept = [(standing, at) for standing, at in placed if standing.pool == pool and at.mark in (STAYS, ENTERS)]
        held = sum((standing.weight for standing, _ in kept), D(0))
        if any(at.mark == ENTERS and not standing.isa for standing, at in kept):
            assert held <= chosen.capacities.get(pool, D(0))


@given(STANDINGS, TERMS)
def test_without_a_lottery_it_is_what_the_slow_rule_says(standings: list[Standing], chosen: Terms) -> None:
    plain = Terms(chosen.enter, chosen.stay, chosen.capacities)
    expected, full = {}, set()
    used = dict.fromkeys(("010", "007", "none"), D(0))
    for standing in standings:
        stays = standing.active and (standing.isa or standing.score is None or standing.score >= plain.stay)
        if stays or (standing.isa and not standing.active):
            used[standing.pool] += standing.weight
    for standing in sorted(standings, key=order):
        if standing.active or standing.isa or standing.score is None or standing.score < plain.enter:
            continue
        fits = used[standing.pool] + standing.weight <= plain.capacities.get(standing.pool, D(0))
        if not fits or standing.pool in full:
            full.add(standing.pool)
            expected[standing.account] = WAITS
        else:
            used[standing.pool] += standing.weight
            expected[standing.account] = ENTERS
    found = {standing.account: at.mark for standing, at in place(standings, plain) if standing.account in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("active", "mark", "decision", "expected"),
    [
        (False, ENTERS, "accepted", "entered"),
        (False, ENTERS, "declined", ""),
        (False, ENTERS, "", ""),
        (False, NOT_YET, "taken_in", "entered"),
        (False, WAITS, "taken_in", "entered"),
        (True, LEAVES, "accepted", "left"),
        (True, LEAVES, "deferred", ""),
        (True, STAYS, "", ""),
    ],
)
def test_what_closing_makes_of_a_decision(active: bool, mark: str, decision: str, expected: str) -> None:
    assert outcome(active, mark, decision) == expected


def test_weights_and_the_capacity_to_begin_with() -> None:
    assert [weight(band, False) for band in ("low", "moderate", "high", None, "")] == [
        D(1),
        D("1.5"),
        D(2),
        D(1),
        D(1),
    ]
    assert weight("high", True) == D("2.5")
    assert set(WEIGHTS) == {"low", "moderate", "high"}
    assert (suggested(D("19.5"), 0), suggested(D("19.5"), 1), suggested(D(0), 0)) == (D(20), D(50), D(0))


#: What the rules of ranking made of `thirty()` when they came in. A round that was closed under a rule is computed again by it
#: on any later day: whoever changes what a rule does writes a new rule, and never another number here.
KEPT = {
    1: "0f444b475f2be5d615a71fc5a6d85ef294d7f99902b45ff44536f877c08db32a",
    2: "0f444b475f2be5d615a71fc5a6d85ef294d7f99902b45ff44536f877c08db32a",
}


def thirty() -> list[Standing]:
    """Importers and brokers on both sides of every line, with ties, a lottery and without a score."""
    return [
        one(
            f"account-{n:02}",
            None if n % 11 == 7 else f"{40 + (n * 7) % 23}.{n % 4}",
            pool=("010", "007", "brokers")[n % 3],
            loss=D(n * n % 50),
            value=D(1000 * (n % 6)),
            active=n % 4 == 1,
            isa=n % 9 == 4,
            weight=D(1 + n % 3) / 2,
        )
        for n in range(30)
    ]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_makes_the_same_list_for_ever(rule: int) -> None:
    chosen = Terms(D(56), D(48), {"010": D(4), "007": D(6), "brokers": D(3)}, D(3), "a seed")
    lines = [
        "|".join(str(cell) for cell in (standing.account, at.rank, at.mark, at.because, at.probability))
        for standing, at in RULES[rule](thirty(), chosen)
    ]
    marks = {line.split("|")[2] for line in lines}
    assert {ENTERS, STAYS, LEAVES, WAITS, NOT_YET} <= marks, "else it would hold little"
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == KEPT[rule]
