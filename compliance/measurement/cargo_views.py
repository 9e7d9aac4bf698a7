"""Headquarters asks for a look at the cargo of a drawn line, for its reviewer, and takes that back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.guards import allow
from compliance.measurement.forms import CargoForm
from compliance.measurement.models import CargoLook
from compliance.measurement.models.cargo import NOT_EXAMINED
from compliance.measurement.views import HEADQUARTERS, back, drawn_page, plan_of
from look.forms import put_errors


@require_POST
@allow(HEADQUARTERS)
def ask_for_cargo(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A port should look at the cargo of this line."""
    plan = plan_of(request, plan_id)
    form = CargoForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            look = CargoLook.ask(plan, asked["entry"], asked["line"], because=asked["because"], by=request.user)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            messages.success(request, f"{look} is asked for; the list says so.")
            return redirect("measurement-plan", plan.pk)
    if plan.state != plan.State.FROZEN:  # its page has no form that could say why
        return back(request, plan, ValidationError(NOT_EXAMINED))
    return drawn_page(request, plan, form)


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
