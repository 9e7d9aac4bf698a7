"""Questions about the year ahead: asked, kept, sent to the manager."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account, Person
from compliance.bonds.forms import WhatIfForm
from compliance.bonds.models import WhatIf
from compliance.bonds.told import page_of
from compliance.bonds.views.one import shown
from compliance.bonds.words import answer


@require_POST
@allow(*READERS)
@of_account(kind="bonds")
def what_if(request: HttpRequest, account: Account) -> HttpResponse:
    """Keep a question; the page answers it, with the two before."""
    form = WhatIfForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return shown(request, account, what_if=form)
    asked = form.cleaned_data
    WhatIf.objects.keep(
        account, form.kept, asked["growth"], without_announced=asked["without_announced"], by=request.user
    )
    return redirect(f"{request.account_base}/bond/#what-if")  # type: ignore[attr-defined]


@require_POST
@allow(Person.Role.MEMBER)
@of_account(kind="bonds")
def send_what_if(request: HttpRequest, account: Account, question_id: int) -> HttpResponse:
    """Send a question with its figures to the account's manager."""
    if account.pk not in request.reach.own:  # type: ignore[attr-defined]
        raise Http404
    judged = page_of(account, request.user, timezone.localdate()).judged
    found = next((one for one in judged.supposed if one.asked.pk == question_id), None) if judged else None
    if judged is None or found is None or found.outlook is None:
        raise Http404
    least = judged.required if judged.delinquent else None
    said = answer(found.asked, found.outlook, found.added, judged.bond.amount, least=least)
    if found.asked.send(said, by=request.user):
        messages.success(request, "Sent. Your account manager reads it in the portal and by mail.")
    else:
        messages.success(request, "It was sent already.")
    return redirect(f"{request.account_base}/bond/#what-if")  # type: ignore[attr-defined]
