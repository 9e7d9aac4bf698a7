"""Headquarters asks for a look at the cargo of a drawn line, for its reviewer, and takes that back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.guards import allow
from compliance.measurement.forms import CargoForm
from compliance.measurement.models import CargoLook
from compliance.measurement.views import HEADQUARTERS, back, plan_of


@require_POST
@allow(HEADQUARTERS)
def ask_for_cargo(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A port should look at the cargo of this line."""
    plan = plan_of(request, plan_id)
    form = CargoForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give entry number and line as the list has them, and why; nothing was changed.")
        return redirect("measurement-plan", plan.pk)
    asked = form.cleaned_data
    try:
        look = CargoLook.ask(plan, asked["entry"], asked["line"], because=asked["because"], by=request.user)
    except ValidationError as refused:
        return back(request, plan, refused)
    messages.success(request, f"{look} is asked for; the list says so.")
    return redirect("measurement-plan", plan.pk)


@require_POST
@allow(HEADQUARTERS)
def take_cargo_back(request: HttpRequest, plan_id: int, look_id: int) -> HttpResponse:
    """No look is needed any more."""
    plan = plan_of(request, plan_id)
    look = CargoLook.of_plan(plan).visible_to(request.user).filter(pk=look_id).first()
    if look is None:
        raise Http404
    try:
        look.take_back(by=request.user)
    except ValidationError as refused:
        return back(request, plan, refused)
    messages.success(request, f"{look} is taken back.")
    return redirect("measurement-plan", plan.pk)
