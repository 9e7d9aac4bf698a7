"""What the year ahead means for one bond: until when it is enough, what to ask for, and what the next steps would mean. Pure."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from compliance.bonds.changes import months_from
from compliance.bonds.paths import AHEAD, Ahead, Floats, ahead_of, month_at
from compliance.bonds.sufficiency import most_for, required_amount, step_above

EARLY, HALF, LATE = 0.1, 0.5, 0.9


@dataclass(frozen=True)
class Choice:
    """An amount of the bond. until: the month by whose end half of the paths have passed it, None: beyond the twelve; stays:
    share of paths that never pass it; now: it is the bond that there is; asked: the least that holds what was asked for."""

    amount: Decimal
    until: datetime.date | None
    stays: float
    now: bool = False
    asked: bool = False


@dataclass(frozen=True)
class Outlook:
    """The twelve months ahead of one bond. months: their first days; short: what the rule itself says, without its error:
    the month by whose end the bond is too small; early, half, late: by which a tenth, half, nine tenths of the paths have
    passed it; each None where they do not. passes: share of paths that pass it at all. ask_for, next_total: dollars."""

    months: list[datetime.date]
    ahead: Ahead
    short: datetime.date | None
    early: datetime.date | None
    half: datetime.date | None
    late: datetime.date | None
    passes: float
    ask_for: Decimal
    next_total: Decimal
    choices: list[Choice]

    @property
    def is_enough(self) -> bool:
        """Whether the amount that there is holds what was asked for."""
        return any(one.now and one.asked for one in self.choices)


def outlook_of(
    year: Floats, added: Floats, paths: Floats, amount: Decimal, share: float, as_of: datetime.date, growth: float = 0.0
) -> Outlook:
    """From twelve months of duties, taxes and fees, what is announced for the twelve ahead, and paths of accounts alike.

    amount: of the bond, in dollars. share: of the paths that an amount to ask for must hold.
    """
    ahead, months = ahead_of(year, added, paths, growth), months_from(as_of, AHEAD)
    passed = ahead.passed_by(_most(amount))
    total = Decimal(str(round(float(year.sum()), 2)))
    held = Decimal(str(round(ahead.held_by(share), 2)))
    ask_for = max(required_amount(held), required_amount(max(total, Decimal(0))))
    said = np.maximum.accumulate(ahead.said > _most(amount)).astype(float)
    short = month_at(said, 1.0, months[0])
    early, half, late = (month_at(passed, level, months[0]) for level in (EARLY, HALF, LATE))
    amounts = [amount, step_above(amount), step_above(step_above(amount))]
    if ask_for not in amounts and ask_for > amount:
        amounts.append(ask_for)
    choices = [_choice(ahead, one, months[0], now=one == amount, asked=one == max(ask_for, amount)) for one in amounts]
    next_total = Decimal(str(round(float(ahead.said[-1]), 2)))
    return Outlook(months, ahead, short, early, half, late, float(passed[-1]), ask_for, next_total, choices)


def _most(amount: Decimal) -> float:
    most = most_for(amount)
    return -1.0 if most is None else float(most)


def _choice(ahead: Ahead, amount: Decimal, first: datetime.date, *, now: bool, asked: bool) -> Choice:
    passed = ahead.passed_by(_most(amount))
    return Choice(amount, month_at(passed, HALF, first), float(1 - passed[-1]), now, asked)
