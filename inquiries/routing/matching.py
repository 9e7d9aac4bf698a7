"""Which rule an inquiry falls under. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

HEADING = re.compile(r"\d{2,10}|\d{4}-\d{4}")
Key = TypeVar("Key")


@dataclass(frozen=True)
class Facts:
    """What rules ask of an inquiry; empty or None where it has none. amount: dollars in question."""

    category: str
    center: str = ""
    heading: str = ""
    port: str = ""
    amount: Decimal | None = None
    programs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Condition:
    """What one rule asks; what is empty asks nothing."""

    categories: frozenset[str] = frozenset()
    centers: frozenset[str] = frozenset()
    headings: tuple[str, ...] = ()
    ports: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    least_amount: Decimal | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether each thing asked is so. An inquiry without a heading, port or amount falls under no rule that asks one."""
        return (
            (not self.categories or facts.category in self.categories)
            and (not self.centers or facts.center in self.centers)
            and (not self.headings or any(_covers(one, facts.heading) for one in self.headings))
            and (not self.ports or facts.port in self.ports)
            and (not self.programs or bool(self.programs & facts.programs))
            and (self.least_amount is None or (facts.amount is not None and facts.amount >= self.least_amount))
        )


def _covers(asked: str, heading: str) -> bool:
    if not heading:
        return False
    low, dash, high = asked.partition("-")
    return low <= heading[:4] <= high and len(heading) >= 4 if dash else heading.startswith(asked)


def check_headings(headings: Iterable[str]) -> str:
    """What is wrong with one of them, in words; empty where nothing is."""
    for one in headings:
        if not HEADING.fullmatch(one):
            return f"“{one}” is no beginning of an HTS number and no range of headings: write 85 or 8501-8504."
        low, dash, high = one.partition("-")
        if dash and low > high:
            return f"The range {one} ends before it begins."
    return ""


def first_that_holds(rules: Sequence[tuple[Key, Condition]], facts: Facts) -> Key | None:
    """The key of the first rule, in their order, under which these facts fall; None where none covers them."""
    return next((key for key, condition in rules if condition.holds(facts)), None)
