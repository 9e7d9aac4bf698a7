"""Two selection rounds: one closed a year ago, by which accounts entered and left, and one that is being decided.

A few companies were never in the program; which ones follows from the seed. Thresholds are set where they let some in and
some go, in a world of any size.
"""

import datetime
import math
import random
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account, Assignment, Person
from compliance.risk.models import Assessment
from compliance.risk.recompute import recompute
from compliance.selection import freezing, ranking, versions
from compliance.selection.models import Candidate, Round
from compliance.selection.pools import names
from demonstration.world import World
from notifications.models import Delivery, Message

OPENER, APPROVER = "hq@demo.example", "approver@demo.example"
ROUND_DAYS, DECIDED_IN_DAYS, MANAGER_AFTER_DAYS = 365, 9, 14
#: Most of the small ones were never in the program, and a few of the others.
SMALL, SMALL_OUTSIDE, OTHERS_OUTSIDE = 0.3, 0.85, 0.12
#: Of those outside as many reach the score to enter; of those inside as many are below the score to stay.
ENTERING, LEAVING = 0.25, 0.06
LOTTERY_WIDTH = Decimal(6)
#: Weighted accounts that a pool can take in beside those that it carries, by its place in the list.
ROOM = (Decimal("4.0"), Decimal("6.0"), Decimal("2.0"))
AS_RANKED = "As ranked"
AGAINST = (
    ("deferred", "Its manager is not named yet; to be looked at in the next round"),
    ("declined", "An audit of this account runs until the summer"),
)
STAYS_AFTER_ALL = "Its improvement is not proven yet; to stay for another year"


def plant(world: World, seed: int) -> list[Round]:
    """Make and decide both rounds by their own verbs; none where the world's day lies ahead."""
    if world.as_of > timezone.localdate():
        return []
    opener, approver = Person.objects.get(email=OPENER), Person.objects.get(email=APPROVER)
    day = world.as_of - datetime.timedelta(days=ROUND_DAYS)
    recompute(None, day)
    _put_outside(world, seed, day)
    first = _opened(day, opener, f"demonstration {seed}", LOTTERY_WIDTH)
    _decide(first, opener, 1)
    _close(first, approver, world)
    second = _opened(world.as_of, opener, f"demonstration {seed} again", Decimal(0))
    _decide(second, opener, 2)
    return [first, second]


def _put_outside(world: World, seed: int, day: datetime.date) -> None:
    """Companies that were in the data and not in the program; none that a sign-in or the first manager looks after."""
    known = {world.importer, world.broker, world.stranger, *world.managers[0].accounts}
    scored = _standing_on(day).order_by("score", "account__name").values_list("account__name", flat=True)
    free = [name for name in scored if name not in known]
    chance, small = random.Random(f"{seed} outside"), int(len(free) * SMALL)
    chosen = [
        name
        for place, name in enumerate(free)
        if chance.random() < (SMALL_OUTSIDE if place < small else OTHERS_OUTSIDE)
    ]
    outside = Account.objects.filter(name__in=chosen, state=Account.State.ACTIVE)
    Assignment.objects.filter(account__in=outside).delete()
    outside.update(state=Account.State.PROSPECTIVE)


def _opened(day: datetime.date, opener: Person, seed: str, width: Decimal) -> Round:
    version = versions.newest()
    carried = freezing.present_caseload(day, version)
    room = {pool: ROOM[place % len(ROOM)] for place, pool in enumerate(sorted(names()))}
    capacities = {pool: math.ceil(carried[pool].weight) + room[pool] if pool in carried else 0 for pool in room}
    enter, stay = _thresholds(day, version)
    at = _moment(day, 10)
    chosen = Round.draft(
        by=opener,
        as_of=day,
        model_version=version,
        enter_from=enter,
        stay_from=stay,
        capacities=capacities,
        lottery_width=width,
        made_at=at,
    )
    chosen.open(by=opener, seed=seed, at=at)
    return chosen


