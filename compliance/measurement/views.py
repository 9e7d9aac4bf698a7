"""Headquarters' pages of measurement: plans, and one plan from draft to result."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.guards import allow
from accounts.models import Center, Person
from compliance.measurement.charts import parts_chart, years_chart
from compliance.measurement.estimating import ENOUGH_FINDINGS
from compliance.measurement.forms import NO_CENTER, CargoForm, HandForm, PlanForm, RatesForm, SizesForm
from compliance.measurement.issues import ISSUES
from compliance.measurement.models import CargoLook, MajorRules, MeasurementPlan
from compliance.measurement.models.plan import FROZEN
from compliance.measurement.rate_file import HEADS as RATE_HEADS
from compliance.measurement.reading import Measured, by_year, measured, rules_for
from compliance.measurement.results import list_of
from examinations.loading.reading import UnusableFile
from look.downloads import FORMATS, MOST_ROWS, Sheet, download
from look.formats import percent
from look.forms import put_errors

HEADQUARTERS = Person.Role.HEADQUARTERS
#: So many plans stand in the list and on the chart: one a year.
SHOWN = 12
#: The newest looks at cargo that stand on a plan's page.
LOOKS_SHOWN = 50
HEADS = [
    *("Entry Summary Number", "Entry Summary Line Number", "Importer", "HTS Number - Full", "Country of Origin Code"),
    *("Port of Entry Code", "Line Value Amount", "Line Duty Amount", "Stratum", "Selection Probability", "Reviewer"),
    *("Due Date", "Examined Date", "Disposition Code", "Lines Examined", "Cargo Look Asked", "Cargo Look Because"),
]
DEFINITIONS = (
    ("Selection Probability", "Of the draw; to be entered with the result, with reason RANDOM and type ESR."),
    ("Examined Date", "Empty: not examined yet. A result fills a line in by entry and line, if begun since the draw."),
    (
        "Lines Examined",
        "1: the line by itself. More: its whole entry, which counts by the share of its lines in error.",
    ),
    (
        "Cargo Look Asked",
        "Empty: papers alone. A day: the reviewer asked that the port look at the goods too; what it finds is a row of its "
        "own type and stands in no rate of this plan.",
    ),
)


RATE_DEFINITIONS = (
    ("Expected Rate", "Enter what was measured last year: a share such as 0.05, or 5 %. Change nothing else."),
    ("Lines", "How many the plan counted; a plan that changed since is told by it, and refuses the file."),
)


#: Parts of a population, as a plan's page shows them: which, the heading, the head of the column.
PARTS = (
    ("issue", "By priority trade issue", "Issue"),
    ("center", "By Center", "Center"),
    ("chapter", "By chapter", "Chapter"),
)


def plan_of(request: HttpRequest, plan_id: int) -> MeasurementPlan:
    """The plan of that id. Raises Http404."""
    plan = MeasurementPlan.objects.visible_to(request.user).filter(pk=plan_id).first()
    if plan is None:
        raise Http404
    return plan


def back(request: HttpRequest, plan: MeasurementPlan, refused: ValidationError) -> HttpResponse:
    """To the plan's page, which says why not."""
    for sentence in refused.messages:
        messages.error(request, sentence)
    return redirect("measurement-plan", plan.pk)


