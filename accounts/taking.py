"""Headquarters gives an account an importer number or filer code that another one holds: look first, then do."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import Account, Identifier
from accounts.tasks import take_identifier


class TakeForm(forms.Form):
    """Which number goes to the account, and whether one has seen what goes along."""

    number = forms.CharField(
        label="Importer number or filer code",
        max_length=20,
        help_text="NN-NNNNNNNXX, NNN-NN-NNNN, YYDDPP-NNNNN, or a filer code of three characters.",
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_number(self) -> Identifier:
        """The identifier that is meant, if it may go to the account."""
        try:
            found = Identifier.objects.select_related("account").find(self.cleaned_data["number"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if found is None:
            raise forms.ValidationError("No account has this number.")
        self.account.check_identifier(found)
        return found


def take_page(model_admin: ModelAdmin, request: HttpRequest, account_id: Any) -> HttpResponse:
    """Ask for a number, show what will move and from whom, and hand the move to a worker: it may take a minute."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise Http404
    sure = "sure" in request.POST
    form = TakeForm(account, request.POST or None)
    found: Identifier | None = form.cleaned_data["number"] if form.is_bound and form.is_valid() else None
    if found and sure:
        take_identifier.delay_on_commit(str(account.pk), found.pk, str(request.user.pk))
        words = (
            f"{found} is being moved here from {found.account}. Load this page again: when it is done it stands below."
        )
        messages.info(request, words)
        return redirect("admin:accounts_account_change", account.pk)
    context = model_admin.admin_site.each_context(request) | {
        "title": f"Take a number: {account}",
        "account": account,
        "form": form,
        "found": found,
        "moves": found.what_moves() if found else [],
        "left": found.account.identifiers.exclude(pk=found.pk).count() if found else 0,
        "members": found.account.memberships.filter(ended_at=None).count() if found else 0,
        "opts": model_admin.model._meta,
    }
    return TemplateResponse(request, "admin/accounts/take.html", context)
