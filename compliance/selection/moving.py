"""Who moves up in a round: what is read for it, and how it is written. The rule itself is ranking.moved_up."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from compliance.selection import freezing, ranking
from compliance.selection.ranking import Place

if TYPE_CHECKING:
    from compliance.selection.models.round import Round

#: Who takes part: those inside, those whom the list or a person lets in, and those for whom there was no room.
TAKING_PART = (
    Q(state_before="active") | Q(mark=ranking.ENTERS) | Q(because=ranking.NO_ROOM) | Q(decision=ranking.TAKEN_IN)
)


@dataclass(frozen=True)
class Moves:
    """Accounts (ids) that are proposed from now on, and those that are proposed no more."""

    up: list[str]
    back: list[str]


def moves(chosen: "Round", pools: Collection[str]) -> Moves:
    """What the decisions so far change in these pools; one statement."""
    names = (*freezing.STANDING, "rank", "mark", "because", "decision")
    rows = list(chosen.candidates.filter(TAKING_PART, pool__in=pools).order_by("rank").values(*names))
    placed = [
        (freezing.standing_of(row), ranking.as_placed(Place(row["rank"], row["mark"], row["because"]))) for row in rows
    ]
    decisions = {str(row["account_id"]): row["decision"] for row in rows}
    before = {str(row["account_id"]) for row in rows if row["because"] == ranking.MOVED_UP}
    now = ranking.moved_up(placed, decisions, chosen.terms)
    return Moves(sorted(now - before), sorted(before - now))


def write(chosen: "Round", found: Moves) -> None:
    """Mark them so; a statement for each way."""
    for accounts, mark, because in (
        (found.up, ranking.ENTERS, ranking.MOVED_UP),
        (found.back, ranking.WAITS, ranking.NO_ROOM),
    ):
        if accounts:
            chosen.candidates.filter(account__in=accounts).update(mark=mark, because=because)