@require_safe
@allow(HEADQUARTERS)
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans, newest period first, and what each found."""
    plans = list(MeasurementPlan.objects.visible_to(request.user)[:SHOWN])
    drawn = [plan for plan in plans if plan.state != plan.State.DRAFT]
    today = timezone.localdate()
    rules = MajorRules.in_force(today)
    found = dict(zip([plan.pk for plan in drawn], by_year(drawn, rules.thresholds, today), strict=True))
    rows = [(plan, found.get(plan.pk)) for plan in plans]
    newest = next(((plan, rated) for plan, rated in rows if rated and rated.letter), None)
    context = {"rows": rows, "newest": newest, "rules": rules, "chart": years_chart(rows), "shown": SHOWN}
    return render(request, "measurement/plans.html", context)


@allow(HEADQUARTERS)
def new_plan(request: HttpRequest) -> HttpResponse:
    """Write a draft, which a worker counts."""
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            plan = MeasurementPlan.write(by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            return redirect("measurement-plan", plan.pk)
    return render(request, "measurement/edit.html", {"form": form, "plan": None})


@allow(HEADQUARTERS)
def change_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Change a draft; a worker counts its population again."""
    plan = plan_of(request, plan_id)
    if plan.state != plan.State.DRAFT:
        return back(request, plan, ValidationError(FROZEN))
    form = PlanForm(request.POST or None, instance=plan)
    if request.method == "POST" and form.is_valid():
        try:
            plan.rewrite(by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            return redirect("measurement-plan", plan.pk)
    return render(request, "measurement/edit.html", {"form": form, "plan": plan})


@require_safe
@allow(HEADQUARTERS)
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A draft with its strata and the margin to expect, or what a frozen plan found so far."""
    plan = plan_of(request, plan_id)
    if plan.state == plan.State.DRAFT:
        return _draft_page(request, plan)
    if request.htmx:  # a page that waited for the draw
        return HttpResponseClientRefresh()
    kind = request.GET.get("download")
    if kind in FORMATS:
        rows = list_of(plan, timezone.localdate())
        return download(Sheet("drawn-lines", HEADS, rows), kind, request, definitions=DEFINITIONS)
    return drawn_page(request, plan, CargoForm())


def drawn_page(request: HttpRequest, plan: MeasurementPlan, cargo: CargoForm) -> HttpResponse:
    """What a plan found since its lines were drawn. cargo: the form for a look at cargo, as typed where it was refused."""
    today = timezone.localdate()
    asked = request.GET.get("rules", "")
    rules = rules_for(plan, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else None)
    found = measured(plan, rules.thresholds, today)
    context = {
        "plan": plan,
        "rules": rules,
        "every_rules": MajorRules.objects.order_by("-number"),
        "found": found,
        "today": today,
        "hand": HandForm() if plan.state == plan.State.FROZEN else None,
        "cargo": cargo if plan.state == plan.State.FROZEN else None,
        "looks": CargoLook.of_plan(plan)[:LOOKS_SHOWN],
        "looks_shown": LOOKS_SHOWN,
        "parts": [
            (heading, head, found.parts[name], parts_chart(head, found.parts[name], found.whole))
            for name, heading, head in PARTS
        ],
        "issues": ISSUES,
        "gap_rows": _gap_rows(found),
        "enough_findings": ENOUGH_FINDINGS,
        # The list of a draw is needed whole, however long it is.
        "listed": min(found.drawn, MOST_ROWS),
    }
    return render(request, "measurement/plan.html", context)


def _gap_rows(found: Measured) -> list[tuple[str, Any, str]]:
    if found.gap is None:
        return []
    rows = [("Underpaid", found.gap.under), ("Overpaid", found.gap.over), ("Net", found.gap.net)]
    return [(name, money, _of_duty(money.total / found.duty) if found.duty else "") for name, money in rows]


def _of_duty(share: float) -> str:
    """With a digit more where one would round it away."""
    return percent(share, 1 if abs(share) >= 0.001 or not share else 3)


def _draft_page(request: HttpRequest, plan: MeasurementPlan) -> HttpResponse:
    work = plan.work.select_related("by").first()
    if work and not work.finished:
        page = "progress" if request.htmx else "working"
        return render(request, f"measurement/{page}.html", {"plan": plan, "work": work})
    if request.htmx:  # what was asked for has ended: the page says how
        return HttpResponseClientRefresh()
    strata = list(plan.strata.all())
    kind = request.GET.get("download")
    if kind in FORMATS:
        rows = [(one.label, one.population, round(one.expected_rate, 4)) for one in strata if not one.whole]
        return download(Sheet("expected-rates", list(RATE_HEADS), rows), kind, request, definitions=RATE_DEFINITIONS)
    form = SizesForm(strata, initial={one.key: one.to_draw for one in strata})
    context = {
        "plan": plan,
        "refused": work.message if work else "",
        "rows": [(one, None if one.whole else form[one.key]) for one in strata],
        "margin": plan.margin(strata),
        "rates_form": RatesForm(),
        "sampled": sum(not one.whole for one in strata),
        "population": sum(one.population for one in strata),
        "to_draw": sum(one.to_draw for one in strata),
        "value": sum(one.value for one in strata),
        "duty": sum(one.duty for one in strata),
    }
    return render(request, "measurement/draft.html", context)


@require_POST
@allow(HEADQUARTERS)
def set_sizes(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Other numbers of lines than were allocated."""
    plan = plan_of(request, plan_id)
    if plan.state != plan.State.DRAFT:
        return back(request, plan, ValidationError(FROZEN))
    form = SizesForm(list(plan.strata.all()), request.POST)
    if not form.is_valid():
        messages.error(request, "Lines to draw are whole numbers; nothing was changed.")
        return redirect("measurement-plan", plan.pk)
    try:
        plan.set_sizes(form.cleaned_data, by=request.user)
    except ValidationError as refused:
        return back(request, plan, refused)
    messages.success(request, "The sizes are kept.")
    return redirect("measurement-plan", plan.pk)


@require_POST
@allow(HEADQUARTERS)
def set_rates(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Rates to expect, from a file."""
    plan = plan_of(request, plan_id)
    form = RatesForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, f"The file was not taken. {form.errors['file'][0]}")
        return redirect("measurement-plan", plan.pk)
    try:
        plan.take_rates(form.rates(), by=request.user)
    except UnusableFile as refused:
        messages.error(request, f"The file was not taken. {refused}")
        return redirect("measurement-plan", plan.pk)
    except ValidationError as refused:
        return back(request, plan, refused)
    messages.success(request, "The rates are taken, and the lines allocated anew.")
    return redirect("measurement-plan", plan.pk)


@allow(HEADQUARTERS)
def freeze_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask once more, then have a worker draw."""
    plan = plan_of(request, plan_id)
    if request.method == "POST":
        try:
            plan.ask_to_freeze(by=request.user)
        except ValidationError as refused:
            return back(request, plan, refused)
        return redirect("measurement-plan", plan.pk)
    if plan.state != plan.State.DRAFT:
        return redirect("measurement-plan", plan.pk)
    strata = list(plan.strata.all())
    context = {"plan": plan, "to_draw": sum(one.to_draw for one in strata), "margin": plan.margin(strata)}
    return render(request, "measurement/freeze.html", context)


@allow(HEADQUARTERS)
def close_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask once more, then end it."""
    plan = plan_of(request, plan_id)
    if request.method == "POST":
        try:
            plan.close(by=request.user)
        except ValidationError as refused:
            return back(request, plan, refused)
        messages.success(request, "The plan is closed; its result stands.")
        return redirect("measurement-plan", plan.pk)
    if plan.state != plan.State.FROZEN:
        return redirect("measurement-plan", plan.pk)
    return render(request, "measurement/close.html", {"plan": plan})


@require_POST
@allow(HEADQUARTERS)
def hand_lines(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Name who reviews a Center's lines."""
    plan = plan_of(request, plan_id)
    form = HandForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Name a reviewer, and a date as MM/DD/YYYY or none; nothing was changed.")
        return redirect("measurement-plan", plan.pk)
    asked = form.cleaned_data
    center = None if asked["center"] == NO_CENTER else Center.objects.get(pk=asked["center"])
    try:
        many = plan.hand_to(asked["reviewer"], by=request.user, center=center, due=asked["due"])
    except ValidationError as refused:
        return back(request, plan, refused)
    messages.success(request, f"{asked['reviewer']} reviews {many:,} {'line' if many == 1 else 'lines'}.")
    return redirect("measurement-plan", plan.pk)
