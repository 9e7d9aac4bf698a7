"""Headquarters' page of what came of a round."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import allow
from accounts.models import Person
from compliance.effect import words
from compliance.effect.models import EffectStudy, StudyRun
from compliance.selection.models import Round
from look.charts import DifferenceRow, Differences

HEADQUARTERS = Person.Role.HEADQUARTERS
#: Rounds to choose from.
SHOWN = 20


@require_safe
@allow(HEADQUARTERS)
def effect_page(request: HttpRequest) -> HttpResponse:
    """What came of one closed round, the newest unless another is asked for."""
    studies = list(EffectStudy.objects.visible_to(request.user).select_related("round")[:SHOWN])
    asked = request.GET.get("round", "")
    chosen = next((one for one in studies if str(one.round_id) == asked), studies[0] if studies else None)
    waiting = not studies and Round.objects.visible_to(request.user).filter(state=Round.State.CLOSED).exists()
    run = StudyRun.objects.visible_to(request.user).first()
    lines = words.lines(chosen.study.said) if chosen else []
    context = {"study": chosen, "studies": studies, "waiting": waiting, "lines": lines}
    context |= {"is_running": run is not None and not run.finished, "run": run, "may_ask": bool(studies) or waiting}
    if chosen:
        context |= {"first": chosen.first, "chart": _chart(chosen, lines), "why_not": words.why_not(chosen.first)}
        context["looked"] = words.looked(chosen.times)
    return render(request, "effect/effect.html", context)


@require_POST
@allow(HEADQUARTERS)
def compute_now(request: HttpRequest) -> HttpResponse:
    """Have every study computed now."""
    try:
        StudyRun.ask(by=request.user)
    except ValidationError as refused:
        for sentence in refused.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, "A worker computes the studies. Come back in a minute.")
    return redirect("effect")


def _chart(study: EffectStudy, lines: list[words.Line]) -> Differences | None:
    """The methods that say something; the one that stands first gives the title."""
    rows = [
        DifferenceRow(line.name, line.estimate.difference, line.estimate.low, line.estimate.high)
        for line in lines
        if line.estimate
    ]
    if not rows:
        return None
    said = words.finding(study.first, study.doubted)
    return Differences(
        said[0].upper() + said[1:],
        "Lines in error in a hundred at the accounts that entered, beside what they would be without the program; points "
        "with 95\u00a0% intervals",
        "fewer errors",
        "more errors",
        rows,
    )
