"""The plans of an account, one of them, its text and its steps."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account
from compliance.plans.counting import rows_counted
from compliance.plans.forms import ActionForm, PlanForm, StepForm
from compliance.plans.models import Action, ChangedMeanwhile, Plan, owners_of
from compliance.plans.models.past import TEXT
from compliance.plans.said import SaidPlan, said
from compliance.plans.tasks import tell_of_plans
from compliance.plans.words import WARNING, lead
from compliance.trends.models import Trend
from compliance.trends.told import told
from documents.models import Document
from examinations.models import Examination
from look.forms import put_errors

MOST_SHOWN = 100


def plan_of(request: HttpRequest, account: Account, plan_id: int) -> Plan:
    """The plan of that id if it is the account's and the person may see it. Raises Http404 for any other."""
    rows = Plan.objects.visible_to(request.user).filter(account=account, pk=plan_id)  # type: ignore[attr-defined]
    plan = rows.select_related("account", "other_side", "trend", "root_cause").first()
    if plan is None:
        raise Http404
    return plan  # type: ignore[no-any-return]


def changeable(request: HttpRequest, account: Account, plan_id: int) -> Plan:
    """The same for who may change it: a delegate reads a plan and no more. Raises Http404."""
    plan = plan_of(request, account, plan_id)
    if not plan.has_party(request.user):
        raise Http404
    return plan


def _discloses(request: HttpRequest, account: Account) -> bool:
    return bool(request.reach.reads_disclosed_reasons(account.pk))  # type: ignore[attr-defined]


@require_safe
@allow(*READERS)
@of_account(kind="trends")
def plans_page(request: HttpRequest, account: Account) -> HttpResponse:
    """What is open, and what is over."""
    rows = Plan.objects.visible_to(request.user).filter(account=account)  # type: ignore[attr-defined]
    newest = rows.select_related("account", "other_side")[:MOST_SHOWN]
    every = said(newest, today=timezone.localdate(), discloses=_discloses(request, account))
    open_ones = [one for one in every if one.plan.is_open]
    waiting = [action for one in open_ones for action in one.waiting]
    overdue = sum(len(one.overdue) for one in open_ones)
    context = {
        "open": open_ones,
        "over": [one for one in every if not one.plan.is_open],
        "lead": lead(len(open_ones), len(waiting), min((one.due for one in waiting), default=None), overdue),
        "warning": WARNING,
        "standing": Trend.objects.visible_to(request.user).filter(account=account).standing().count(),  # type: ignore[attr-defined]
    }
    return render(request, "plans/list.html", context)


def shown(request: HttpRequest, account: Account, plan: Plan, **more: Any) -> HttpResponse:
    """The page of one plan. more: forms that were refused."""
    today = timezone.localdate()
    one = said([plan], today=today, discloses=_discloses(request, account))[0]
    party = plan.has_party(request.user)
    people = owners_of(account.pk, today)
    context = {
        "one": one,
        "plan": plan,
        "warning": WARNING,
        "today": today,
        "rows": _with_papers(request, one, {person.pk for side in people.values() for person in side}),
        "steps": plan.steps.select_related("by").order_by("pk"),
        "may_change": party and plan.is_open,
        "may_edit": party and plan.is_editable,
        "reviews": plan.is_reviewed_by(request.user),
        "corrected": plan.is_open and not plan.trend.stands,
        "looks": one.verification.looks.order_by("-as_of")[:12] if one.verification and one.discloses else (),
        "counted": _counted(request, one) if request.user.is_headquarters else (),  # type: ignore[attr-defined]
        "action_form": ActionForm(plan=plan, on=today, sides=people, initial=_suggested(request))
        if party and plan.is_open
        else None,
    }
    return render(request, "plans/one.html", context | more)


def _counted(request: HttpRequest, one: SaidPlan) -> list[tuple[Examination, bool]]:
    """The examinations that the verification counted, newest first; two statements."""
    if one.verification is None:
        return []
    one.verification.plan = one.plan
    found = rows_counted(one.verification, MOST_SHOWN)
    rows = Examination.objects.visible_to(request.user).in_bulk(list(found))  # type: ignore[attr-defined]
    return [(rows[pk], shows) for pk, shows in found.items() if pk in rows]


def _suggested(request: HttpRequest) -> dict[str, str]:
    """What another page suggests as an action: it stands in the form, and nothing is added by itself."""
    return {"what": request.GET.get("action", "")[:300]}


def _with_papers(request: HttpRequest, one: SaidPlan, here: set[Any]) -> list[dict[str, Any]]:
    """The actions with what was sent as evidence, and whether their owners are still there; three statements."""
    ids = [str(action.pk) for action in one.actions]
    papers: dict[str, list[Document]] = {}
    if ids:
        found = Document.objects.visible_to(request.user).current()  # type: ignore[attr-defined]
        found = found.filter(about_type__app_label="plans", about_type__model="action", about_id__in=ids)
        for paper in found.select_related("by"):
            papers.setdefault(paper.about_id, []).append(paper)
    return [
        {
            "action": action,
            "papers": papers.get(str(action.pk), []),
            "left": action.waits and action.owner_id not in here,
            "late": (one.today - action.due).days if action.waits and action.due < one.today else 0,
        }
        for action in one.actions
    ]


