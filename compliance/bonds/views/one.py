"""An account's bonds: how the one that counts comes about, what is ahead of it, and what people enter about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account, Person
from compliance.bonds.charts import chart_of, liability_chart
from compliance.bonds.forms import DelinquencyForm, StepForm, WhatIfForm
from compliance.bonds.models import Bond, BondStep, Delinquency
from compliance.bonds.models.step import looks_after, may_record
from compliance.bonds.open_entries import liability_on
from compliance.bonds.told import BondPage, page_of
from compliance.bonds.words import supposed
from examinations import figures
from look.downloads import FORMATS, Cell, Sheet, download
from look.forms import put_errors

STAFF = (Person.Role.MANAGER, Person.Role.HEADQUARTERS)
HEADS = (
    *("Bond Number", "Importer Number", "Account", "Party Role", "Bond Type", "Activity Code", "Bond Amount", "Surety Code"),
    *("Execution Date", "Effective Date", "Termination Date", "Riders"),
)  # fmt: skip


def _sheet(page: BondPage) -> Sheet:
    rows: list[list[Cell]] = [
        [
            *(bond.number, number.shown, number.holder, str(number.get_role_display()), bond.kind),
            *(bond.activity_code, bond.amount, bond.surety_code, bond.executed, bond.effective, bond.terminates),
            "; ".join(str(Bond.Rider(one).label) for one in bond.riders),
        ]
        for bond in page.bonds
        for number in bond.numbers  # type: ignore[attr-defined]
    ]
    return Sheet("bonds", HEADS, rows)


def shown(request: HttpRequest, account: Account, **given: forms.Form) -> HttpResponse:
    """The page, with forms as they were sent where they could not be taken."""
    today = timezone.localdate()
    text = request.GET.get("bond", "")
    page = page_of(account, request.user, today, int(text) if text.isdecimal() and len(text) < 18 else None)
    if request.GET.get("download") in FORMATS:
        return download(_sheet(page), request.GET["download"], request)
    judged = page.judged
    own = account.pk in request.reach.own  # type: ignore[attr-defined]
    staff, records = looks_after(account, request.user), may_record(account, request.user)
    # How long a bond is open, its entries say: whoever may not read them would be told a day too early.
    reads = request.reach.everything or account.pk in request.reach.entries  # type: ignore[attr-defined]
    liability = liability_on(page, request.user, today) if reads else None
    context: dict[str, Any] = {
        "today": today,
        "liability": liability,
        "liability_chart": liability_chart(liability) if liability else None,
        "page": page,
        "judged": judged,
        "rows": sum(len(bond.numbers) for bond in page.bonds),  # type: ignore[attr-defined]
        "chart": chart_of(judged, own=own) if judged else None,
        "supposed": [(letter, one, supposed(one.asked)) for letter, one in zip("ABC", judged.supposed, strict=False)]
        if judged
        else [],
        "ask_head": f"{'At least, by the basic formula' if judged and judged.delinquent else 'Bond to ask for'} $",
        "what_if": WhatIfForm(None, today=today) if judged else None,
        "step_form": StepForm(None) if judged and records else None,
        "delinquency_form": DelinquencyForm(None, auto_id="delinquent-%s") if judged and staff else None,
        "staff": staff,
        "may_send": own,
        "of_broker": account.kind == Account.Kind.BROKER,
        "newest": figures.newest_data(account, today),
    }
    wrong = any(getattr(form, "wrong", form.errors) for form in given.values())
    return render(request, "bonds/page.html", context | given, status=400 if wrong else 200)


@require_safe
@allow(*READERS)
@of_account(kind="bonds")
def bond_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Every bond that covers a number of the account, and of the one that counts how it comes about and what is ahead."""
    return shown(request, account)


@require_POST
@allow(*READERS)
@of_account
def record_step(request: HttpRequest, account: Account, bond_id: int) -> HttpResponse:
    """A letter of CBP by its date, or what was done about it."""
    bond = Bond.objects.visible_to(request.user).filter(pk=bond_id, account=account).select_related("account").first()
    if bond is None or not may_record(account, request.user):
        raise Http404
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            BondStep.record(bond, **form.cleaned_data, by=request.user, today=timezone.localdate())
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "Recorded. The days count from it.")
            return _back(request)
    return shown(request, account, step_form=form)


@require_POST
@allow(*STAFF)
@of_account
def record_delinquency(request: HttpRequest, account: Account) -> HttpResponse:
    """Bills are overdue: the amount is for CBP to determine; or they are no more."""
    form, today = DelinquencyForm(request.POST, auto_id="delinquent-%s"), timezone.localdate()
    if form.is_valid():
        on = form.cleaned_data["on"]
        try:
            open_one = Delinquency.objects.visible_to(request.user).filter(account=account, until=None).first()
            if open_one:
                open_one.end(on=on, by=request.user, today=today)
            else:
                Delinquency.record(account, since=on, by=request.user, today=today, words=form.cleaned_data["words"])
        except PermissionDenied as error:
            raise Http404 from error
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "Recorded.")
            return _back(request)
    return shown(request, account, delinquency_form=form)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(f"{request.account_base}/bond/")  # type: ignore[attr-defined]
