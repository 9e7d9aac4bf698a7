"""Who stands where in a round, and who enters, stays and leaves. Pure: the same inputs give the same list, for ever.

The order: the higher score first; of one score the larger expected loss, then the larger value, then the account's id.
The score is the sum of named parts; at least two thirds of it are the expected loss of revenue on a log scale (duty at
stake x rate x severity), so that value and risk stand in it together (domain 5: project default).

A pool is a Center with its importers, or all brokers: what has a capacity of its own. Within a pool nobody passes
anybody: when the next one does not fit, nobody below enters.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

ZERO = Decimal(0)
#: Digits of a probability that are kept.
PROBABILITY = Decimal("0.000001")

ENTERS, STAYS, LEAVES, WAITS, NOT_YET = "enters", "stays", "leaves", "waits", "not_yet"
#: Why: the words stand in reasons.py.
ABOVE_ENTER, ISA_ENTERS, LOT_ENTERS = "above_enter", "isa_enters", "lot_enters"
ABOVE_STAY, ISA_STAYS, UNSCORED_STAYS = "above_stay", "isa_stays", "unscored_stays"
#: Of those for whom there was no room: a place that the list had given was declined since.
MOVED_UP = "moved_up"
BELOW_STAY, NO_ROOM, LOT_NOT_YET, BELOW_ENTER, UNSCORED = (
    *("below_stay", "no_room", "lot_not_yet"),
    *("below_enter", "unscored"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a round knows of one candidate. score: 0 to 100, None where the model never scored it; loss, value: dollars
    a year; active: in the program when the round was opened; weight: what it adds to a caseload."""

    account: str
    pool: str
    score: Decimal | None
    loss: Decimal | None
    value: Decimal
    active: bool
    isa: bool
    weight: Decimal


@dataclass(frozen=True)
class Terms:
    """What headquarters set: scores to enter and to stay, capacities by pool (weighted accounts), and where it agreed
    to a lottery its width (points on either side of `enter`; 0: none) and its seed."""

    enter: Decimal
    stay: Decimal
    capacities: Mapping[str, Decimal] = field(default_factory=dict)
    width: Decimal = ZERO
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a candidate stands. probability: of entering by lot, None where no lot was drawn for it."""

    rank: int
    mark: str
    because: str
    probability: Decimal | None = None


def order(standing: Standing) -> tuple[bool, Decimal, Decimal, Decimal, str]:
    """The key by which candidates are ranked; those without a score stand last."""
    return (
        standing.score is None,
        -(standing.score or ZERO),
        -(standing.loss or ZERO),
        -standing.value,
        standing.account,
    )


def place(standings: Sequence[Standing], terms: Terms) -> list[tuple[Standing, Place]]:
    """Everybody's place, in the order of rank."""
    ranked = sorted(standings, key=order)
    found: dict[str, tuple[str, str, Decimal | None]] = {}
    used: dict[str, Decimal] = defaultdict(lambda: ZERO)
    contenders: dict[str, list[Standing]] = defaultdict(list)
    for one in ranked:
        mark, because = _of_itself(one, terms)
        found[one.account] = (mark, because, None)
        if mark in (STAYS, ENTERS):
            used[one.pool] += one.weight
        elif mark == WAITS:
            contenders[one.pool].append(one)
    for pool, waiting in contenders.items():
        found |= _enter(waiting, terms, terms.capacities.get(pool, ZERO) - used[pool])
    return [(one, Place(rank, *found[one.account])) for rank, one in enumerate(ranked, 1)]


def _of_itself(one: Standing, terms: Terms) -> tuple[str, str]:
    """What follows from the candidate alone; WAITS where it depends on the room and on the lot."""
    if one.isa:
        return (STAYS, ISA_STAYS) if one.active else (ENTERS, ISA_ENTERS)
    if one.active:
        if one.score is None:
            return STAYS, UNSCORED_STAYS
        return (STAYS, ABOVE_STAY) if one.score >= terms.stay else (LEAVES, BELOW_STAY)
    if one.score is None:
        return NOT_YET, UNSCORED
    return (WAITS, NO_ROOM) if one.score >= terms.enter - terms.width else (NOT_YET, BELOW_ENTER)


def _fitting(waiting: Sequence[Standing], room: Decimal) -> tuple[int, Decimal]:
    """How many of these enter in their order, and what room is left; who does not fit stops those behind."""
    for many, one in enumerate(waiting):
        if one.weight > room:
            return many, room
        room -= one.weight
    return len(waiting), room


