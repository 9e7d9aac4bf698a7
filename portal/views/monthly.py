"""The monthly report: last month in words, and whether it comes by mail."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account
from examinations import figures
from portal.models import MonthlyReport
from portal.monthly.facts import last_month
from portal.monthly.sending import addresses_of, report_of
from portal.monthly.words import lead_of, paragraphs_of


@allow(*READERS)
@of_account
def monthly_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The report as the mail has it; one button asks for it, one ends it."""
    if not request.reach.opens(account.pk):  # who has some kinds of its data delegated has no report of the whole
        raise Http404
    may_ask = account.pk in request.reach.own | request.reach.managed
    if request.method == "POST":
        if not may_ask:
            raise Http404
        return _changed(request, account)
    today = timezone.localdate()
    period = last_month(today)
    facts = report_of(account, request.user, period, today)
    context = {
        "month": period.start,
        "said": lead_of(facts),
        "paragraphs": paragraphs_of(facts),
        "addresses": addresses_of(account, period),
        "asked": MonthlyReport.objects.filter(account=account, person=request.user).exists(),
        "may_ask": may_ask,
        "newest": figures.newest_data(account, today),
    }
    return render(request, "portal/monthly.html", context)


def _changed(request: HttpRequest, account: Account) -> HttpResponse:
    if request.POST.get("wanted") == "yes":
        MonthlyReport.ask(account, by=request.user)
        messages.success(request, f"You get the report of {account.name} on the first working day of each month.")
    else:
        MonthlyReport.stop(account, by=request.user)
        messages.success(request, f"The report of {account.name} no longer comes to you.")
    return redirect(f"{request.account_base}/monthly/")
