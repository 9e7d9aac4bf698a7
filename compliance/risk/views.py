"""Pages of the risk model: which one is in force, drafts and what they would change, and how each part is worked out."""

import inspect
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import allow
from accounts.models import Person
from compliance.risk.factors import FACTORS, LOSS, NAMES, OTHERS
from compliance.risk.forms import BacktestForm, ModelForm
from compliance.risk.models import Activation, Backtest, RiskModel, TryOut
from compliance.risk.score import BANDS
from examinations.intervals import rate_of
from look.forms import put_errors

HEADQUARTERS = Person.Role.HEADQUARTERS
SHOWN = 20


def model_of(request: HttpRequest, number: int) -> RiskModel:
    """The model of that number. Raises Http404."""
    found = RiskModel.objects.visible_to(request.user).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _refused(request: HttpRequest, refused: ValidationError, number: int) -> HttpResponse:
    for sentence in refused.messages:
        messages.error(request, sentence)
    return redirect("risk-model", number)


@require_safe
@allow(HEADQUARTERS)
def model_list(request: HttpRequest) -> HttpResponse:
    """Every model by number, the one in force, and since when which one was."""
    models = list(RiskModel.objects.visible_to(request.user).select_related("made_by")[:SHOWN])
    context = {
        "models": models,
        "active": next((one for one in models if one.state == one.State.ACTIVE), None) or RiskModel.active(),
        "activations": Activation.objects.visible_to(request.user).select_related("model", "by")[:SHOWN],
        "rows": [
            (label, [getattr(one, name) for one in models])
            for name, label in (
                ("loss_points", "Expected loss"),
                *((f"{name}_points", "Programs, taken off" if name == "programs" else NAMES[name]) for name in OTHERS),
                ("moderate_from", "Moderate from"),
                ("high_from", "High from"),
            )
        ],
    }
    return render(request, "risk/models.html", context)


@require_POST
@allow(HEADQUARTERS)
def draft_model(request: HttpRequest) -> HttpResponse:
    """A copy of the model in force, to be changed."""
    draft = RiskModel.draft(by=request.user)
    messages.success(request, f"{draft} is a copy of the model in force. Change it, then try it out.")
    return redirect("risk-model", draft.number)


@allow(HEADQUARTERS)
def model_page(request: HttpRequest, number: int) -> HttpResponse:
    """A draft with its form and what it would change; a model that made scores, as it is."""
    model = model_of(request, number)
    form = None
    if model.state == model.State.DRAFT:
        form = ModelForm(request.POST or None, instance=model)
        if request.method == "POST" and form.is_valid():
            try:
                RiskModel.objects.get(pk=model.pk).change(by=request.user, **form.cleaned_data)
            except ValidationError as refused:
                put_errors(form, refused)
            else:
                messages.success(request, "The draft is kept. Try it out before it comes into force.")
                return redirect("risk-model", number)
        model = model_of(request, number)  # the form wrote into the other one
    tried = TryOut.objects.visible_to(request.user).filter(model=model).select_related("against", "by").first()
    context = {
        "model": model,
        "form": form,
        "active": RiskModel.active(),
        "tried": tried,
        "found": _told(tried) if tried else None,
        "rows": [(NAMES[name], getattr(model, f"{name}_points")) for name in OTHERS],
    }
    return render(request, "risk/model.html", context)


def _told(tried: TryOut) -> dict[str, Any]:
    """What a try-out found, with ranks and points as the page writes them."""

    def row(one: dict[str, Any]) -> dict[str, Any]:
        now, then = one["score"]
        return one | {
            "now": now / 100,
            "then": then / 100,
            "moved": abs(one["rank"][0] - one["rank"][1]),
            "climbs": one["rank"][1] < one["rank"][0],
        }

    bands = tried.found["bands"]
    return tried.found | {
        "moves": [row(one) for one in tried.found["moves"]],
        "crossing": [row(one) for one in tried.found["crossing"]],
        "table": [(name.capitalize(), bands[place], sum(bands[place])) for place, name in enumerate(BANDS)],
        "sums": [sum(of[place] for of in bands) for place in range(len(BANDS))],
    }


