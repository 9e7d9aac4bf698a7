"""Send inquiries to experts: the first rule that holds names the group, the least open work the person.

A worker does it, for it counts what experts have open in all accounts, which nobody on the web may see.
"""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from accounts.history import acting
from accounts.models import Enrollment, Person
from inquiries.leaving import hand_back_of_the_gone
from inquiries.models import Absence, ExpertGroup, GroupMember, Inquiry, Involvement, Routing, Rule
from inquiries.models.inquiry import State
from inquiries.routing.matching import Condition, Facts, first_that_holds

MOST_AT_ONCE = 200
NOBODY = "No rule covers it; the account manager answers alone."
FINISHED = "It was answered or closed before anybody was chosen."
#: Behind the reason of what waits until somebody of its group is there.
WAITS = " Nobody of the group is there; it goes to the first who is."
RULING = "Goods that are not imported yet: the account asks for a ruling, no expert is brought in."


@dataclass(frozen=True)
class Load:
    """What an expert has open. weight: of their open inquiries, by category; last: when the newest was given to them."""

    expert: UUID
    name: str
    weight: int
    last: datetime.datetime | None


def least(loads: Collection[Load]) -> Load | None:
    """Whose turn it is: the least open work, of those the one to whom something was given longest ago. Pure."""
    early = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return min(loads, key=lambda one: (one.weight, one.last or early, one.name), default=None)


def there_on(day: datetime.date) -> QuerySet[GroupMember]:
    """Experts in their groups, without who is away on that day."""
    experts = GroupMember.objects.filter(expert__is_active=True, expert__role=Person.Role.EXPERT)
    return experts.exclude(expert__in=Absence.objects.on(day).values("expert"))


def loads_of(group: ExpertGroup, day: datetime.date, but: Collection[UUID] = ()) -> list[Load]:
    """What the experts of a group have open who are there on that day. Two statements."""
    there = there_on(day).filter(group=group).values_list("expert", "expert__name")
    names = {pk: name for pk, name in there if pk not in but}
    open_ones = Involvement.objects.filter(
        expert__in=names, until=None, inquiry__state__in=[State.OPEN, State.ASKED_BACK]
    ).values("expert")  # fmt: skip
    work = dict(open_ones.annotate(n=Sum("inquiry__category__weight")).values_list("expert", "n"))
    last = dict(
        Involvement.objects.filter(expert__in=names)
        .values("expert")
        .annotate(at=Max("since"))
        .values_list("expert", "at")
    )
    return [Load(pk, name, work.get(pk, 0), last.get(pk)) for pk, name in names.items()]


def facts_of(inquiries: Sequence[Inquiry]) -> list[Facts]:
    """What rules ask of these inquiries. One statement beside theirs."""
    programs: dict[UUID, set[str]] = {}
    held = Enrollment.objects.filter(account__in={one.account_id for one in inquiries})
    for account, program in held.values_list("account", "program"):
        programs.setdefault(account, set()).add(program)
    return [
        Facts(
            one.category_id, one.account.center_id or "", one.heading, one.port, one.amount,
            frozenset(programs.get(one.account_id, ())),
        )
        for one in inquiries
    ]  # fmt: skip


def rules_in_order() -> list[tuple[Rule, Condition]]:
    """The rules that hold, in their order."""
    return [
        (rule, rule.condition) for rule in Rule.objects.filter(active=True, group__active=True).select_related("group")
    ]


