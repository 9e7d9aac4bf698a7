"""The account's people and its manager hear of a trend when it is announced, and when it is back; once each.

What was found stays in the portal: a mail lies open on its way.
"""

from django.utils import timezone

from accounts.people import managers_of, members_of
from compliance.trends.models import Measure, Trend, TrendStep
from compliance.trends.models.trend import UNSEEN
from examinations.telling.once import news_since, tell_once, untold

TOPIC = "trend"
WHAT = {
    Measure.DISCREPANCY: "a problem {again}: in one part of its trade more is found",
    Measure.LONG_STAY: "something {again} that need not be an error: in one part of its trade goods are held longer",
    Measure.COST: "something {again} that need not be an error: in one part of its trade they cost more",
}


def tell_of_trends() -> int:
    """Tell of what was announced in the last days, as far as nobody has. Returns how many messages were made."""
    steps = TrendStep.objects.filter(state__in=UNSEEN, on__gte=news_since().date(), trend__state__in=UNSEEN)
    return sum(_tell(step) for step in untold(steps.select_related("trend__account"), TOPIC))


def _tell(step: TrendStep) -> bool:
    trend: Trend = step.trend
    name = trend.account.name
    again = "is back" if step.state == "back" else "stands out"
    text = (
        f"In the examinations of {name} {WHAT.get(trend.measure, WHAT[Measure.DISCREPANCY]).format(again=again)} than its"
        " past and its peers lead one to expect.\n\nRead in the portal where, since when, how sure, and what it may cost."
    )
    people = [members_of([trend.account_id]), *managers_of([trend.account_id], timezone.localdate())]
    path = f"/accounts/{trend.account_id}/trends/{trend.pk}/"
    return tell_once(
        f"{TOPIC}:{step.pk}", TOPIC, f"A trend {again}: {name}", text, path=path, about=trend, people=people
    )
