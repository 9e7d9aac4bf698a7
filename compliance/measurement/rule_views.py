"""Headquarters' pages of what holds for all plans, by number: what is major, and into which groups chapters fall."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.guards import allow
from accounts.models import Person
from compliance.measurement.forms import GroupsForm, RulesForm
from compliance.measurement.models import ChapterGroups, MajorRules
from look.forms import put_errors

HEADQUARTERS = Person.Role.HEADQUARTERS


@allow(HEADQUARTERS)
def rules_page(request: HttpRequest) -> HttpResponse:
    """Every set of rules of what is major, and a form for the next."""
    every = list(MajorRules.objects.visible_to(request.user).select_related("made_by"))
    newest = every[0]
    names = RulesForm.Meta.fields
    initial = {name: getattr(newest, name) for name in names} | {"since": timezone.localdate()}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            MajorRules.make(by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            return redirect("measurement-rules")
    return render(request, "measurement/rules.html", {"every": every, "newest": newest, "form": form})


@allow(HEADQUARTERS)
def groups_page(request: HttpRequest) -> HttpResponse:
    """Every set of groups of chapters, and a form for the next."""
    every = list(ChapterGroups.objects.visible_to(request.user).select_related("made_by"))
    newest = every[0]
    form = GroupsForm(request.POST or None, initial={"since": timezone.localdate(), "text": newest.text})
    if request.method == "POST" and form.is_valid():
        try:
            ChapterGroups.make(by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            return redirect("measurement-groups")
    return render(request, "measurement/groups.html", {"every": every, "newest": newest, "form": form})
