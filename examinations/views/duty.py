"""What the account paid, by program and month."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from examinations import figures
from examinations.duty.programs import Program
from examinations.duty.summing import Duty, duty_of
from examinations.exports.about import DUTY
from examinations.views.period import PeriodForm, asked_period
from look.charts import Columns, Month
from look.downloads import FORMATS, Sheet, about_list, download, filters_in_words, named

TOO_LONG_FOR_THE_AXIS = 10_000


def _columns(found: Duty, today: datetime.date) -> Columns | None:
    if not found.total:
        return None
    top = max(found.months, key=lambda month: month.total)
    # The axis has room for four figures.
    unit, name = (1000, "Thousand dollars") if top.total >= TOO_LONG_FOR_THE_AXIS else (1, "Dollars")
    months = [
        Month(f"{one.month:%b}", float(round(one.total / unit)), one.month == today.replace(day=1))
        for one in found.months
    ]
    title = f"The most was paid for entries of {top.month:%B %Y}"
    return Columns(title, f"{name} of duty, fees and tax by month of entry", name, months)


def _sheet(found: Duty, account: Account, person: Person, form: PeriodForm) -> Sheet:
    rows = [[one.month, *(one.amounts.get(program.value, 0) for program in Program), one.total] for one in found.months]
    filters = filters_in_words(form)
    about = about_list("Duty by program and month", account.name, person.name, filters, DUTY)
    heads = ["Month", *(str(program.label) for program in Program), "Total"]
    return Sheet(named("duty-by-program", filters), heads, rows, about)


@allow()
@of_account(kind="entries")
def duty_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Duty by program over a period, twelve months unless asked otherwise."""
    today = timezone.localdate()
    form, period = asked_period(request, today)
    found = duty_of(account, period, request.user)
    if request.GET.get("download") in FORMATS and form.is_valid():
        return download(_sheet(found, account, request.user, form), request.GET["download"])
    programs = found.programs
    context = {
        "form": form,
        "period": period,
        "duty": found,
        "programs": programs,
        "most": max(programs, key=lambda one: one[1], default=None),
        "table": [
            (one.month, [(program.label, one.amounts.get(program.value, 0)) for program, _ in programs], one.total)
            for one in found.months
        ],
        "columns": _columns(found, today),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/duty.html", context)
