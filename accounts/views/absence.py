"""Who is away and who answers meanwhile: managers arrange it for themselves, headquarters for everybody."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.caseload import active_managers
from accounts.guards import allow
from accounts.models import Assignment, Cover, Person
from accounts.models.cover import of_manager

NO_DAY = {"invalid": "Write the day as MM/DD/YYYY.", "required": "This day is needed."}
#: Absences that are over and still listed.
PAST_SHOWN, PAST = 50, datetime.timedelta(days=366)


def last_day_field() -> forms.DateField:
    return forms.DateField(label="Last day away", help_text="MM/DD/YYYY", error_messages=NO_DAY)


class AbsenceForm(forms.Form):
    """Who is away (headquarters says), who covers, from which day through which."""

    absent = forms.TypedChoiceField(label="Who is away", error_messages={"required": "Choose who is away."})
    covered_by = forms.TypedChoiceField(
        label="Who answers meanwhile", error_messages={"required": "Choose a colleague."}
    )
    starts = forms.DateField(label="First day away", help_text="MM/DD/YYYY", error_messages=NO_DAY)
    last = last_day_field()

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(one.pk): one for one in active_managers()}
        for name in ("absent", "covered_by"):
            self.fields[name].choices = [("", "Choose a manager"), *known.items()]  # type: ignore[attr-defined]
            self.fields[name].coerce = known.get  # type: ignore[attr-defined]
            self.fields[name].error_messages["invalid_choice"] = "This is no account manager."
        if not by.is_headquarters:
            del self.fields["absent"]
            others = [(key, one) for key, one in known.items() if one != by]
            self.fields["covered_by"].choices = [("", "Choose a colleague"), *others]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    last = last_day_field()


@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def absence_page(request: HttpRequest) -> HttpResponse:
    """Absences now, ahead and past, with a form for the next."""
    today = timezone.localdate()
    form = AbsenceForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"absent": request.user} | form.cleaned_data
        try:
            cover = Cover.arrange(given.pop("absent"), by=request.user, today=today, **given)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{cover.covered_by} answers for {cover.absent} {cover.in_words}.")
            return redirect("absence")
    of_all = Cover.objects.all() if request.user.is_headquarters else of_manager(request.user)
    covers = of_all.select_related("absent", "covered_by").annotate(
        accounts=Count("absent__assignments", filter=Q(absent__assignments__in=Assignment.objects.on(today)))
    )
    coming = list(covers.filter(ends__gt=today).order_by("starts", "absent__name"))
    now = [one for one in coming if one.starts <= today]
    own = [one for one in coming if one.absent == request.user]
    context = {
        "today": today,
        "form": form,
        "coming": coming,
        "now": now,
        "ahead": len(coming) - len(now),
        "own": own[0] if own else None,
        "covering": [one for one in now if one.covered_by == request.user],
        "past": covers.filter(ends__lte=today, ends__gt=today - PAST).order_by("-ends")[:PAST_SHOWN],
        "accounts": Assignment.objects.on(today).filter(manager=request.user).count(),
    }
    return render(request, "accounts/absence.html", context)


@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def change_absence(request: HttpRequest, cover_id: int) -> HttpResponse:
    """Another last day, or none of it; asked for on a page of its own, since accounts close under a colleague's hands."""
    today = timezone.localdate()
    cover = Cover.objects.filter(pk=cover_id, ends__gt=today).select_related("absent", "covered_by").first()
    if cover is None or not cover.is_arranged_by(request.user):
        raise Http404
    if request.method == "POST" and "cancel" in request.POST:
        cover.cancel(by=request.user, today=today)
        messages.success(request, f"{cover.covered_by} no longer answers for {cover.absent}.")
        return redirect("absence")
    form = EndForm(request.POST or None, initial={"last": f"{cover.last_day:%m/%d/%Y}"})
    if request.method == "POST" and form.is_valid():
        try:
            cover.change_end(form.cleaned_data["last"], by=request.user, today=today)
        except ValidationError as error:
            form.add_error("last", error.messages[0])
            cover.refresh_from_db()
        else:
            messages.success(request, f"{cover.covered_by} answers for {cover.absent} {cover.in_words}.")
            return redirect("absence")
    return render(request, "accounts/absence_change.html", {"cover": cover, "form": form, "today": today})
