"""How often is this account examined, how long is it held, how often is it wrong."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.models import Port
from examinations.views.period import asked_period
from look.charts import Columns, Month, RateRow, Rates


def _rates(found: figures.Figures) -> Rates | None:
    """Random and other side by side: never one number of both."""
    rows = [
        RateRow(label, rate.found, rate.count, rate.rate, rate.low, rate.high)
        for label, rate in (("At random", found.random), ("Other reasons", found.other))
        if rate
    ]
    if not rows:
        return None
    if found.random and found.other and found.other.low > found.random.high:
        title = "What CBP picks for a reason is wrong more often than what it picks at random"
    else:
        title = "The two rates cannot be told apart" if len(rows) == 2 else "Only one of the two rates is known"
    return Rates(title, "Share with any discrepancy; bars are 95\u00a0% intervals", "Closed", rows)


def _columns(found: figures.Figures, today: datetime.date) -> Columns | None:
    if not found.cargo:
        return None
    most = max(month.cargo for month in found.months)
    top = [f"{month.month:%B %Y}" for month in found.months if month.cargo == most]
    months = [Month(f"{one.month:%b}", one.cargo, one.month == today.replace(day=1)) for one in found.months]
    title = f"Most examinations were selected in {' and '.join(top)}" if len(top) < 3 else "No month stands out"
    return Columns(title, "Cargo examinations by month of selection", "Examinations", months)


@allow()
@of_account
def figures_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The figures of a period, twelve months unless asked otherwise."""
    today = timezone.localdate()
    form, period = asked_period(request, today)
    found = figures.figures(account, period)
    codes = [port.port for port in found.ports]
    context = {
        "form": form,
        "figures": found,
        "from_you": figures.from_you(account, period, request.user),
        "ports": dict(Port.objects.filter(code__in=codes).values_list("code", "name")),
        "rates": _rates(found),
        "columns": _columns(found, today),
        "newest": figures.newest_data(account, today),
        "today": today,
    }
    return render(request, "examinations/figures.html", context)
