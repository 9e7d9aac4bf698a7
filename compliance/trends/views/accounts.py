"""The trends of an account, one of them, and the worklist of those who look after many accounts."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from compliance.trends.behind import entries_behind, examinations_behind
from compliance.trends.charts import chart_of
from compliance.trends.models import Measure, Trend, TrendState
from compliance.trends.sheets import DEFINITIONS, sheet_of
from compliance.trends.told import told
from look.downloads import FORMATS, MOST_ROWS, download
from look.paging import CappedPaginator

PAGE = 25
SHOWN = {"": "Standing", "new": "New or back", "over": "Over", "all": "All"}


@require_safe
@allow()
@of_account(kind="trends")
def trends_page(request: HttpRequest, account: Account) -> HttpResponse:
    """What stands, in the order of what is at stake; below it what is over."""
    rows = Trend.objects.visible_to(request.user).filter(account=account).select_related("account", "other_side")  # type: ignore[attr-defined]
    if request.GET.get("download") in FORMATS:
        return download(sheet_of(rows.by_weight()), request.GET["download"], request, definitions=DEFINITIONS)
    every = told(rows.by_weight(), **_reader(request, account))
    standing = [one for one in every if one.trend.stands]
    context = {
        "standing": standing,
        "wrong": [one for one in standing if not one.of_holds],
        "holds": [one for one in standing if one.of_holds],
        "costs": any(one.trend.measure == Measure.COST for one in standing),
        "sees_cost": account.kind == Account.Kind.IMPORTER and request.reach.sees_cost(account.pk),
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
    rows_of = Trend.objects.visible_to(request.user).filter(account=account)  # type: ignore[attr-defined]
    trend = rows_of.select_related("account", "other_side").filter(pk=trend_id).first()
    if trend is None:
        raise Http404
    if account.pk in request.reach.own or account.pk in request.reach.managed:
        trend.see(by=request.user)
    everything = request.GET.get("show") == "all"
    rows = _behind(trend, request.user, everything)
    page = CappedPaginator(rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "one": told([trend], **_reader(request, account))[0],
        "trend": trend,
        "chart": chart_of(trend),
        "steps": trend.steps.select_related("by").order_by("pk"),
        "page": page,
        "all": everything,
        "of_broker": account.kind == Account.Kind.BROKER,
    }
    return render(request, "trends/one.html", context)


@require_safe
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def worklist_page(request: HttpRequest) -> HttpResponse:
    """The trends of all accounts that one looks after: what is at stake times how sure, the most first."""
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    visible = Trend.objects.visible_to(request.user).select_related("account", "other_side")  # type: ignore[attr-defined]
    visible = visible.once()
    standing = visible.standing()
    rows = {
        "": standing,
        "new": standing.filter(state__in=(TrendState.NEW, TrendState.BACK)),
        "over": visible.filter(state=TrendState.RESOLVED),
        "all": visible,
    }[shown].by_weight()
    if request.GET.get("download") in FORMATS:
        sheet = sheet_of(rows[:MOST_ROWS])
        return download(sheet, request.GET["download"], request, definitions=DEFINITIONS)
    page = CappedPaginator(rows, PAGE).get_page(request.GET.get("page"))
    sums = standing.aggregate(
        n=Count("pk"), accounts=Count("account", distinct=True), stake=Sum("revenue_at_stake"),
        new=Count("pk", filter=Q(state__in=(TrendState.NEW, TrendState.BACK))), as_of=Max("as_of"),
    )  # fmt: skip
    context = {
        "page": page,
        "rows": told(page.object_list, staff=True, discloses=True),
        "sums": sums,
        "shown": shown,
        "choices": SHOWN.items(),
    }
    return render(request, "trends/worklist.html", context)


def _behind(trend: Trend, person: Person, everything: bool) -> QuerySet[Any]:
    if trend.measure in (Measure.LATE, Measure.CORRECTED):
        return entries_behind(trend, person)
    rows = examinations_behind(trend, person)
    return (rows if everything else rows.filter(shows=True)).select_related("account")


def _reader(request: HttpRequest, account: Account) -> dict[str, bool]:
    reach = request.reach
    return {
        "staff": reach.sees_law_enforcement_data(account.pk),
        "discloses": reach.reads_disclosed_reasons(account.pk),
    }
