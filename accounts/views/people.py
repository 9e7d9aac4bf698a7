"""Who sees an account's data: its members, and the brokers that it opened more to. One page for both sides."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Delegation, Membership, Person
from accounts.models.delegation import brokers_known_to
from accounts.views.members import lapses_of, members_of

#: No account has more people than fit on one page.
MOST_SHOWN = 200
NO_DAY = {"invalid": "Write the day as MM/DD/YYYY.", "required": "This day is needed."}


class DelegationForm(forms.Form):
    """To which broker, what, on which power of attorney, until when."""

    broker = forms.TypedChoiceField(
        help_text="Brokers that have filed an entry for you.",
        error_messages={
            "required": "Choose the broker.",
            "invalid_choice": "This is no broker that has filed an entry for you.",
        },
    )
    kinds = forms.MultipleChoiceField(
        choices=Delegation.Kind.choices,
        label="What it may see",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of data.", "invalid_choice": "Choose from the list."},
    )
    power_of_attorney = forms.DateField(
        label="Power of attorney signed on", help_text="MM/DD/YYYY", error_messages=NO_DAY
    )
    expires = forms.DateField(label="Last day", help_text="MM/DD/YYYY", error_messages=NO_DAY)

    def __init__(self, *args: Any, brokers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(one.pk): one for one in brokers}
        self.fields["broker"].choices = [("", "Choose a broker"), *known.items()]  # type: ignore[attr-defined]
        self.fields["broker"].coerce = known.get  # type: ignore[attr-defined]


def _members(account: Account, reader: Person) -> list[Membership]:
    """Each with the warning or the closure that stands, if any."""
    found = list(members_of(account)[:MOST_SHOWN])
    lapses = lapses_of([one.person for one in found], reader)
    for one in found:
        one.lapse = lapses.get(one.person_id)  # type: ignore[attr-defined]
    return found


@allow()
@of_account
def people_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Members and delegations; an administrator of an importer opens more to a broker here."""
    today = timezone.localdate()
    if not request.reach.opens(account.pk):
        raise Http404  # a delegate reads its delegations on its own account's page
    members = _members(account, request.user)
    may_delegate = account.kind == Account.Kind.IMPORTER and account.is_administered_by(request.user)
    form = DelegationForm(request.POST or None, brokers=brokers_known_to(account))
    if request.method == "POST":
        if not may_delegate:
            raise Http404
        if form.is_valid():
            try:
                Delegation.grant(account, by=request.user, today=today, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                from_now = form.cleaned_data["power_of_attorney"] <= today
                when = "now" if from_now else "the day of the power of attorney on"
                messages.success(
                    request, f"{form.cleaned_data['broker']} sees {'it ' if from_now else 'it from '}{when}."
                )
                return redirect(request.path)
    sides = Delegation.objects.filter(Q(importer=account) | Q(broker=account)).select_related(
        "importer", "broker", "revoked_by"
    )
    delegations = list(sides.order_by("revoked_at", "-power_of_attorney", "-pk")[:100])
    for one in delegations:
        one.state = one.state_on(today)
    context = {
        "members": members,
        "delegations": delegations,
        "open": sum(one.state == "in force" for one in delegations),
        "administers": account.is_administered_by(request.user),
        "invited": list(account.invitations.open_on(today).select_related("person", "invited_by")),
        "days": settings.ACCESS_DAYS,
        "may_delegate": may_delegate,
        "form": form,
    }
    return render(request, "accounts/people.html", context)


@allow()
@of_account
def revoke(request: HttpRequest, account: Account, delegation_id: int) -> HttpResponse:
    """End a delegation at once; asked for first, since the broker's page closes under its hands."""
    one = (
        Delegation.objects.filter(pk=delegation_id, importer=account, revoked_at=None).select_related("broker").first()
    )
    if one is None or not account.is_administered_by(request.user):
        raise Http404
    if request.method == "POST":
        one.revoke(by=request.user, at=timezone.now())
        messages.success(request, f"{one.broker} sees no more than what it filed itself, from now on.")
        return redirect("people")
    return render(request, "accounts/revoke.html", {"delegation": one})
