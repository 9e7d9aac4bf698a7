"""What an examination cost the account: recorded, corrected and removed by the account itself."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from examinations import figures
from examinations.filters import NO_SUCH_DAY
from examinations.models import Cost, Examination
from examinations.models.cost import MOST_AMOUNT
from examinations.models.examination import ExaminationType

MEMBER = Person.Role.MEMBER


class CostForm(forms.Form):
    """One row of cost: on which day, for what, how much."""

    kind = forms.ChoiceField(label="For what", choices=Cost.Kind.choices)
    dated = forms.DateField(label="Date of the invoice", error_messages=NO_SUCH_DAY, help_text="MM/DD/YYYY")
    amount = forms.DecimalField(
        label="Amount, dollars", max_digits=10, decimal_places=2, min_value=0, max_value=MOST_AMOUNT, localize=False
    )
    note = forms.CharField(label="Note", required=False, max_length=200, help_text="An invoice number, for example.")

    def clean_dated(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["dated"]
        if not datetime.date(2000, 1, 1) <= day <= timezone.localdate():
            raise ValidationError("The day lies between the year 2000 and today.")
        return day

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise ValidationError("Write an amount above zero.")
        return amount


def may_record(request: HttpRequest, examination: Examination) -> bool:
    """Whether this person records costs of it: a member of the importer's account, of an examination of cargo."""
    return examination.account_id in request.reach.own and examination.type != ExaminationType.ESR


def _examination(request: HttpRequest, account: Account, pk: int) -> Examination:
    found = figures.examinations_of(account).visible_to(request.user).filter(pk=pk).first()
    if found is None or not may_record(request, found):
        raise Http404
    return found


def _row(request: HttpRequest, examination: Examination, pk: int) -> Cost:
    rows = Cost.objects.visible_to(request.user).filter(examination=examination, by=Cost.By.ACCOUNT)
    row = rows.select_related("examination").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, examination: Examination, form: CostForm, row: Cost | None) -> HttpResponse:
    context = {"examination": examination, "form": form, "row": row, "newest": None}
    return render(request, "examinations/cost.html", context, status=400 if form.errors else 200)


def _back(request: HttpRequest, examination: Examination) -> HttpResponse:
    return redirect(f"{request.account_base}/examinations/{examination.pk}/#cost")


@allow(MEMBER)
@of_account
def cost_add(request: HttpRequest, account: Account, examination_id: int) -> HttpResponse:
    """Record a row; the form stands on the examination's page, and here when it could not be taken."""
    examination = _examination(request, account, examination_id)
    form = CostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            Cost.objects.record(examination, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _back(request, examination)
    return _page(request, examination, form, None)


@allow(MEMBER)
@of_account
def cost_edit(request: HttpRequest, account: Account, examination_id: int, cost_id: int) -> HttpResponse:
    """Correct a row that the account recorded itself."""
    examination = _examination(request, account, examination_id)
    row = _row(request, examination, cost_id)
    known = {name: getattr(row, name) for name in ("kind", "amount", "note")} | {"dated": f"{row.dated:%m/%d/%Y}"}
    form = CostForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        row.correct(**form.cleaned_data, by=request.user)
        return _back(request, examination)
    return _page(request, examination, form, row)


@require_POST
@allow(MEMBER)
@of_account
def cost_remove(request: HttpRequest, account: Account, examination_id: int, cost_id: int) -> HttpResponse:
    """Remove a row that the account recorded itself."""
    examination = _examination(request, account, examination_id)
    _row(request, examination, cost_id).remove(by=request.user)
    return _back(request, examination)
