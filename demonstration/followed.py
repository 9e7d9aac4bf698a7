"""Trends, searched month by month as they would have been, so that each has its past."""

import datetime

from accounts.models import Assignment
from compliance.trends.looking import find_trends
from compliance.trends.models import Trend, TrendState
from demonstration.improved import improve
from demonstration.world import World
from demonstration.world.problems import first_of_month

#: Searches before the day of the world, and days after which the manager has looked at what was announced.
MONTHS, SEEN_DAYS = 12, 25


def follow(world: World) -> int:
    """Search on the first of each month of a year, and on the day of the world; returns how many trends there are."""
    for months in range(MONTHS, -1, -1):
        day = first_of_month(world.as_of, months)
        find_trends(None, day)
        _seen(day)
        improve(world, day)
    find_trends(None, world.as_of)
    improve(world, world.as_of)
    return Trend.objects.count()


def _seen(day: datetime.date) -> None:
    """Who managed the account has looked at what stood for some weeks."""
    old = Trend.objects.filter(state=TrendState.NEW, found_on__lte=day - datetime.timedelta(days=SEEN_DAYS))
    managers = {one.account_id: one.manager for one in Assignment.objects.on(day).select_related("manager")}
    for trend in old.order_by("pk"):
        if trend.account_id in managers:
            trend.see(by=managers[trend.account_id], on=day)
