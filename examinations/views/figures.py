"""How often is this account examined, how long is it held, how often is it wrong."""

import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.filters import NO_DAY, american
from examinations.models import Port
from look.charts import Columns, Month, RateRow, Rates

EARLIEST = datetime.date(1990, 1, 1)


class PeriodForm(forms.Form):
    """From which month to which day; twelve months unless asked otherwise."""

    start = forms.DateField(label="From", error_messages=NO_DAY)
    end = forms.DateField(label="To", error_messages=NO_DAY)

    def clean(self) -> dict[str, datetime.date]:
        asked = super().clean() or {}
        start, end = asked.get("start"), asked.get("end")
        if start and start < EARLIEST:
            self.add_error("start", "No data are older than 1990.")
        if end and end > timezone.localdate() + datetime.timedelta(days=366):
            self.add_error("end", "This day is more than a year ahead.")
        if start and end and start > end:
            self.add_error("end", "This period ends before it starts.")
        return asked


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
    default = figures.twelve_months(today)
    asked = {name: american(request.GET.get(name, "")) for name in ("start", "end")}
    if not any(asked.values()):
        asked = {"start": american(default.start.isoformat()), "end": american(default.end.isoformat())}
    form = PeriodForm(asked)
    period = figures.Period(form.cleaned_data["start"], form.cleaned_data["end"]) if form.is_valid() else default
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
