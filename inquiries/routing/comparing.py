"""Where inquiries go by two sets of rules. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inquiries.routing.matching import Condition, Facts, first_that_holds

#: Rules in their order, each with the name of its group.
Rules = Sequence[tuple[str, Condition]]
NOBODY = "nobody: the manager alone"


@dataclass(frozen=True)
class Tried:
    """inquiries: looked at. moves: how many go from which group to which. uncovered: of which categories no rule has
    some, and how many."""

    inquiries: int
    moves: list[tuple[str, str, int]]
    uncovered: list[tuple[str, int]]

    @property
    def elsewhere(self) -> int:
        """How many go elsewhere."""
        return sum(number for _, _, number in self.moves)


def compared(before: Rules, after: Rules, facts: Sequence[Facts]) -> Tried:
    """Where these inquiries go by two sets of rules. Pure."""
    moves: Counter[tuple[str, str]] = Counter()
    uncovered: Counter[str] = Counter()
    decided: dict[Facts, tuple[str, str]] = {}
    for one in facts:
        if one not in decided:
            decided[one] = first_that_holds(before, one) or NOBODY, first_that_holds(after, one) or NOBODY
        was, becomes = decided[one]
        moves[was, becomes] += was != becomes
        uncovered[one.category] += becomes == NOBODY
    changed = [(was, becomes, number) for (was, becomes), number in moves.most_common() if number]
    return Tried(len(facts), changed, [(name, number) for name, number in uncovered.most_common() if number])
