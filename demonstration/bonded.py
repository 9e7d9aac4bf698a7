"""Bonds in every state: reviewed month by month as they would have been, with letters of CBP that people entered."""

import datetime

from django.utils import timezone

from accounts.models import Assignment, Person
from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, BondStep, Delinquency
from compliance.bonds.reminding import BEFORE_THE_REQUEST, remind
from compliance.bonds.reviewing import review
from compliance.bonds.states import State, Terms
from demonstration.world import World
from demonstration.world.problems import first_of_month
from notifications.models import Delivery

MONTHS, MANAGER = 12, "manager@demo.example"
MORNING = datetime.time(8, 40)
DAY = datetime.timedelta(days=1)
Kind = BondStep.Kind
#: What was done about a letter, and so many days after it.
Deeds = tuple[tuple[str, int], ...]
#: What stands about the bonds that are too small, so many days ago, in the order in which a larger world has more of them:
#: a letter that runs, none yet, a letter past its fifteen days, overdue bills, a bond that is ending, another letter that
#: runs, a bond that is insufficient at once, and one replaced. Of further ones nothing stands.
BILLS = "bills"
STORIES: tuple[tuple[str, int, Deeds] | None, ...] = (
    (Kind.LETTER, 6, ()),
    None,
    (Kind.LETTER, 19, ()),
    (BILLS, 40, ()),
    (Kind.LETTER, 20, ((Kind.FILED, 9),)),
    (Kind.LETTER, 11, ()),
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
    _remind(world.as_of)
    return reviewed


def _write_letters(as_of: datetime.date) -> None:
    """On bonds that are too small, by who manages the account, else headquarters; the first on one that the manager of the
    sign-in looks after, where there is one."""
    managers = {one.account_id: one.manager for one in Assignment.objects.on(as_of).select_related("manager")}
    office = Person.objects.filter(role=Person.Role.HEADQUARTERS).order_by("email").first()
    assert office is not None
    short = BondReview.objects.filter(state=State.DEFICIENT).select_related("bond__account")
    rows = list(short.order_by("-use", "bond__number"))
    rows.sort(key=lambda one: getattr(managers.get(one.account_id), "email", "") != MANAGER)
    for found, story in zip(rows, STORIES, strict=False):
        if story:
            _write(found.bond, *story, managers.get(found.account_id, office), as_of)


def _remind(as_of: datetime.date) -> None:
    """The reminders of letters that run went out on their days; those of today wait for the sender."""
    running = BondReview.objects.filter(state=State.NOTIFIED).values_list("pk", "letter_on")
    for bond, dated in running:
        for days in BEFORE_THE_REQUEST:
            day = dated + days * DAY
            if day < as_of and remind(day, among=[bond]):
                at = timezone.make_aware(datetime.datetime.combine(day, MORNING))
                told = Delivery.objects.filter(message__key=f"bond:{bond}:letter:{dated}:{days}")
                told.update(state=Delivery.State.SENT, due_at=at, sent_at=at, attempts=1)
    remind(as_of)


def _write(bond: Bond, kind: str, ago: int, deeds: Deeds, by: Person, as_of: datetime.date) -> None:
    dated = as_of - ago * DAY
    if kind == BILLS:
        said = "Two bills of more than 120 days, not protested."
        Delinquency.record(bond.account, since=dated, by=by, today=as_of, words=said)
        return
    for deed, after in ((kind, 0), *deeds):
        BondStep.record(bond, deed, on=dated + after * DAY, by=by, today=as_of)
    # The review of each night found what had changed by then; a letter's days are over on the day after them.
    for after in sorted({0, *(days for _, days in deeds), Terms.remedy_days + 1}):
        if after < ago:
            review([bond.account_id], dated + after * DAY)  # type: ignore[attr-defined]
