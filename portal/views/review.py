"""The account review: on a page that prints, and as a PDF that a worker makes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account
from examinations.exports.kinds import Asked
from examinations.exports.tasks import run_export
from examinations.models import Export
from portal.review.kind import NAME, context_of
from portal.review.pdf import FORMAT, can_be_made


@require_safe
@allow(*READERS)
@of_account
def review_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Everything for the yearly meeting, a summary first; the same for the account and for CBP's side."""
    if not request.reach.opens(account.pk):
        raise Http404
    asked = Asked(account, request.user, request.reach, {}, timezone.localdate())
    return render(request, "portal/review/page.html", context_of(asked) | {"can_be_made": can_be_made()})


@require_POST
@allow(*READERS)
@of_account
def review_file(request: HttpRequest, account: Account) -> HttpResponse:
    """Have the PDF made; asked for twice while it is being made, it is one."""
    if not request.reach.opens(account.pk) or not can_be_made():
        raise Http404
    try:
        export, new = Export.objects.ask(account, NAME, said=[], by=request.user, format=FORMAT, filters={})  # type: ignore[attr-defined]
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("exports")
    if new:
        run_export.delay_on_commit(str(export.pk))
    return redirect("export", export.pk)
