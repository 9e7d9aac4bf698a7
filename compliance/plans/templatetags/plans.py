"""What the page of a trend and the first pages say of plans: a seam, so that what shows them need not know of plans."""

import datetime
from typing import Any

from django import template

from accounts.models import Account
from compliance.plans.models import OPEN, Action, Plan, PlanState
from compliance.trends.models import Measure, Trend

register = template.Library()
#: So many are named; whether there are more is said.
NAMED = 3
#: An action that is due within these days stands on the first page.
SOON = datetime.timedelta(days=7)


@register.inclusion_tag("plans/of_trend.html", takes_context=True)
def plan_for(context: template.Context, trend: Trend) -> dict[str, Any]:
    """The plan of a trend, or the button that begins one; one statement."""
    request = context["request"]
    plans = Plan.objects.visible_to(request.user).filter(trend=trend).exclude(state=PlanState.CLOSED)  # type: ignore[attr-defined]
    return {
        "trend": trend,
        "plan": plans.first(),
        "may_start": trend.stands and trend.measure == Measure.DISCREPANCY and request.reach.opens(trend.account_id),
        "base": context.get("base", ""),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("plans/first_of_many.html", takes_context=True)
def plans_to_review(context: template.Context) -> dict[str, Any]:
    """For the first page of who manages accounts: plans that wait to be agreed; one statement."""
    person = context["request"].user
    waiting = Plan.objects.visible_to(person).filter(state=PlanState.REVIEW)  # type: ignore[attr-defined]
    rows = list(waiting.select_related("account").order_by("pk")[: NAMED + 1])
    return {"plans": rows[:NAMED], "more": len(rows) > NAMED}


@register.inclusion_tag("plans/first.html", takes_context=True)
def actions_due(context: template.Context, account: Account, today: datetime.date) -> dict[str, Any]:
    """For the first page of an account: its own actions that are overdue or due within days; one statement."""
    person = context["request"].user
    rows = Action.objects.visible_to(person).waiting().filter(account=account, side=Action.Side.ACCOUNT)  # type: ignore[attr-defined]
    due = rows.filter(plan__state__in=OPEN, due__lte=today + SOON).select_related("owner").order_by("due", "pk")
    found = list(due[: NAMED + 1])
    return {"actions": found[:NAMED], "more": len(found) > NAMED, "today": today}
