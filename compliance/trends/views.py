"""The trends of an account, one of them, and the worklist of those who look after many accounts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from compliance.trends.behind import examinations_behind
from compliance.trends.charts import chart_of
from compliance.trends.models import Trend, TrendState
from compliance.trends.told import told
from look.paging import CappedPaginator

PAGE = 25


@require_safe
@allow()
@of_account(kind="trends")
def trends_page(request: HttpRequest, account: Account) -> HttpResponse:
    """What stands, in the order of what is at stake; below it what is over."""
    rows = Trend.objects.visible_to(request.user).filter(account=account).select_related("account", "other_side")  # type: ignore[attr-defined]
    every = told(rows.by_weight(), **_reader(request, account))
    standing = [one for one in every if one.trend.stands]
    context = {
        "standing": standing,
        "over": [one for one in every if not one.trend.stands],
        "owed": sum(one.trend.revenue_found for one in standing),
        "stake": sum(one.trend.revenue_at_stake for one in standing),
        "new": sum(one.trend.state in (TrendState.NEW, TrendState.BACK) for one in standing),
        "as_of": max((one.trend.as_of for one in every), default=None),
    }
    return render(request, "trends/list.html", context)


@require_safe
@allow()
@of_account(kind="trends")
def trend_page(request: HttpRequest, account: Account, trend_id: int) -> HttpResponse:
    """One trend: its sentence, how sure, since when, on what it rests, and the rows."""
    rows = Trend.objects.visible_to(request.user).filter(account=account).select_related("account", "other_side")  # type: ignore[attr-defined]
    trend = rows.filter(pk=trend_id).first()
    if trend is None:
        raise Http404
    if account.pk in request.reach.own or account.pk in request.reach.managed:
        trend.see(by=request.user)
    behind = examinations_behind(trend, request.user)
    if request.GET.get("show") != "all":
        behind = behind.filter(shows=True)
    related = ("account",) if account.kind == Account.Kind.BROKER else ()
    page = CappedPaginator(behind.select_related(*related) if related else behind, PAGE).get_page(
        request.GET.get("page")
    )
    context: dict[str, Any] = {
        "one": told([trend], **_reader(request, account))[0],
        "trend": trend,
        "chart": chart_of(trend),
        "steps": trend.steps.select_related("by").order_by("pk"),
        "page": page,
        "all": request.GET.get("show") == "all",
        "of_broker": account.kind == Account.Kind.BROKER,
    }
    return render(request, "trends/one.html", context)


def _reader(request: HttpRequest, account: Account) -> dict[str, bool]:
    reach = request.reach
    return {
        "staff": reach.sees_law_enforcement_data(account.pk),
        "discloses": reach.reads_disclosed_reasons(account.pk),
    }
