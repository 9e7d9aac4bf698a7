"""The actions of a plan: put in, changed, done, dropped, with evidence."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account
from compliance.plans.forms import ActionForm, FinishForm
from compliance.plans.models import Action, ActionChanged, Plan
from compliance.plans.views.plans import action_of, changeable, shown
from compliance.plans.words import WARNING
from documents.kinds import Refused
from documents.models import papers_of
from documents.uploading import FileForm, takes_a_file
from look.forms import put_errors


def _back(request: HttpRequest, plan: Plan) -> HttpResponse:
    return redirect(f"{request.account_base}/plan/{plan.pk}/")  # type: ignore[attr-defined]


@require_POST
@allow(*READERS)
@of_account(kind="trends")
def add_action(request: HttpRequest, account: Account, plan_id: int) -> HttpResponse:
    """Put an action into the plan."""
    plan, today = changeable(request, account, plan_id), timezone.localdate()
    form = ActionForm(request.POST, plan=plan, on=today)
    if form.is_valid():
        try:
            Action.add(plan, form.given, by=request.user, on=today)
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _back(request, plan)
    return shown(request, account, plan, action_form=form)


def _shown(request: HttpRequest, plan: Plan, action: Action, status: int = 200, **more: Any) -> HttpResponse:
    today = timezone.localdate()
    initial = {"read": action.version, "what": action.what, "owner": str(action.owner_id), "due": action.due}
    context = {
        "plan": plan,
        "action": action,
        "warning": WARNING,
        "papers": papers_of(action, request.user),
        "form": ActionForm(plan=plan, on=today, initial=initial),
        "finish": FinishForm(),
        "may_drop": plan.is_editable or plan.is_reviewed_by(request.user),
        "may_send": plan.is_open and action.dropped_on is None,
        "here": request.path_info,
        "page": f"{request.account_base}/plan/{plan.pk}/actions/{action.pk}/",  # type: ignore[attr-defined]
    }
    return render(request, "plans/action.html", context | more, status=status)


@allow(*READERS)
@of_account(kind="trends")
def action_page(request: HttpRequest, account: Account, plan_id: int, action_id: int) -> HttpResponse:
    """One action: change it, say that it is done, send evidence. Who comes second is shown both."""
    plan, today = changeable(request, account, plan_id), timezone.localdate()
    action = action_of(plan, action_id)
    if request.method != "POST":
        return _shown(request, plan, action)
    form = ActionForm(request.POST, plan=plan, on=today)
    if form.is_valid():
        try:
            action.change(form.cleaned_data["read"] or 0, form.given, by=request.user, on=today)
        except ActionChanged as changed:
            mine = form.given | {"read": changed.now.version, "owner": str(form.given["owner"].pk)}
            again = ActionForm(plan=plan, on=today, initial=mine)
            return _shown(request, plan, action, 409, form=again, theirs=changed.now)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "Saved.")
            return _back(request, plan)
    return _shown(request, plan, action, form=form)


@require_POST
@allow(*READERS)
@of_account(kind="trends")
def finish_action(request: HttpRequest, account: Account, plan_id: int, action_id: int) -> HttpResponse:
    """Say that an action is done."""
    plan = changeable(request, account, plan_id)
    action, form = action_of(plan, action_id), FinishForm(request.POST)
    if form.is_valid():
        try:
            action.finish(form.cleaned_data["how"], by=request.user, on=timezone.localdate())
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _back(request, plan)
    return _shown(request, plan, action, finish=form)


@require_POST
@allow(*READERS)
@of_account(kind="trends")
def drop_action(request: HttpRequest, account: Account, plan_id: int, action_id: int) -> HttpResponse:
    """Say that an action is not needed any more."""
    plan = changeable(request, account, plan_id)
    try:
        action_of(plan, action_id).drop(by=request.user, on=timezone.localdate())
    except PermissionDenied as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return _back(request, plan)


@takes_a_file
@require_POST
@allow(*READERS)
@of_account(kind="trends")
def send_evidence(request: HttpRequest, account: Account, plan_id: int, action_id: int) -> HttpResponse:
    """Send a file as evidence; what is wrong with it is said on the page of the action."""
    plan = changeable(request, account, plan_id)
    action, form = action_of(plan, action_id), FileForm(request)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            action.send(file, file.name, by=request.user)
        except Refused as error:
            form.add_error("file", str(error))
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"{file.name} is kept with the action.")
            return redirect(f"{request.account_base}/plan/{plan.pk}/actions/{action.pk}/")  # type: ignore[attr-defined]
    refused = " ".join(text for texts in form.errors.values() for text in texts)
    return _shown(request, plan, action, refused=refused)
