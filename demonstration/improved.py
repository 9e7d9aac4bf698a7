"""Improvement plans in the past of the demonstration: one that cured its problem, and one in work.

The first is about a planted problem that ends soon after its plan began: counting starts on the day on which its actions
are to show, and its verification says cured once enough reviews drawn by lot have come in. The second is the importer's of
the sign-in; where the importer has no trend, as in a small world, another account of its manager's begins one today.
"""

import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import Assignment, Membership
from compliance.plans.models import Action, Plan, PlanStep, PlanVersion, RootCause
from compliance.plans.sequential import HIGHEST_LIMIT
from compliance.plans.verifying import verify
from compliance.trends.models import Measure, Trend
from compliance.trends.told import told
from demonstration.world import World
from demonstration.world.problems import first_of_month

#: The problem that is cured: its plan begins before its rate falls to what is usual.
CURED = "related-party"
MANAGER = "manager@demo.example"
DAY = datetime.timedelta(days=1)
#: In a small world its trend is announced only when it is about to be over.
SLOW = 31 * DAY
#: Cause, in words, and actions: what, days until due, days until done (0: not done), side, how.
TEXTS: dict[str, tuple[str, str, tuple[tuple[str, int, int, str, str], ...]]] = {
    CURED: (
        "Other departments do not tell",
        "The parent company lowered its transfer prices at the end of each quarter; import filed the old invoices.",
        (
            ("Ask finance for each price change before it is booked", 25, 18, "account", "In the closing list since February."),
            ("Check one shipment in ten against the payment", 40, 33, "account", "Import staff checks each Monday and keeps a list."),
            ("Explain the valuation of related sales to finance", 30, 29, "cbp", "Done in a call of an hour with nine people."),
        ),
    ),
    "": (
        "Classification data out of date",
        "The parts list was copied from an older model and never looked at again when the supplier changed the goods.",
        (
            ("Look at every part once more and renew the parts list", 14, 9, "account", "All 61 parts are looked up and corrected."),
            ("Name an expert for questions on these goods", 18, 0, "cbp", ""),
            ("Send the broker the new list and have it confirm", 60, 0, "account", ""),
        ),
    ),
}  # fmt: skip


def improve(world: World, day: datetime.date) -> None:
    """What happens to plans on a day of the past: they begin where their trend stands, and those in work are verified."""
    wrong = Trend.objects.filter(measure=Measure.DISCREPANCY)
    cured = next((one for one in world.planted if one.key == CURED), None)
    if cured and cured.until and day <= cured.until + SLOW:
        kinds = ("", cured.kind)
        _begin(wrong.filter(account__name__in=cured.accounts, discrepancy_type__in=kinds), CURED, day, cured.until)
    if not Plan.objects.filter(root_cause__name=TEXTS[""][0]).exists():
        next_month = first_of_month(world.as_of, -1)
        _begin(wrong.filter(account__name=world.importer), "", day, next_month)
        if day == world.as_of and not Plan.objects.filter(account__name=world.importer).exists():
            managed = Assignment.objects.on(day).filter(manager__email=MANAGER).values("account")
            _begin(wrong.filter(account__in=managed), "", day, next_month)
    _do_what_is_due(day)
    verify(None, day)
    _date_back()


def _begin(trends: object, key: str, day: datetime.date, cured_by: datetime.date) -> None:
    """Write, hand in and agree a plan for the heaviest of these trends, where its account has none.

    cured_by: counting starts no earlier, since what is done shows only then.
    """
    rows = trends.standing().by_weight().select_related("account", "other_side")  # type: ignore[attr-defined]
    trend = rows.first()
    if trend is None or Plan.objects.filter(account=trend.account).exists():
        return
    member = Membership.objects.filter(account=trend.account, ended_at=None).order_by("-administrator", "pk").first()
    assigned = Assignment.objects.on(day).filter(account=trend.account).select_related("manager").first()
    if member is None or assigned is None:
        return
    people = {"account": member.person, "cbp": assigned.manager}
    name, words, actions = TEXTS[key]
    plan = Plan.start(trend, told([trend], staff=False, discloses=False)[0].said.sentence, by=people["account"], on=day)
    wrote = plan.text | {"root_cause": RootCause.objects.get(name=name), "cause": words}
    wrote |= {"counted_from": max(plan.counted_from, cured_by)}
    if key == CURED and plan.start_rate > HIGHEST_LIMIT:  # as easy to prove as it may be: a small world has few reviews
        wrote |= {"limit_rate": Decimal("0.150"), "hoped_rate": Decimal("0.030")}
    plan.write(plan.version, wrote, by=people["account"], on=day)
    for what, due, _, side, _ in actions:
        given = {"what": what, "owner": people[side], "due": day + due * DAY}
        Action.add(plan, given, by=people["account"], on=day)
    plan.submit(by=people["account"], on=day)
    plan.agree(by=people["cbp"], on=day)


def _do_what_is_due(day: datetime.date) -> None:
    known = {what: (days, how) for _, _, actions in TEXTS.values() for what, _, days, _, how in actions}
    for action in Action.objects.waiting().select_related("plan", "owner"):  # type: ignore[attr-defined]
        days, how = known[action.what]
        if days and action.plan.started_on + days * DAY <= day:
            action.finish(how, by=action.owner, on=action.plan.started_on + days * DAY)


def _date_back() -> None:
    """Steps and versions are as old as the days that they are of: nobody is told of them by mail."""
    for step in PlanStep.objects.all():
        PlanStep.objects.filter(pk=step.pk).update(at=_noon(step.on))
    for version in PlanVersion.objects.select_related("plan"):
        PlanVersion.objects.filter(pk=version.pk).update(at=_noon(version.plan.started_on))


def _noon(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
