"""What each figure was in the months just before and a year before, as the quiet line beside it says it. Pure."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from examinations.figures.table import Line
from examinations.figures.whole import Figures, Spent
from examinations.intervals import Rate
from look.formats import count, money, percent, plural


class Then(NamedTuple):
    """One earlier period: what it is called, all together, and what its examinations cost as far as the reader sees it."""

    label: str
    line: Line
    cost: Spent | None

    @property
    def is_known(self) -> bool:
        """Whether anything is on file of that time: a figure of no data would be no comparison."""
        return bool(self.line.entries or self.line.cargo or self.line.closed)


def both_of(found: Figures) -> list[Then]:
    """As many months just before, and the same months a year before; one of them where these are the same months."""
    a_year = Then("A year before", found.year_before, found.cost_year_before)
    if found.period.before.whole == found.period.a_year_before.whole:
        both = [a_year._replace(label="The year before")]
    else:
        both = [Then("The months just before", found.before, found.cost_before), a_year]
    return [one for one in both if one.is_known]


def _rate(found: Rate | None) -> str:
    if found is None:
        return "none"
    of = f"{count(found.found)} of {count(found.count)}"
    return f"{of}, {percent(found.rate)}" if found.tells else of


def _cost(spent: Spent | None) -> str:
    return f"{money(spent.total)} for {plural(spent.count, 'examination')}" if spent else "none on file"


SAID: dict[str, Callable[[Then], str]] = {
    "random": lambda one: _rate(one.line.random),
    "other": lambda one: _rate(one.line.other),
    "random_cargo": lambda one: _rate(one.line.random_cargo),
    "wrong": lambda one: f"{count(one.line.wrong)} of {count(one.line.closed)}",
    "owed": lambda one: money(one.line.owed),
    "overpaid": lambda one: money(one.line.overpaid),
    "cost": lambda one: _cost(one.cost),
}


def said_of(both: Iterable[Then]) -> dict[str, str]:
    """By figure what it was, in a line; "" where nothing is on file of either time."""
    known = list(both)
    said = {name: "; ".join(f"{one.label}: {words(one)}" for one in known) for name, words in SAID.items()}
    return {name: words.replace("; A year", "; a year") for name, words in said.items()}
