"""A round studied by every method, and which of them may be believed. Pure."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from compliance.effect.arms import Arms, Count, Estimate, Numbers, counted
from compliance.effect.lottery import drawn
from compliance.effect.matching import matched, overlap
from compliance.effect.regression import NoAnswer, adjusted

#: Discrepancies that either arm needs before anything is said.
ENOUGH_FOUND = 100
#: Share of the reviews at accounts that entered which need an account like theirs among the others.
ENOUGH_OVERLAP = 0.5

ADJUSTED, MATCHED, LOTTERY, PLACEBO = "adjusted", "matched", "lottery", "placebo"
#: Why a method says nothing.
NO_LOTTERY, NO_YEAR, FEW, APART, UNSOLVED = "no lottery", "no earlier year", "few", "apart", "unsolved"


@dataclass(frozen=True)
class Said:
    """What one method says, or why it says nothing.

    entered, others: what the method rests on. overlap: a share, None where it was not asked for.
    """

    entered: Count
    others: Count
    estimate: Estimate | None = None
    why_not: str = ""
    overlap: float | None = None


@dataclass(frozen=True)
class Study:
    """All methods of one round, by name."""

    said: dict[str, Said] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The method whose figure stands first: a lottery where it can tell, else the regression."""
        return LOTTERY if self.said[LOTTERY].estimate else ADJUSTED

    @property
    def doubted(self) -> bool:
        """Whether a year before the round shows a difference that no program can have made."""
        placebo = self.said[PLACEBO].estimate
        return self.headline == ADJUSTED and placebo is not None and placebo.shows


def study(after: Arms, earlier: Arms | None, probability: Numbers) -> Study:
    """Study a round.

    after: the candidates near the threshold, with their reviews since the round. earlier: the same accounts with the
    reviews of a year that selection did not see, None where there is none. probability: of entering by lot, by account
    of `after`; 0 or 1 where no lot decided.
    """
    lot = (probability > 0) & (probability < 1)
    by_lot = after.only(lot)
    said = {
        ADJUSTED: _said(after, adjusted, compare=True),
        MATCHED: _said(after, matched, compare=True),
        LOTTERY: _said(by_lot, lambda arms: drawn(arms, probability[lot])) if lot.any() else _none(after, NO_LOTTERY),
        PLACEBO: _none(after, NO_YEAR) if earlier is None else _said(earlier, adjusted, compare=True),
    }
    return Study(said)


def _none(arms: Arms, why: str) -> Said:
    nobody = arms.only(np.zeros(len(arms.entered), bool))
    return Said(counted(nobody, True), counted(nobody, False), why_not=why)


def _said(arms: Arms, method: Callable[[Arms], Estimate], *, compare: bool = False) -> Said:
    entered, others = counted(arms, True), counted(arms, False)
    if min(entered.found, others.found) < ENOUGH_FOUND:
        return Said(entered, others, why_not=FEW)
    share = overlap(arms) if compare else None
    if share is not None and share < ENOUGH_OVERLAP:
        return Said(entered, others, why_not=APART, overlap=share)
    try:
        return Said(entered, others, method(arms), overlap=share)
    except NoAnswer:
        return Said(entered, others, why_not=UNSOLVED, overlap=share)


def enough_on(study: Study, since: datetime.date, until: datetime.date) -> datetime.date | None:
    """The day on which the rarer arm has discrepancies enough at the pace so far; None: it has, or the pace is none.

    since, until: the days between which the reviews of the study were made.
    """
    said = study.said[ADJUSTED]
    found, days = min(said.entered.found, said.others.found), (until - since).days
    if found >= ENOUGH_FOUND or not found or days <= 0:
        return None
    ahead = days * (ENOUGH_FOUND - found) / found
    return until + datetime.timedelta(days=round(ahead)) if ahead < FARTHEST else None


#: No day is named that lies farther ahead, in days: a pace does not hold for so long.
FARTHEST = 20 * 365
