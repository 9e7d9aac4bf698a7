"""Who answers for an account: for staff by dates, and what a manager says of when they can be called."""

import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.answering import history_of
from accounts.current import of_account
from accounts.guards import allow
from accounts.hours import ZONES
from accounts.models import Account, Person

NO_TIME = {"invalid": "Write the time as 8:30 or 17:00."}
#: Detroit keeps New York's time: one name in the list is enough.
OFFERED = {zone: words for zone, words in ZONES.items() if zone != "America/Detroit"}


class DayForm(forms.Form):
    on = forms.DateField(
        label="Who answered on",
        help_text="MM/DD/YYYY",
        error_messages={"invalid": "Write the day as MM/DD/YYYY.", "required": "Write the day as MM/DD/YYYY."},
    )


class HoursForm(forms.Form):
    """Where and when a manager can be called."""

    telephone = forms.CharField(required=False, max_length=30, help_text="Your accounts see it.")
    opens = forms.TimeField(label="Weekdays from", required=False, help_text="For example 8:30", error_messages=NO_TIME)
    closes = forms.TimeField(
        label="Weekdays until", required=False, help_text="For example 17:00", error_messages=NO_TIME
    )
    time_zone = forms.ChoiceField(
        label="By whose clock",
        required=False,
        choices=[("", "That of my Center"), *OFFERED.items()],
        error_messages={"invalid_choice": "Choose from the list."},
    )


@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account
def managers_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Every stretch of days with who answered, and who did on one day."""
    today = timezone.localdate()
    form = DayForm(request.GET if "on" in request.GET else None)
    found = history_of(account)
    day: datetime.date | None = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    context = {
        "today": today,
        "form": form,
        "day": day,
        "then": next((one for one in found if day and one.holds(day)), None),
        "now": next((one for one in found if one.holds(today)), None),
        "stretches": found,
        "managers": len({one.manager.pk for one in found if one.starts <= today}),
    }
    return render(request, "accounts/managers.html", context)


@allow(Person.Role.MANAGER)
def hours_page(request: HttpRequest) -> HttpResponse:
    """What a manager's accounts see of when they can be called."""
    person = request.user
    held = {name: getattr(person, name) for name in ("telephone", "time_zone")}
    held |= {name: f"{at:%H:%M}" if (at := getattr(person, name)) else "" for name in ("opens", "closes")}
    form = HoursForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        try:
            person.say_when_reached(by=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Your accounts see it from now on.")
            return redirect("hours")
    return render(request, "accounts/hours.html", {"form": form, "person": person})
