"""Who would enter, stay and leave under other terms. Reads, and changes nothing."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from compliance.selection import freezing, ranking
from compliance.selection.models import Round

NAMED = 6


@dataclass(frozen=True)
class Moved:
    """Who is marked otherwise than in the round: how many, and the names of the first by rank."""

    words: str
    mark: str
    many: int
    names: tuple[str, ...]

    @property
    def more(self) -> int:
        return self.many - len(self.names)


@dataclass(frozen=True)
class WhatIf:
    """Counts of the proposals under other terms, beside those of the round, and who moves."""

    enters: int
    leaves: int
    moved: tuple[Moved, ...]


MOVES = (
    ("more would enter", ranking.ENTERS, lambda before, after: after == ranking.ENTERS != before),
    ("would no longer enter", "", lambda before, after: before == ranking.ENTERS != after),
    ("more would leave", ranking.LEAVES, lambda before, after: after == ranking.LEAVES != before),
    ("would no longer leave", "", lambda before, after: before == ranking.LEAVES != after),
)


def other_terms(chosen: Round, enter: Decimal, stay: Decimal, room: int) -> ranking.Terms:
    """The round's terms with others in place; room: per cent of every capacity."""
    terms = chosen.terms
    capacities = {pool: one * room / 100 for pool, one in terms.capacities.items()}
    return dataclasses.replace(terms, enter=enter, stay=stay, capacities=capacities)


def what_if(chosen: Round, terms: ranking.Terms) -> WhatIf:
    """Place again whoever these terms, or the round's, could let in, keep or let go; the rest stays outside by either."""
    least = min(terms.enter, chosen.enter_from) - terms.width
    rows = list(
        chosen.candidates.filter(Q(state_before="active") | Q(isa=True) | Q(score__gte=least))
        .order_by("rank")
        .values("name", "mark", "because", *freezing.STANDING)
    )
    before: dict[str, dict[str, Any]] = {str(row["account_id"]): row for row in rows}
    for row in rows:  # other terms are compared with the list itself, before anybody moved up
        row["mark"] = ranking.WAITS if row["because"] == ranking.MOVED_UP else row["mark"]
    placed = ranking.RULES[chosen.rule]([freezing.standing_of(row) for row in rows], terms)
    moved = []
    for words, mark, is_moved in MOVES:
        names = [before[one.account]["name"] for one, at in placed if is_moved(before[one.account]["mark"], at.mark)]
        if names:
            moved.append(Moved(words, mark, len(names), tuple(names[:NAMED])))
    marks = [at.mark for _, at in placed]
    return WhatIf(marks.count(ranking.ENTERS), marks.count(ranking.LEAVES), tuple(moved))