@require_POST
@allow(HEADQUARTERS)
def try_model(request: HttpRequest, number: int) -> HttpResponse:
    """Compute what it would change, and change nothing."""
    model = model_of(request, number)
    try:
        model.try_out(by=request.user)
    except ValidationError as refused:
        return _refused(request, refused, number)
    return redirect("risk-model", number)


@allow(HEADQUARTERS)
def activate_model(request: HttpRequest, number: int) -> HttpResponse:
    """Ask once more, then put it in force."""
    model = model_of(request, number)
    if request.method == "POST":
        try:
            model.activate(by=request.user)
        except ValidationError as refused:
            return _refused(request, refused, number)
        messages.success(request, f"{model} is in force. Every score is being computed by it now.")
        return redirect("risk")
    if model.state == model.State.ACTIVE:
        return redirect("risk-model", number)
    tried = TryOut.objects.visible_to(request.user).filter(model=model).first()
    context = {"model": model, "active": RiskModel.active(), "tried": tried}
    return render(request, "risk/activate.html", context)


RANKED_BY = (("score", "Score"), ("duty", "Duty"), ("raw", "Raw rate"))
#: The top that the first line tells of: the smallest with that many accounts, else the largest that there is.
LEAD_TOP = 50


@allow(HEADQUARTERS)
def backtest_page(request: HttpRequest) -> HttpResponse:
    """The newest backtest, or the one asked for by id, all of them, and a form for the next."""
    tests = list(Backtest.objects.visible_to(request.user).select_related("model", "by")[:SHOWN])
    done = [one for one in tests if one.state == one.State.DONE]
    wanted = request.GET.get("id", "")
    shown = next((one for one in done if str(one.pk) == wanted), done[0] if done else None)
    form = BacktestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            Backtest.ask(by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            messages.success(request, "A worker computes it. Come back in a minute.")
            return redirect("risk-backtest")
    context = {"tests": tests, "shown": shown, "form": form} | (_judged(shown) if shown else {})
    return render(request, "risk/backtest.html", context)


def _judged(test: Backtest) -> dict[str, Any]:
    found = test.found or {}
    if not found.get("enough"):
        return {}
    rows = [{"top": one["top"], "by": name, **one["by"][key]} for one in found["tops"] for key, name in RANKED_BY]
    tops = [one for one in found["tops"] if one["by"]["score"]["owed"]]
    lead = next((one for one in tops if one["top"] >= LEAD_TOP), tops[-1] if tops else None)
    return {
        "rows": rows,
        "lead": lead and {"top": lead["top"], **{key: lead["by"][key]["owed"] for key, _ in RANKED_BY}},
        "groups": [one | {"rate": rate_of(one["wrong"], one["reviews"])} for one in found["groups"]],
    }


@require_safe
@allow(Person.Role.MANAGER, HEADQUARTERS)
def parts_page(request: HttpRequest) -> HttpResponse:
    """What each part asks and how many points it can have, by the model in force."""
    model = RiskModel.objects.visible_to(request.user).filter(state=RiskModel.State.ACTIVE).first()
    if model is None:  # a manager to whom no account is assigned
        raise Http404
    weights = model.weights
    spans = {"duty_at_stake": weights.duty, "likelihood": weights.rate, "severity": weights.severity}
    rows = []
    for name, function in FACTORS.items():
        said, _, _ = (inspect.getdoc(function) or "").partition("\n\n")
        if name in LOSS:
            most = weights.loss_points * spans[name].span / weights.loss_span
        else:
            most = weights.points[name] * (-1 if name == "programs" else 1)
        rows.append(
            (NAMES[name], (inspect.getdoc(inspect.getmodule(function)) or "").strip(), " ".join(said.split()), most)
        )
    return render(request, "risk/parts.html", {"model": model, "rows": rows})
