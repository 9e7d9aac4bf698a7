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
from examinations.models import Port

EARLIEST = datetime.date(1990, 1, 1)


class PeriodForm(forms.Form):
    """From which month to which day; twelve months unless asked otherwise."""

    start = forms.DateField(label="From")
    end = forms.DateField(label="To")

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


def twelve_months(as_of: datetime.date) -> figures.Period:
    """This month so far and the eleven before it."""
    month_a_year_ago = as_of.replace(year=as_of.year - 1, day=1)
    return figures.Period((month_a_year_ago + datetime.timedelta(days=32)).replace(day=1), as_of)


@allow()
@of_account
def figures_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The figures of a period, twelve months unless asked otherwise."""
    today = timezone.localdate()
    default = twelve_months(today)
    asked = request.GET.dict()
    if not (asked.get("start") or asked.get("end")):
        asked = {"start": default.start.isoformat(), "end": default.end.isoformat()}
    form = PeriodForm(asked)
    period = figures.Period(form.cleaned_data["start"], form.cleaned_data["end"]) if form.is_valid() else default
    found = figures.figures(account, period)
    codes = [port.port for port in found.ports]
    context = {
        "form": form,
        "figures": found,
        "ports": dict(Port.objects.filter(code__in=codes).values_list("code", "name")),
        "newest": figures.newest_data(account, today),
        "today": today,
    }
    return render(request, "examinations/figures.html", context)