def _standing_on(day: datetime.date) -> QuerySet[Assessment]:
    """Of each account the score that stood on that day."""
    newest = Assessment.objects.filter(as_of__lte=day).order_by("account_id", "-as_of").distinct("account_id")
    return Assessment.objects.filter(pk__in=newest.values("pk"))


def _thresholds(day: datetime.date, version: int) -> tuple[Decimal, Decimal]:
    """Halves of points from which a third of those outside enter, and below which a few of those inside leave."""
    scores = _standing_on(day).filter(model_version=version).order_by("-score")
    outside = list(scores.exclude(account__state="active").values_list("score", flat=True))
    inside = list(scores.filter(account__state="active").values_list("score", flat=True))
    enter = outside[int(len(outside) * ENTERING)] if outside else Decimal(56)
    # The next half above: some of the smallest have one and the same score.
    stay = inside[-1 - int(len(inside) * LEAVING)] + Decimal("0.5") if inside else Decimal(48)
    enter, stay = (Decimal(int(score * 2)) / 2 for score in (enter, stay))
    return enter, min(stay, enter)


def _moment(day: datetime.date, hour: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def _decide(chosen: Round, by: Person, number: int) -> None:
    """The first round whole; of the second what the first mornings brought: its first proposals, and one put off."""
    entering = list(
        chosen.candidates.filter(mark=ranking.ENTERS, isa=False).order_by("rank").values_list("pk", flat=True)
    )
    leaving = list(chosen.candidates.filter(mark=ranking.LEAVES).order_by("-rank").values_list("pk", flat=True))
    against = entering[3 : 3 + len(AGAINST)]
    accepted = [pk for pk in entering if pk not in against] + leaving[:2]
    if number == 2:
        accepted, against, leaving = accepted[: len(entering) // 2], against[:1], leaving[:0]
    isa = chosen.candidates.filter(isa=True, mark=ranking.ENTERS).values_list("pk", flat=True)
    for pks, (decision, reason) in [
        ([*accepted, *isa], (ranking.ACCEPTED, AS_RANKED)),
        (leaving[2:], (ranking.DECLINED, STAYS_AFTER_ALL)),
        *(([pk], said) for pk, said in zip(against, AGAINST, strict=False)),
    ]:
        if pks:
            chosen.decide(Candidate.objects.filter(pk__in=pks), decision, reason, by=by)
    moved = chosen.candidates.filter(because=ranking.MOVED_UP, decision="")
    if number == 1 and moved.exists():
        chosen.decide(moved, ranking.ACCEPTED, AS_RANKED, by=by)


def _close(chosen: Round, by: Person, world: World) -> None:
    """Close it as of its own day: who entered got a manager then, who left lost it, and both heard of it then."""
    on = chosen.as_of + datetime.timedelta(days=DECIDED_IN_DAYS)
    at = _moment(on, 15)
    chosen.candidates.exclude(decision="").update(decided_at=at - datetime.timedelta(hours=4))
    chosen.close(by=by, at=at)
    left = chosen.candidates.filter(outcome=ranking.LEFT).values("account")
    Assignment.objects.filter(account__in=left).update(ends=on)
    managers = {person.email: person for person in Person.objects.filter(role=Person.Role.MANAGER)}
    of_account = {name: managers[one.email] for one in world.managers for name in one.accounts}
    for entered in Account.objects.filter(candidacies__round=chosen, candidacies__outcome=ranking.ENTERED):
        if entered.name in of_account:
            starts = on + datetime.timedelta(days=MANAGER_AFTER_DAYS)
            entered.assign(of_account[entered.name], by=by, starts=starts)
    told = Message.objects.filter(key__startswith=f"selection:{chosen.pk}:")
    Delivery.objects.filter(message__in=told).update(
        state=Delivery.State.SENT, sent_at=at, due_at=at, attempts=1, read_at=at
    )
    told.update(created_at=at)
