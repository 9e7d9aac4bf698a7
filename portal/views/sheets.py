"""An account on one sheet, for itself and for staff; what is open, for whoever takes it over; whom to call at night."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, NightContact, Person
from compliance.risk.models import Assessment
from portal.sheets.account_sheet import sheet_of
from portal.sheets.hand_over_sheet import SHOWN, hand_over_sheet_of


class NightContactForm(forms.Form):
    """Whom to call about a hold outside office hours."""

    name = forms.CharField(label="Whom to call", max_length=120, error_messages={"required": "Say whom to call."})
    telephone = forms.CharField(max_length=30, error_messages={"required": "Say at which number."})
    note = forms.CharField(
        label="What else to know",
        max_length=300,
        required=False,
        help_text="For example: speaks for the warehouse too.",
    )


@allow()
@of_account
def account_sheet(request: HttpRequest, account: Account) -> HttpResponse:
    """The account on one page to print; staff find the score below, on their own copy alone."""
    if not request.reach.opens(account.pk):
        raise Http404
    today = timezone.localdate()
    context = {
        "today": today,
        "sheet": sheet_of(account, request.user, today),
        "may_record": account.is_administered_by(request.user),
        "assessment": _score(request, account),
    }
    return render(request, "portal/account_sheet.html", context)


def _score(request: HttpRequest, account: Account) -> Assessment | None:
    if not request.reach.sees_law_enforcement_data(account.pk):
        return None
    return Assessment.objects.visible_to(request.user).filter(account=account).order_by("-as_of").first()


@allow(Person.Role.MEMBER)
@of_account
def night_contact(request: HttpRequest, account: Account) -> HttpResponse:
    """An administrator says whom to call at night, or that nobody is."""
    if not account.is_administered_by(request.user):
        raise Http404
    kept = NightContact.objects.visible_to(request.user).filter(account=account).first()
    sheet = f"{request.account_base}/sheet/"  # type: ignore[attr-defined]
    if request.method == "POST" and "remove" in request.POST:
        if kept:
            kept.remove(by=request.user)
        messages.success(request, "Nobody is called at night any more.")
        return redirect(sheet)
    held = {name: getattr(kept, name) for name in ("name", "telephone", "note")} if kept else {}
    form = NightContactForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        try:
            NightContact.record(account, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "CBP and your account manager read it on the account sheet.")
            return redirect(sheet)
    return render(request, "portal/night_contact.html", {"form": form, "kept": kept})


@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account
def hand_over_sheet(request: HttpRequest, account: Account) -> HttpResponse:
    """What a new manager finds open."""
    today = timezone.localdate()
    context = {
        "today": today,
        "sheet": hand_over_sheet_of(account, request.user, today),
        "shown": SHOWN,
    }
    return render(request, "portal/hand_over_sheet.html", context)
