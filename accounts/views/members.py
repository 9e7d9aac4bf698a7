"""One person of an account: how they are reached, and, for administrators, their role, renewal and removal."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Invitation, Lapse, Membership, Person
from look.forms import put_errors


class InvitationForm(forms.Form):
    """Whom to invite, and whether they are to manage the account's people."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Write the person's name."})
    email = forms.EmailField(
        label="Mail address",
        max_length=254,
        help_text="The invitation goes there, and can be accepted from there alone.",
        error_messages={"required": "Write the mail address.", "invalid": "Write an address like name@company.com."},
    )
    administrator = forms.BooleanField(
        label="May manage people: invite, remove, and open data to brokers", required=False
    )


class ContactForm(forms.Form):
    """How a person of an account is best reached."""

    telephone = forms.CharField(
        required=False, max_length=30, help_text="Your colleagues and your account manager see it."
    )
    language = forms.ChoiceField(
        label="Language you speak best",
        required=False,
        choices=[("", "Not said"), *Person.Language.choices],
        help_text="A note for who calls you. The portal and its mails stay in English.",
        error_messages={"invalid_choice": "Choose from the list."},
    )


def members_of(account: Account) -> QuerySet[Membership]:
    """Those who belong to the account now, administrators first."""
    open_ones = Membership.objects.filter(account=account, ended_at=None).select_related("person")
    return open_ones.order_by("-administrator", "person__name", "pk")


def lapses_of(people: list[Person], reader: Person) -> dict[object, Lapse]:
    """The standing warning or closure of each of these, by id of the person; one statement."""
    rows = Lapse.objects.visible_to(reader).standing().filter(person__in=people)  # type: ignore[attr-defined]
    return {one.person_id: one for one in rows}


def _administered(request: HttpRequest, account: Account) -> None:
    if not account.is_administered_by(request.user):
        raise Http404


@allow(Person.Role.MEMBER)
@of_account
def invite_page(request: HttpRequest, account: Account) -> HttpResponse:
    """An administrator invites a person; nothing opens before they accept."""
    _administered(request, account)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = Invitation.invite(account, **form.cleaned_data, by=request.user, at=timezone.localtime())
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"{made.person.email} is invited. Nothing opens to them before they accept.")
            return redirect("people")
    return render(request, "accounts/invite.html", {"form": form})


@require_POST
@allow(Person.Role.MEMBER)
@of_account
def change_invitation(request: HttpRequest, account: Account, invitation_id: Any) -> HttpResponse:
    """Send an open invitation again, or withdraw it."""
    _administered(request, account)
    one = Invitation.objects.filter(account=account, pk=invitation_id).select_related("person", "account").first()
    verbs = {"again": ("send_again", "sent again"), "withdraw": ("withdraw", "withdrawn")}
    if one is None or request.POST.get("do") not in verbs:
        raise Http404
    verb, done = verbs[request.POST["do"]]
    try:
        getattr(one, verb)(by=request.user, at=timezone.localtime())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"The invitation of {one.person.email} is {done}.")
    return redirect("people")


@allow()
@of_account
def member_page(request: HttpRequest, account: Account, membership_id: int) -> HttpResponse:
    """One person; everybody changes how they themselves are reached, administrators the rest."""
    if not request.reach.opens(account.pk):
        raise Http404
    one = members_of(account).select_related("account").filter(pk=membership_id).first()
    if one is None:
        raise Http404
    mine = one.person_id == request.user.pk
    administers = account.is_administered_by(request.user)
    held = {"telephone": one.person.telephone, "language": one.person.language}
    form = ContactForm(request.POST if request.POST.get("do") == "contact" else None, initial=held)
    lapse = lapses_of([one.person], request.user).get(one.person_id)
    if request.method == "POST":
        answer = _changed(request, one, form if mine else None, administers, lapse)
        if answer:
            return answer
    context = {
        "one": one,
        "person": one.person,
        "mine": mine,
        "administers": administers,
        "form": form,
        "lapse": lapse,
        "last": administers and one.administrator and _is_last(one),
    }
    return render(request, "accounts/member.html", context)


def _is_last(one: Membership) -> bool:
    return not members_of(one.account).filter(administrator=True).exclude(pk=one.pk).exists()


def _changed(
    request: HttpRequest, one: Membership, form: ContactForm | None, administers: bool, lapse: Lapse | None
) -> HttpResponse | None:
    """Do what was asked; None where the page is to say what is wrong. What is not this person's to do does not exist."""
    do, person = request.POST.get("do"), one.person
    back = redirect(f"{request.account_base}/people/")  # type: ignore[attr-defined]
    try:
        if do == "contact" and form is not None:
            return _contact_kept(request, person, form)
        if not administers:
            raise Http404
        if do == "role":
            wanted = request.POST.get("administrator") == "yes"
            one.change_role(administrator=wanted, by=request.user)
            messages.success(request, f"{person.name} may {'manage people' if wanted else 'read'} from now on.")
        elif do == "remove":
            one.remove(by=request.user)
            messages.success(request, f"{person.name} sees nothing of the account any more.")
        elif do == "renew" and lapse is not None:
            lapse.renew(by=request.user)
            messages.success(request, f"{person.name} can sign in again, with the password they have.")
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(request.path)
    return redirect("/") if person.pk == request.user.pk else back


def _contact_kept(request: HttpRequest, person: Person, form: ContactForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        person.say_how_reached(**form.cleaned_data, by=request.user)
    except ValidationError as error:
        put_errors(form, error)
        return None
    messages.success(request, "Saved.")
    return redirect(request.path)
