"""Which Center answers for an importer, since when, and how it asks for another (19 CFR 101.10)."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Center, CenterAppeal, CenterStay, Person
from accounts.models.center_appeal import LONGEST
from look.formats import long_day
from portal.centers import trade_of

PAST_SHOWN, PAST = 50, datetime.timedelta(days=366)


class AppealForm(forms.Form):
    """Which Center, and why."""

    wished = forms.TypedChoiceField(
        label="Which Center should answer",
        error_messages={"required": "Choose the Center.", "invalid_choice": "This is no Center."},
    )
    reasons = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST,
        help_text="What you import, and what that Center knows better.",
        error_messages={"required": "Say why."},
    )

    def __init__(self, *args: Any, now: Center | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {center.code: center for center in Center.objects.all() if center != now}
        choices = [("", "Choose a Center"), *((code, f"{one.name}, {one.city}") for code, one in known.items())]
        self.fields["wished"].choices = choices  # type: ignore[attr-defined]
        self.fields["wished"].coerce = known.get  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    words = forms.CharField(
        label="What the decision says",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST,
        help_text="The account reads it.",
        error_messages={"required": "Say why: the account reads it."},
    )
    from_day = forms.DateField(
        label="Where granted, the Center changes on",
        help_text="MM/DD/YYYY, today or later",
        required=False,
        error_messages={"invalid": "Write the day as MM/DD/YYYY."},
    )


def _about(request: HttpRequest, account: Account) -> dict[str, Any]:
    appeals = CenterAppeal.objects.visible_to(request.user).filter(account=account)
    found = list(appeals.select_related("center", "wished", "asked_by", "decided_by")[:PAST_SHOWN])
    today = timezone.localdate()
    stays = list(CenterStay.objects.visible_to(request.user).filter(account=account).select_related("center"))
    return {
        "today": today,
        "trade": trade_of(account, request.user, today),
        "stays": stays,
        "next": next((one for one in reversed(stays) if one.starts and one.starts > today), None),
        "appeals": found,
        "open": next((one for one in found if one.state == CenterAppeal.State.OPEN), None),
    }


@allow()
@of_account
def center_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The Center of today, before and after, what the account imports, and its appeals; an administrator asks here."""
    if account.kind != Account.Kind.IMPORTER or not request.reach.opens(account.pk):
        raise Http404  # a broker has no Center, and a delegate reads its own account's page
    may_ask = account.is_administered_by(request.user)
    form = AppealForm(request.POST or None, now=account.center)
    if request.method == "POST":
        if not may_ask:
            raise Http404
        if form.is_valid():
            try:
                CenterAppeal.ask(account, by=request.user, on=timezone.localdate(), **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(
                    request, "Headquarters has your appeal. You hear of the decision by mail, and read it here."
                )
                return redirect(request.path)
    context = _about(request, account) | {"form": form, "may_ask": may_ask}
    return render(request, "portal/center.html", context)


@require_POST
@allow()
@of_account
def withdraw_appeal(request: HttpRequest, account: Account, appeal_id: int) -> HttpResponse:
    """Take an open appeal back."""
    appeal = CenterAppeal.objects.visible_to(request.user).filter(pk=appeal_id, account=account).first()
    if appeal is None or not account.is_administered_by(request.user):
        raise Http404
    try:
        appeal.withdraw(by=request.user, on=timezone.localdate())
        messages.success(request, "The appeal is withdrawn.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect(f"{request.account_base}/center/")  # type: ignore[attr-defined]


@allow(Person.Role.HEADQUARTERS)
def appeals_page(request: HttpRequest) -> HttpResponse:
    """Appeals that wait for a decision, the oldest first, and those of the last twelve months."""
    rows = CenterAppeal.objects.visible_to(request.user).select_related("account", "center", "wished", "decided_by")
    since = timezone.localdate() - PAST
    context = {
        "today": timezone.localdate(),
        "waiting": list(rows.open()),  # type: ignore[attr-defined]
        "decided": rows.exclude(state=CenterAppeal.State.OPEN).filter(decided_on__gte=since)[:PAST_SHOWN],
    }
    return render(request, "portal/center_appeals.html", context)


@allow(Person.Role.HEADQUARTERS)
def appeal_page(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """One appeal with what the account imports; granted or refused here."""
    rows = CenterAppeal.objects.visible_to(request.user).select_related(
        "account__center", "center", "wished", "asked_by"
    )
    appeal = rows.filter(pk=appeal_id).first()
    if appeal is None:
        raise Http404
    today = timezone.localdate()
    form = DecisionForm(request.POST or None, initial={"from_day": f"{today:%m/%d/%Y}"})
    if request.method == "POST" and form.is_valid():
        words, from_day = form.cleaned_data["words"], form.cleaned_data["from_day"] or today
        try:
            if "grant" in request.POST:
                appeal.grant(by=request.user, from_day=from_day, words=words, on=today)
                said = (
                    f"Granted: the {appeal.wished.name} Center answers for {appeal.account} from {long_day(from_day)}."
                )
            else:
                appeal.refuse(by=request.user, words=words, on=today)
                said = f"Refused: {appeal.account} stays with the {appeal.center.name} Center."
        except ValidationError as error:
            form.add_error(None, error)
            appeal = rows.get(pk=appeal_id)
        else:
            messages.success(request, said + " Its people hear of it by mail.")
            return redirect("center-appeals")
    context = {"appeal": appeal, "form": form, "account": appeal.account} | _about(request, appeal.account)
    return render(request, "portal/center_appeal.html", context)
