"""What the page of a trend says of its plan: a seam, so that the room of trends need not know of plans."""

from typing import Any

from django import template

from compliance.plans.models import Plan, PlanState
from compliance.trends.models import Trend

register = template.Library()


@register.inclusion_tag("plans/of_trend.html", takes_context=True)
def plan_for(context: template.Context, trend: Trend) -> dict[str, Any]:
    """The plan of a trend, or the button that begins one; one statement."""
    request = context["request"]
    plans = Plan.objects.visible_to(request.user).filter(trend=trend).exclude(state=PlanState.CLOSED)  # type: ignore[attr-defined]
    return {
        "trend": trend,
        "plan": plans.first(),
        "may_start": trend.stands and request.reach.opens(trend.account_id),
        "base": context.get("base", ""),
        "csrf_token": context.get("csrf_token"),
    }