def route_waiting(now: datetime.datetime) -> int:
    """Hand back what experts had who are none any more, route what no rule has looked at yet, and choose the expert where
    a group is known and somebody of it is there. Returns how many of the last two."""
    routed, day = 0, timezone.localdate(now)
    hand_back_of_the_gone()
    new = Inquiry.objects.filter(routed_at=None).order_by("asked_at").values_list("pk", flat=True)[:MOST_AT_ONCE]
    for pk in list(new):
        routed += _route(pk, now)
    # In it, or done with it since the group was asked: such a one is not asked again.
    inside = Involvement.objects.filter(
        Q(until=None) | Q(until__gte=OuterRef(OuterRef("at"))), inquiry=OuterRef(OuterRef("inquiry")),
        expert=OuterRef("expert"),
    )  # fmt: skip
    somebody = there_on(day).filter(~Exists(inside), group=OuterRef("group"))
    unfinished = Q(inquiry__state__in=[State.OPEN, State.ASKED_BACK])
    waiting = Routing.objects.filter(~unfinished | Exists(somebody), settled_at=None).order_by("at")
    for pk in list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        routed += _settle(pk, now)
    return routed


def _route(pk: int, now: datetime.datetime) -> bool:
    with transaction.atomic(), acting(None, "route"):
        rows = Inquiry.objects.select_for_update(of=("self",), skip_locked=True).select_related("account", "category")
        inquiry = rows.filter(pk=pk, routed_at=None).first()
        if inquiry is None:
            return False
        route(inquiry, now)
    return True


def route(inquiry: Inquiry, now: datetime.datetime) -> Routing:
    """Decide where one inquiry goes, and keep the rule and the reason."""
    finished = inquiry.state not in (State.OPEN, State.ASKED_BACK)
    rule = None if inquiry.only_a_ruling_binds or finished else _rule_for(inquiry)
    inquiry.routed_at = now
    if rule is None:
        reason = RULING if inquiry.only_a_ruling_binds else FINISHED if finished else NOBODY
        inquiry.save(update_fields=["routed_at"])
        return _kept(inquiry, now, reason=reason)
    inquiry.group = rule.group
    inquiry.save(update_fields=["routed_at", "group"])
    why = f"Rule “{rule.name}”, as of {timezone.localdate(rule.changed_at):%B %-d, %Y}."
    return give(inquiry, rule.group, why, now, rule=rule)


def _rule_for(inquiry: Inquiry) -> Rule | None:
    return first_that_holds(rules_in_order(), facts_of([inquiry])[0])


def give(
    inquiry: Inquiry,
    group: ExpertGroup,
    why: str,
    now: datetime.datetime,
    *,
    rule: Rule | None = None,
    but: Collection[UUID] = (),
) -> Routing:
    """Give it to whoever of the group has the least open work, and keep why; where nobody is there, it waits for the first
    who is. but: ids of who shall not have it."""
    known = {*but, *inquiry.involved.filter(until=None).values_list("expert", flat=True)}
    loads = loads_of(group, timezone.localdate(now), known)
    turn = least(loads)
    if turn is None:
        return _kept(inquiry, now, rule=rule, group=group, reason=f"{why}{WAITS}", settled_at=None)
    open_work = ", ".join(
        f"{one.name} {one.weight}" for one in sorted(loads, key=lambda one: (one.weight, one.name))[:5]
    )
    expert = Person.objects.get(pk=turn.expert)
    inquiry.let_in(expert, group, why, now)
    return _kept(
        inquiry, now, rule=rule, group=group, expert=expert, reason=f"{why} Least open work: {open_work}."[:500]
    )


def _kept(inquiry: Inquiry, now: datetime.datetime, **fields: object) -> Routing:
    kept: Routing = inquiry.routings.create(account_id=inquiry.account_id, at=now, **{"settled_at": now} | fields)
    return kept


def _settle(pk: int, now: datetime.datetime) -> bool:
    """Choose the expert for a group that is known; what was finished meanwhile needs none."""
    with transaction.atomic(), acting(None, "route"):
        rows = Routing.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, settled_at=None)
        asked = rows.select_related("inquiry__category", "inquiry__account", "group").first()
        if asked is None:
            return False
        asked.settled_at = now
        asked.save(update_fields=["settled_at"])
        if asked.inquiry.state in (State.OPEN, State.ASKED_BACK):
            done = asked.inquiry.involved.filter(until__gte=asked.at).values_list("expert", flat=True)
            give(asked.inquiry, asked.group, asked.reason.removesuffix(WAITS), now, but=list(done))
    return True
