"""What the pages of a round read: a page of the list, capacities, what is to be approved."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from compliance.selection import ranking, words
from compliance.selection.closing import Room
from compliance.selection.models import Candidate, Round
from look.downloads import MOST_ROWS

ROWS = 50
#: Views of the list: name in the address, words, what it holds.
VIEWS: tuple[tuple[str, str, Q], ...] = (
    ("", "All", Q()),
    ("enter", "Enter", Q(mark=ranking.ENTERS)),
    ("leave", "Leave", Q(mark=ranking.LEAVES)),
    ("stay", "Stay", Q(mark=ranking.STAYS)),
    ("wait", "No room", Q(mark=ranking.WAITS)),
    ("not-yet", "Not yet", Q(mark=ranking.NOT_YET)),
    ("undecided", "Undecided", Q(mark__in=[ranking.ENTERS, ranking.LEAVES], decision="")),
)
#: Named one by one before a round is approved; of more, so many.
NAMED = 200
BAR = 214


@dataclass(frozen=True)
class Line:
    candidate: Candidate
    sentence: str
    pool: str
    #: The threshold lies between this one and the one above.
    cut: bool


@dataclass(frozen=True)
class Listed:
    lines: list[Line]
    view: str
    pool: str
    after: str
    views: list[tuple[str, str, int | None]]
    pools: dict[str, str]
    behind: int | None
    #: Rows of this view in all, as far as a download holds them.
    rows: int

    @property
    def first(self) -> int | None:
        return self.lines[0].candidate.rank if self.lines else None

    @property
    def last(self) -> int | None:
        return self.lines[-1].candidate.rank if self.lines else None


def marked(chosen: Round, mark: str) -> int:
    """How many have a mark, as the opening counted."""
    return int(chosen.counted.get("marks", {}).get(mark, 0))


def listed(chosen: Round, asked: Mapping[str, Any], pools: dict[str, str]) -> Listed:
    """A page of the ranking: by the index of rank, from the row after the last one seen."""
    chosen_view, pool = narrowed(asked, pools)
    after = asked.get("after", "")
    rank = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    every = rows_of(chosen, chosen_view, pool)
    page = list(every.filter(rank__gt=rank).defer("inputs").select_related("decided_by")[: ROWS + 1])
    lines: list[Line] = []
    for one in page[:ROWS]:
        before = lines[-1].candidate if lines else None
        cut = before is not None and _above(before, chosen) and not _above(one, chosen)
        name = pools.get(one.pool, one.pool)
        lines.append(Line(one, words.sentence_of(one, chosen, name), name, cut))
    counts = [(name, said, _many(chosen, name)) for name, said, _ in VIEWS]
    behind = page[ROWS - 1].rank if len(page) > ROWS else None
    known = None if pool else _many(chosen, chosen_view[0])
    rows = every.order_by()[: MOST_ROWS + 1].count() if known is None else known
    return Listed(lines, chosen_view[0], pool, str(rank or ""), counts, pools, behind, rows)


def narrowed(asked: Mapping[str, Any], pools: Mapping[str, str]) -> tuple[tuple[str, str, Q], str]:
    """The view and the pool that an address asks for; all where it asks for none that there is."""
    view = next((one for one in VIEWS if one[0] == asked.get("view", "")), VIEWS[0])
    return view, asked.get("pool", "") if asked.get("pool") in pools else ""


def rows_of(chosen: Round, view: tuple[str, str, Q], pool: str) -> QuerySet[Candidate]:
    """The candidates of a view and a pool, by rank."""
    rows = chosen.candidates.filter(view[2]).order_by("rank")
    return rows.filter(pool=pool) if pool else rows


def _above(candidate: Candidate, chosen: Round) -> bool:
    return candidate.score is not None and candidate.score >= chosen.enter_from


def _many(chosen: Round, view: str) -> int | None:
    """As the opening counted; what is undecided changes, and stands in the page's first line."""
    counts = {
        "": chosen.counted.get("candidates", 0),
        **{name: marked(chosen, mark) for name, mark in _MARKS.items()},
    }
    return counts.get(view)


_MARKS = {
    "enter": ranking.ENTERS,
    "leave": ranking.LEAVES,
    "stay": ranking.STAYS,
    "wait": ranking.WAITS,
    "not-yet": ranking.NOT_YET,
}


@dataclass(frozen=True)
class Bar:
    """A pool as one bar; lengths in pixels of a drawing BAR wide, amounts in weighted accounts."""

    name: str
    room: Room
    scale: Decimal

    def _at(self, weight: Decimal) -> str:
        return f"{float(weight / self.scale) * BAR:.1f}"

    @property
    def staying(self) -> str:
        return self._at(self.room.staying)

    @property
    def entering(self) -> str:
        return self._at(self.room.entering)

    @property
    def limit(self) -> str:
        return f"{min(float(self.room.capacity / self.scale) * BAR, BAR - 1):.1f}"

    @property
    def after(self) -> Decimal:
        return self.room.staying + self.room.entering

    @property
    def over(self) -> bool:
        return self.room.left < 0

    @property
    def over_by(self) -> Decimal:
        return -self.room.left


@dataclass(frozen=True)
class Capacity:
    """All pools that carry or can carry anything, and the sentence of the figure."""

    bars: list[Bar]
    free: Decimal

    @property
    def title(self) -> str:
        free = [bar for bar in self.bars if bar.room.left >= 1]
        if not self.bars:
            return "No capacity is set"
        if not free:
            return "Every Center is full after this round"
        if len(free) == 1:
            return f"Every Center is full after this round but {free[0].name}, which can carry {free[0].room.left:.1f} more"
        most = max(free, key=lambda bar: bar.room.left)
        return f"{len(free)} of {len(self.bars)} have room after this round, {most.name} most: {most.room.left:.1f}"


def capacity_of(rooms: Mapping[str, Room], pools: Mapping[str, str]) -> Capacity:
    """The bars, all on one scale, so that a long one carries more."""
    used = {pool: room for pool, room in rooms.items() if room.capacity or room.staying or room.entering}
    scale = max((max(room.capacity, room.staying + room.entering) for room in used.values()), default=Decimal(1))
    bars = [Bar(pools.get(pool, pool), room, scale or Decimal(1)) for pool, room in used.items()]
    return Capacity(bars, sum((max(bar.room.left, Decimal(0)) for bar in bars), Decimal(0)))


def to_approve(chosen: Round, pools: Mapping[str, str]) -> dict[str, Any]:
    """What the second person reads: who enters, who leaves, whom it was decided against, by name with reasons."""
    rows = chosen.candidates.exclude(decision="").select_related("decided_by").order_by("rank").defer("inputs", "parts")
    groups = (
        ("Enter", rows.filter(Q(mark=ranking.ENTERS, decision=ranking.ACCEPTED) | Q(decision=ranking.TAKEN_IN))),
        ("Leave", rows.filter(mark=ranking.LEAVES, decision=ranking.ACCEPTED)),
        ("Stay as they are, against the list", rows.filter(decision__in=[ranking.DECLINED, ranking.DEFERRED])),
    )
    found = [(title, [(one, pools.get(one.pool, one.pool)) for one in group[: NAMED + 1]]) for title, group in groups]
    return {
        "groups": [(title, lines[:NAMED], len(lines) > NAMED) for title, lines in found],
        "named": NAMED,
        "undecided": chosen.undecided,
    }
