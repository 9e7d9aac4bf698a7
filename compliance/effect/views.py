"""Headquarters' pages: what came of a round, and how much is under management."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import allow
from accounts.models import Account, Assignment, Enrollment, Person
from compliance.effect import words
from compliance.effect.caseload import by_center
from compliance.effect.models import EffectStudy, Standing, StudyRun
from compliance.selection.models import Round
from look.charts import DifferenceRow, Differences
from look.formats import amount, count

HEADQUARTERS = Person.Role.HEADQUARTERS
#: Rounds to choose from; names of ISA participants without a manager.
SHOWN, NAMED = 20, 20


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
    context |= {"is_running": run is not None and run.is_running, "run": run, "may_ask": bool(studies) or waiting}
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


@require_safe
@allow(HEADQUARTERS)
def program_page(request: HttpRequest) -> HttpResponse:
    """How much is under management, who is left alone, and what each Center carries."""
    day = timezone.localdate()
    standing = Standing.objects.visible_to(request.user).first()
    managed = Assignment.objects.on(day).values("account")
    isa = Enrollment.objects.filter(program=Enrollment.Program.ISA)
    alone = Account.objects.visible_to(request.user).filter(pk__in=isa.values("account")).exclude(pk__in=managed)
    named = list(alone.order_by("name")[: NAMED + 1])
    context = {
        "today": day,
        "standing": standing,
        "rows": _rows(standing) if standing else [],
        "isa_count": isa.count(),
        "alone": named[:NAMED],
        "alone_count": len(named) if len(named) <= NAMED else alone.count(),
        "centers": by_center(day),
    }
    return render(request, "effect/program.html", context)


def _rows(standing: Standing) -> list[tuple[str, str, str, float | None]]:
    """The table of what is under management: what, all, of it under management, share."""
    return [
        ("Import value, $", amount(standing.value), amount(standing.managed_value), standing.value_share),
        ("Duty, $", amount(standing.duty), amount(standing.managed_duty), standing.duty_share),
        ("Entry lines", count(standing.lines), count(standing.managed_lines), standing.lines_share),
        ("Importers", count(standing.importers), count(standing.managed_importers), standing.importers_share),
    ]