@allow(*READERS)
@of_account(kind="trends")
@require_safe
def plan_page(request: HttpRequest, account: Account, plan_id: int) -> HttpResponse:
    """One plan: problem, evidence, cause, actions, and how far it is proven."""
    return shown(request, account, plan_of(request, account, plan_id))


@require_POST
@allow(*READERS)
@of_account(kind="trends")
def start_plan(request: HttpRequest, account: Account, trend_id: int) -> HttpResponse:
    """Begin a plan for a trend, and go on writing it."""
    rows = Trend.objects.visible_to(request.user).filter(account=account, pk=trend_id)  # type: ignore[attr-defined]
    trend = rows.select_related("account", "other_side").first()
    if trend is None:
        raise Http404
    sentence = told([trend], staff=False, discloses=False)[0].said.sentence
    try:
        plan = Plan.start(trend, sentence, by=request.user, on=timezone.localdate())
    except PermissionDenied as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(f"{request.account_base}/trends/{trend.pk}/")  # type: ignore[attr-defined]
    return redirect(f"{request.account_base}/plan/{plan.pk}/{'edit/' if plan.version == 1 else ''}")  # type: ignore[attr-defined]


@allow(*READERS)
@of_account(kind="trends")
def edit_plan(request: HttpRequest, account: Account, plan_id: int) -> HttpResponse:
    """Write the text. Who comes second is told, loses nothing, and puts both together."""
    plan = changeable(request, account, plan_id)
    if not plan.is_editable:
        messages.error(request, "The plan is in work or over: its text stands.")
        return redirect(_page(request, plan))
    form = PlanForm(request.POST or None, plan=plan, initial=plan.text | {"read": plan.version})
    context: dict[str, Any] = {"plan": plan, "form": form, "warning": WARNING}
    if request.method == "POST" and form.is_valid():
        text = {name: form.cleaned_data[name] for name in TEXT}
        try:
            kept = plan.write(form.cleaned_data["read"], text, by=request.user, on=timezone.localdate())
        except ChangedMeanwhile as changed:
            context |= _side_by_side(changed)
        except ValidationError as error:
            put_errors(form, error)
        else:
            if kept:
                messages.success(request, "Saved. A colleague changed other parts meanwhile: both are kept.")
            else:
                messages.success(request, "Saved.")
            return redirect(_page(request, plan))
    return render(request, "plans/edit.html", context, status=409 if "clashes" in context else 200)


def _side_by_side(changed: ChangedMeanwhile) -> dict[str, Any]:
    """The form with what the writer wrote, and beside it what stands there now."""
    form = PlanForm(plan=changed.plan, initial=changed.merged | {"read": changed.plan.version})
    clashes = [
        (form[name], _as_written(name, value), _as_written(name, changed.merged[name]))
        for name, value in changed.clashing.items()
    ]
    return {"form": form, "clashes": clashes, "other": changed.by}


def _as_written(name: str, value: Any) -> str:
    if value is None:
        return "nothing chosen"
    if name.endswith("_rate"):
        return f"{value * 100:.1f} %"
    return f"{value:%m/%d/%Y}" if name == "counted_from" else str(value) or "nothing"


@require_safe
@allow(*READERS)
@of_account(kind="trends")
def versions_page(request: HttpRequest, account: Account, plan_id: int) -> HttpResponse:
    """Each text that the plan had, newest first."""
    plan = plan_of(request, account, plan_id)
    rows = plan.versions.select_related("by", "root_cause").order_by("-number")[:MOST_SHOWN]
    return render(request, "plans/versions.html", {"plan": plan, "versions": rows})


@require_POST
@allow(*READERS)
@of_account(kind="trends")
def take_step(request: HttpRequest, account: Account, plan_id: int) -> HttpResponse:
    """Hand in, agree, send back or close."""
    plan = changeable(request, account, plan_id)
    form = StepForm(request.POST)
    if not form.is_valid():
        return shown(request, account, plan, refused=["This step is not known."])
    try:
        form.take(plan, by=request.user, on=timezone.localdate())
    except PermissionDenied as error:
        raise Http404 from error
    except ValidationError as error:
        return shown(request, account, plan_of(request, account, plan_id), refused=error.messages, step=form)
    tell_of_plans.delay_on_commit()
    messages.success(request, f"The plan is {plan.get_state_display()} now.")
    return redirect(_page(request, plan))


def _page(request: HttpRequest, plan: Plan) -> str:
    return f"{request.account_base}/plan/{plan.pk}/"  # type: ignore[attr-defined]


def action_of(plan: Plan, action_id: int) -> Action:
    """The action of that id of this plan. Raises Http404 for any other."""
    action = plan.actions.select_related("owner", "changed_by").filter(pk=action_id).first()
    if action is None:
        raise Http404
    action.plan = plan
    return action  # type: ignore[no-any-return]
