"""Closing a round: is there room, what becomes of each account, and who hears of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import OuterRef, Q, Subquery, Sum, Value

from accounts.models import Account, Person
from compliance.selection import ranking, telling
from compliance.selection.pools import name_of

if TYPE_CHECKING:
    from compliance.selection.models.round import Round

STAMP = """
SELECT md5(coalesce(string_agg(concat_ws(E'\\t', account_id, decision, reason), E'\\n' ORDER BY account_id), ''))
FROM selection_candidate WHERE round_id = %s AND decision <> ''
"""
ACTIVE = Q(state_before="active")
ENTERING = Q(mark=ranking.ENTERS) & ~Q(decision__in=[ranking.DECLINED, ranking.DEFERRED]) | Q(decision=ranking.TAKEN_IN)
LEAVING = Q(mark=ranking.LEAVES) & ~Q(decision__in=[ranking.DECLINED, ranking.DEFERRED])


@dataclass(frozen=True)
class Room:
    """A pool as it would be after the round, as decided so far; what is undecided counts as proposed.

    Weighted accounts; chosen: entering without being ISA participants, so that it could be decided otherwise.
    """

    capacity: Decimal
    staying: Decimal
    entering: Decimal
    leaving: Decimal
    chosen: Decimal

    @property
    def left(self) -> Decimal:
        return self.capacity - self.staying - self.entering


def rooms(chosen: "Round") -> dict[str, Room]:
    """Every pool of a round by its code."""
    zero = Value(Decimal(0))
    counted = (
        chosen.candidates.filter(ACTIVE | ENTERING)
        .order_by()
        .values("pool")
        .annotate(
            staying=Sum("weight", filter=ACTIVE & ~LEAVING, default=zero),
            entering=Sum("weight", filter=ENTERING, default=zero),
            leaving=Sum("weight", filter=ACTIVE & LEAVING, default=zero),
            chosen=Sum("weight", filter=ENTERING & Q(isa=False), default=zero),
        )
    )
    by_pool = {row.pop("pool"): row for row in counted}
    nothing = dict.fromkeys(("staying", "entering", "leaving", "chosen"), Decimal(0))
    capacities = chosen.terms.capacities
    return {
        pool: Room(capacities.get(pool, Decimal(0)), **by_pool.get(pool, nothing))
        for pool in sorted({*capacities, *by_pool, *chosen.counted.get("pools", {})})
    }


def refuse_overfull(chosen: "Round") -> None:
    """Raise ValidationError where more enter than fit. Whom nobody may decline, ISA participants, may go beyond."""
    for pool, room in rooms(chosen).items():
        if room.left < 0 and room.chosen:
            raise ValidationError(
                f"{name_of(pool)} would carry {room.staying + room.entering:.1f} of {room.capacity:.1f}: decline or defer "
                "one that enters, or accept one that leaves."
            )


def stamp(chosen: "Round") -> str:
    """What was decided so far, as one short text that changes with any decision."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP, [chosen.pk])
        return str(cursor.fetchone()[0])


def settle(chosen: "Round", by: Person) -> Mapping[str, int]:
    """Write every outcome, change the accounts and queue what they are told; a statement for each, however many."""
    candidates = chosen.candidates
    # ranking.outcome once more, as conditions; computing the list again holds them to it.
    candidates.filter(~ACTIVE, Q(mark=ranking.ENTERS, decision=ranking.ACCEPTED) | Q(decision=ranking.TAKEN_IN)).update(
        outcome=ranking.ENTERED
    )
    candidates.filter(ACTIVE, mark=ranking.LEAVES, decision=ranking.ACCEPTED).update(outcome=ranking.LEFT)
    entered, left = candidates.filter(outcome=ranking.ENTERED), candidates.filter(outcome=ranking.LEFT)
    centers = candidates.filter(account=OuterRef("pk")).values("center")[:1]
    Account.objects.filter(pk__in=entered.values("account")).take_in(by=by, center=Subquery(centers))
    Account.objects.filter(pk__in=left.values("account")).let_go(by=by)
    telling.tell(chosen, entered.order_by("rank"), left.order_by("rank"))
    many_entered, many_left = entered.count(), left.count()
    active, everybody = chosen.counted["active"], chosen.counted["candidates"]
    return {
        "entered": many_entered,
        "left": many_left,
        "remained": active - many_left,
        "outside": everybody - active - many_entered,
    }