def _enter(waiting: list[Standing], terms: Terms, room: Decimal) -> dict[str, tuple[str, str, Decimal | None]]:
    """Who of one pool's contenders enters, in the order of rank."""
    sure = [one for one in waiting if one.score is not None and one.score >= terms.enter + terms.width]
    near = waiting[len(sure) :]
    fitting, room = _fitting(sure, room)
    found: dict[str, tuple[str, str, Decimal | None]] = {}
    for at, one in enumerate(sure):
        found[one.account] = (ENTERS, ABOVE_ENTER, None) if at < fitting else (WAITS, NO_ROOM, None)
    above = [one for one in near if one.score is not None and one.score >= terms.enter]
    entering = _fitting(above, room)[0] if fitting == len(sure) else 0
    if near and terms.width:
        # Never more than fit, whoever is drawn: the chance is the same for all, and known exactly.
        drawn = min(entering, math.floor(room / max(one.weight for one in near)))
        if 0 < drawn < len(near):
            return found | _by_lot(near, drawn, terms.seed)
    for at, one in enumerate(near):
        if at < entering:
            found[one.account] = (ENTERS, ABOVE_ENTER, None)
        else:
            found[one.account] = (WAITS, NO_ROOM, None) if at < len(above) else (NOT_YET, BELOW_ENTER, None)
    return found


def lot(seed: str, account: str) -> str:
    """The number that a candidate draws; the lowest enter. Anybody can compute it again with a seed and SHA-256."""
    return hashlib.sha256(f"{seed}:{account}".encode()).hexdigest()


def _by_lot(near: list[Standing], drawn: int, seed: str) -> dict[str, tuple[str, str, Decimal | None]]:
    chance = (Decimal(drawn) / len(near)).quantize(PROBABILITY)
    winners = {one.account for one in sorted(near, key=lambda one: lot(seed, one.account))[:drawn]}
    return {
        one.account: (ENTERS, LOT_ENTERS, chance) if one.account in winners else (NOT_YET, LOT_NOT_YET, chance)
        for one in near
    }


#: By number: a round of the past is placed again by the rule of its day. By rule 2 who waits for room moves up when a
#: proposal is declined or deferred; by rule 1 the place stayed free.
RULES: Mapping[int, Callable[[Sequence[Standing], Terms], list[tuple[Standing, Place]]]] = {1: place, 2: place}
RULE = 2
MOVING = frozenset({2})

ACCEPTED, DECLINED, DEFERRED, TAKEN_IN = "accepted", "declined", "deferred", "taken_in"
AGAINST = (DECLINED, DEFERRED)
ENTERED, LEFT, AS_BEFORE = "entered", "left", ""


def moved_up(placed: Sequence[tuple[Standing, Place]], decisions: Mapping[str, str], terms: Terms) -> set[str]:
    """The accounts that found no room by the list and are proposed all the same, since places were declined.

    placed: as the list had it, in the order of rank. decisions: by account, those that were made. Within a pool nobody
    passes anybody, as in the list itself; of whom it was decided already keeps its place before those who still wait.
    """
    room = dict(terms.capacities)
    waiting: dict[str, list[Standing]] = defaultdict(list)
    up: set[str] = set()
    for one, at in placed:
        decided = decisions.get(one.account, "")
        if at.because == NO_ROOM and decided != TAKEN_IN:
            if decided:
                up.add(one.account)
            else:
                waiting[one.pool].append(one)
        if _carried(one, at, decided):
            room[one.pool] = room.get(one.pool, ZERO) - one.weight
    for pool, those in waiting.items():
        fitting, _ = _fitting(those, room.get(pool, ZERO))
        up |= {one.account for one in those[:fitting]}
    return up


def _carried(one: Standing, at: Place, decided: str) -> bool:
    """Whether it stands in the caseload after the round, as decided so far; what is undecided counts as the list has it."""
    if one.active:
        return at.mark != LEAVES or decided in AGAINST
    if at.because == NO_ROOM or at.mark != ENTERS:
        return decided in (ACCEPTED, TAKEN_IN)
    return decided not in AGAINST


def with_moves(
    placed: Sequence[tuple[Standing, Place]], decisions: Mapping[str, str], terms: Terms
) -> list[tuple[Standing, Place]]:
    """The list with who moved up marked so."""
    up = moved_up(placed, decisions, terms)
    return [(one, replace(at, mark=ENTERS, because=MOVED_UP) if one.account in up else at) for one, at in placed]


def as_placed(at: Place) -> Place:
    """The place that the list gave before anybody moved up."""
    return replace(at, mark=WAITS, because=NO_ROOM) if at.because == MOVED_UP else at


def outcome(active: bool, mark: str, decision: str) -> str:
    """What closing makes of a candidate: it entered, left, or is in the program or outside as before."""
    if active:
        return LEFT if (mark, decision) == (LEAVES, ACCEPTED) else AS_BEFORE
    return ENTERED if decision == TAKEN_IN or (mark, decision) == (ENTERS, ACCEPTED) else AS_BEFORE
