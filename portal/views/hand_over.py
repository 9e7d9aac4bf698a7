"""Managers with their caseload, and the page on which one who leaves hands everything over, for headquarters."""

import datetime
import uuid
from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.caseload import with_caseload
from accounts.guards import allow
from accounts.handing_over import check_successors, hand_over, running, spread, takers
from accounts.models import Account, Cover, Person
from examinations.models import CustomsRequest, ResultQuestion
from look.formats import long_day, plural
from portal.portfolio import Standing, standings


class HandOverForm(forms.Form):
    """Who takes over, and from which day on."""

    to = forms.TypedMultipleChoiceField(
        label="Who takes over",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose who takes the accounts over.",
            "invalid_choice": "This is no account manager.",
        },
    )
    closing = forms.BooleanField(
        label="They leave: close their sign-in from that day on",
        required=False,
        initial=True,
    )
    on = forms.DateField(
        label="They answer from",
        help_text="MM/DD/YYYY",
        required=False,
        error_messages={"invalid": "Write the day as MM/DD/YYYY."},
    )

    def __init__(self, *args: Any, managers: list[Person], today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, known = today, {str(one.pk): one for one in managers}
        label = {key: f"{one.name}, {plural(one.accounts, 'account')}" for key, one in known.items()}  # type: ignore[attr-defined]
        self.fields["to"].choices = list(label.items())  # type: ignore[attr-defined]
        self.fields["to"].coerce = known.get  # type: ignore[attr-defined]

    def clean_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["on"] or self.today
        return on


@allow(Person.Role.HEADQUARTERS)
def managers_page(request: HttpRequest) -> HttpResponse:
    """Who has how many accounts, who is away, and who can be called where."""
    today = timezone.localdate()
    managers = list(with_caseload(today))
    away = {one.absent_id: one for one in Cover.objects.on(today).select_related("covered_by")}
    for person in managers:
        person.away = away.get(person.pk)  # type: ignore[attr-defined]
    context = {"managers": managers, "accounts": sum(one.accounts for one in managers), "away": len(away)}
    return render(request, "portal/managers.html", context)


@allow(Person.Role.HEADQUARTERS)
def hand_over_page(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """First who takes over, then what will move to whom, then it is done; nothing moves before the last."""
    today = timezone.localdate()
    leaver = Person.objects.filter(pk=person_id, role=Person.Role.MANAGER).select_related("center").first()
    if leaver is None:
        raise Http404
    managers = [one for one in with_caseload(today) if one != leaver]
    given = request.POST if request.method == "POST" else request.GET if "to" in request.GET else None
    form = HandOverForm(given, managers=managers, today=today, initial={"on": f"{today:%m/%d/%Y}"})
    on, named = today, []
    if form.is_bound and form.is_valid():
        on, named = form.cleaned_data["on"], form.cleaned_data["to"]
        try:
            check_successors(leaver, named)
            if request.method == "POST":
                return _done(request, leaver, named, on, today)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
    rows = _rows(leaver, on)
    proposed = _proposed(request, [row.account for row in rows], named)
    for row in rows:
        row.successor = proposed.get(row.account.pk)  # type: ignore[attr-defined]
    accounts = [row.account.pk for row in rows]
    away = list(
        Cover.objects.filter(Q(absent=leaver) | Q(covered_by=leaver), ends__gt=on)
        .order_by("starts")
        .select_related("absent")
    )
    owed = [one for one in away if one.covered_by_id == leaver.pk]
    context = {
        "today": today,
        "leaver": leaver,
        "form": form,
        "on": on,
        "named": named,
        "rows": rows,
        "covers": takers(leaver, named, on, owed),
        "absences": len(away) - len(owed),
        "closing": form.cleaned_data.get("closing") if named else True,
        "held": sum(row.held for row in rows),
        "asked": CustomsRequest.objects.of_any(accounts).to_answer().count(),  # type: ignore[attr-defined]
        "questions": ResultQuestion.objects.filter(account__in=accounts).waiting().count(),  # type: ignore[attr-defined]
        "after": _after(named, proposed),
    }
    return render(request, "portal/hand_over.html", context)


def _rows(leaver: Person, on: datetime.date) -> list[Standing]:
    accounts = {one.account_id: one.account for one in running(leaver, on).select_related("account__center")}
    return standings(accounts.values(), timezone.localdate())


def _proposed(request: HttpRequest, accounts: list[Account], named: list[Person]) -> dict[uuid.UUID, Person]:
    """As it was chosen by hand, else as `spread` proposes."""
    if not named:
        return {}
    proposed = spread(accounts, named, {one.pk: one.accounts for one in named})  # type: ignore[attr-defined]
    return proposed | _chosen(request, named)


def _chosen(request: HttpRequest, named: list[Person]) -> dict[uuid.UUID, Person]:
    known, found = {str(one.pk): one for one in named}, {}
    for field, value in request.POST.items():
        if field.startswith("account-") and value in known:
            try:
                found[uuid.UUID(field.removeprefix("account-"))] = known[value]
            except ValueError:
                continue
    return found


def _after(named: list[Person], proposed: dict[uuid.UUID, Person]) -> list[tuple[Person, int, int]]:
    """Each successor with the accounts that they have, and will have."""
    more = Counter(person.pk for person in proposed.values())
    return [(one, one.accounts, one.accounts + more[one.pk]) for one in named]  # type: ignore[attr-defined]


def _done(
    request: HttpRequest, leaver: Person, named: list[Person], on: datetime.date, today: datetime.date
) -> HttpResponse:
    whose = _chosen(request, named)
    to = whose if whose or len(named) > 1 else named[0]
    closing = request.POST.get("closing") == "on"
    done = hand_over(leaver, to=to, first=named[0], by=request.user, on=on, today=today, closing=closing)
    covers = f" and {plural(done.covers, 'cover')}" if done.covers else ""
    messages.success(
        request,
        f"{plural(len(done.accounts), 'account')}{covers} of {leaver} {'go' if on > today else 'have gone'} to"
        f" {', '.join(dict.fromkeys(str(one) for one in done.accounts.values())) or named[0]}"
        f" {'on' if on > today else 'today,'} {long_day(on)}. Each account is told."
        + (f" {leaver} signs in no more {'from that day on' if on > today else 'from now on'}." if closing else ""),
    )
    return redirect("caseload")
