"""An account's programs: how each stands, criterion by criterion, what its members owe by when, and what was done."""

import datetime
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
from accounts.models import Account, Enrollment, Person
from compliance.programs.criteria import TO_CONFIRM
from compliance.programs.models import LONGEST, Confirmation, Done, Step, looks_after, takes_part_for
from compliance.programs.told import programs_of
from look.formats import long_day
from look.forms import put_errors

DAY = "MM/DD/YYYY"
STAFF = (Person.Role.MANAGER, Person.Role.HEADQUARTERS)


class DayForm(forms.Form):
    on = forms.DateField(
        label="On", help_text=DAY, error_messages={"required": "Say when.", "invalid": f"Write the day as {DAY}."}
    )
    words = forms.CharField(
        label="What to know of it",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DoneForm(DayForm):
    """A letter by the day on which it was due, or a test."""

    due = forms.ChoiceField(label="What was done", error_messages={"invalid_choice": "Choose what was done."})
    field_order = ["due", "on", "words"]

    def __init__(self, data: Any, letters: list[datetime.date]) -> None:
        super().__init__(data, auto_id="done-%s")
        open_ones = [(f"{day}", f"Annual letter due {long_day(day)} was sent") for day in letters]
        self.fields["due"].choices = [*open_ones, ("test", "A sample of entries was tested")]  # type: ignore[attr-defined]


class StepForm(DayForm):
    """What happened to an application or a membership."""

    program = forms.ChoiceField(choices=Enrollment.Program.choices)
    state = forms.ChoiceField(label="What happened")
    tier = forms.IntegerField(label="Tier, of CTPAT", required=False, min_value=1, max_value=3)
    field_order = ["program", "state", "tier", "on", "words"]

    def __init__(self, data: Any, person: Person) -> None:
        super().__init__(data)
        decided = () if person.is_headquarters else (Step.State.ACCEPTED, Step.State.LEFT)
        self.fields["state"].choices = [one for one in Step.State.choices if one[0] not in decided]  # type: ignore[attr-defined]


def _opened(request: HttpRequest, account: Account) -> None:
    if not request.reach.opens(account.pk):  # a delegate has no programs of the account
        raise Http404


@require_safe
@allow(*READERS)
@of_account
def programs_page(request: HttpRequest, account: Account) -> HttpResponse:
    """How each program stands, and what is owed."""
    _opened(request, account)
    return _shown(request, account)


def _shown(request: HttpRequest, account: Account, **given: forms.Form) -> HttpResponse:
    today = timezone.localdate()
    found = programs_of(account, request.user, today)
    staff = looks_after(account, request.user)
    steps = Step.objects.visible_to(request.user).filter(account=account).select_related("by")  # type: ignore[attr-defined]
    context = {
        "today": today,
        "found": found,
        "steps": steps.order_by("-on", "-pk")[:20],
        "done_form": DoneForm(None, [one.due for one in found.open_letters]),
        "step_form": StepForm(None, request.user) if staff else None,
        "staff": staff,
        "confirmable": {code for codes in TO_CONFIRM.values() for code in codes},
    }
    return render(request, "programs/page.html", context | given)


@require_POST
@allow(*READERS)
@of_account
def record_done(request: HttpRequest, account: Account) -> HttpResponse:
    """A letter was sent, or entries were tested."""
    _opened(request, account)
    if not takes_part_for(account, request.user):
        raise Http404
    today = timezone.localdate()
    form = DoneForm(request.POST, [one.due for one in programs_of(account, request.user, today).open_letters])
    if form.is_valid():
        given = {"on": form.cleaned_data["on"], "words": form.cleaned_data["words"], "by": request.user, "today": today}
        due = form.cleaned_data["due"]
        try:
            if due == "test":
                Done.test(account, **given)
            else:
                Done.letter(account, due=datetime.date.fromisoformat(due), **given)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "Recorded.")
            return _back(request)
    return _shown(request, account, done_form=form)


@require_POST
@allow(*STAFF)
@of_account
def record_step(request: HttpRequest, account: Account) -> HttpResponse:
    """An application or a membership moved on."""
    if not looks_after(account, request.user):
        raise Http404
    form = StepForm(request.POST, request.user)
    if form.is_valid():
        try:
            Step.record(account, **form.cleaned_data, by=request.user, today=timezone.localdate())
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "Recorded. The account reads it here.")
            return _back(request)
    return _shown(request, account, step_form=form)


@require_POST
@allow(*STAFF)
@of_account
def confirm(request: HttpRequest, account: Account) -> HttpResponse:
    """A criterion that no data answer is so, or is not so after all."""
    program, _, criterion = request.POST.get("criterion", "").partition(":")
    try:
        if "back" in request.POST:
            rows = Confirmation.objects.visible_to(request.user).filter(account=account, program=program)  # type: ignore[attr-defined]
            for one in rows.filter(criterion=criterion).select_related("account"):
                one.take_back(by=request.user)
        else:
            Confirmation.confirm(account, program, criterion, by=request.user, on=timezone.localdate())
    except (PermissionDenied, ValidationError) as error:
        raise Http404 from error
    messages.success(request, "Recorded.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(f"{request.account_base}/programs/")  # type: ignore[attr-defined]
