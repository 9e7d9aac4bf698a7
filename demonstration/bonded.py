"""Bonds in every state: reviewed month by month as they would have been, with letters of CBP that people entered."""

import datetime

from accounts.models import Assignment, Person
from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, BondStep, Delinquency
from compliance.bonds.reviewing import review
from compliance.bonds.states import State
from demonstration.world import World
from demonstration.world.problems import first_of_month

MONTHS = 12
DAY = datetime.timedelta(days=1)
Kind = BondStep.Kind
#: Letters on bonds that are too small: days since the letter, and what was done so many days after it. Two run in their
#: fifteen days, one is past them, one bond is ending, one is insufficient at once.
LETTERS: tuple[tuple[str, int, tuple[tuple[str, int], ...]], ...] = (
    (Kind.LETTER, 6, ()),
    (Kind.LETTER, 11, ()),
    (Kind.LETTER, 19, ()),
    (Kind.LETTER, 20, ((Kind.FILED, 9),)),
    (Kind.AT_ONCE, 3, ()),
    (Kind.LETTER, 50, ((Kind.FILED, 8), (Kind.REPLACED, 27))),
)


def plant(world: World) -> int:
    """Review as on the first of each month of a year, enter the letters, and review today; returns of how many bonds."""
    for months in range(MONTHS, -1, -1):
        review(None, first_of_month(world.as_of, months))
    _write_letters(world.as_of)
    reviewed, _ = review(None, world.as_of)
    look_ahead(None, world.as_of)
    return reviewed


def _write_letters(as_of: datetime.date) -> None:
    """On the bonds that are most too small, by who manages the account; one of them is delinquent too."""
    managers = {one.account_id: one.manager for one in Assignment.objects.on(as_of).select_related("manager")}
    short = BondReview.objects.filter(state=State.DEFICIENT, account__in=managers).select_related("bond__account")
    rows = list(short.order_by("-use", "bond__number")[: len(LETTERS) + 1])
    for found, (kind, ago, deeds) in zip(rows[1:], LETTERS, strict=False):
        _write(found.bond, kind, as_of - ago * DAY, deeds, managers[found.account_id], as_of)
    if rows:
        Delinquency.record(
            rows[0].bond.account, since=as_of - 40 * DAY, by=managers[rows[0].account_id], today=as_of,
            words="Two bills of more than 120 days, not protested.",
        )  # fmt: skip


def _write(
    bond: Bond, kind: str, dated: datetime.date, deeds: tuple[tuple[str, int], ...], by: Person, as_of: datetime.date
) -> None:
    BondStep.record(bond, kind, on=dated, by=by, today=as_of)
    for deed, after in deeds:
        BondStep.record(bond, deed, on=dated + after * DAY, by=by, today=as_of)
