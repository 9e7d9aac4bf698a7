"""What a bond for one entry comes to: for the weeks in which no continuous bond may be used."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account
from compliance.bonds.forms import SingleEntryForm
from compliance.bonds.single_entry import single_entry_amount


@require_safe
@allow(*READERS)
@of_account(kind="bonds")
def single_entry_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The amount of a single-transaction bond by the usual table. Nothing is kept."""
    form = SingleEntryForm(request.GET if request.GET.get("case") else None)
    found = single_entry_amount(form.asked) if form.is_valid() else None
    return render(request, "bonds/single_entry.html", {"form": form, "found": found})
