"""CBP's own notes of contacts with an account: a ledger, a form, and what is to follow."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from inquiries.attached import Attached, attachment_of, row_named
from inquiries.models.contact import LONGEST, SHORT, Contact, FollowUp, keeps_notes
from inquiries.reviewing import review_of
from look.formats import long_day
from look.forms import put_errors
from look.paging import CappedPaginator

PAGE, OPEN_SHOWN = 20, 25
DAY = "MM/DD/YYYY"
STAFF = (Person.Role.MANAGER, Person.Role.HEADQUARTERS)


class ContactForm(forms.Form):
    """A call, visit, meeting or letter; and, where something follows, what and by when."""

    kind = forms.ChoiceField(choices=Contact.Kind.choices, error_messages={"required": "Choose what it was."})
    on = forms.DateField(
        label="On", help_text=DAY, widget=forms.DateInput(format="%m/%d/%Y"),
        error_messages={"required": "Say when it was.", "invalid": f"Write the day as {DAY}."},
    )  # fmt: skip
    whom = forms.CharField(label="With whom", max_length=SHORT, error_messages={"required": "Say with whom."})
    words = forms.CharField(
        label="What was said",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say what was said."},
    )
    what = forms.CharField(label="What is to be done next", max_length=SHORT, required=False)
    due = forms.DateField(
        label="By when", help_text=DAY, required=False, error_messages={"invalid": f"Write the day as {DAY}."}
    )

    def clean(self) -> dict[str, Any]:
        """What follows has a day, and a day has something that follows."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") and not given.get("due") and "due" not in self.errors:
            self.add_error("due", "Say by when.")
        if given.get("due") and not given.get("what"):
            self.add_error("what", "Say what is to be done by then.")
        return given


NOTED = ("kind", "on", "whom", "words")


@allow(*STAFF)
@of_account
def contacts_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The ledger, the newest first, what is still to be done, and the form for a new note."""
    if not keeps_notes(account, request.user):
        raise Http404
    today = timezone.localdate()
    about, attached = _attached(request.GET.get("about", ""), account, request.user)
    form = ContactForm(request.POST or None, initial={"on": today})
    if request.method == "POST" and form.is_valid() and _noted(form, account, request.user, today, about):
        messages.success(request, "Noted. The account never sees it.")
        return redirect(request.path)
    rows = Contact.objects.visible_to(request.user).filter(account=account).select_related("by")  # type: ignore[attr-defined]
    open_ones = FollowUp.objects.visible_to(request.user).filter(account=account).open()  # type: ignore[attr-defined]
    page = CappedPaginator(rows.prefetch_related("follow_ups__done_by"), PAGE).get_page(request.GET.get("page"))
    context = {
        "today": today,
        "form": form,
        "page": page,
        "newest": rows.first(),
        "review_due": review_of(account),
        "attached": attached,
        "open": list(open_ones.select_related("contact", "by")[:OPEN_SHOWN]),
        "late": open_ones.filter(due__lt=today).count(),
    }
    return render(request, "inquiries/contacts.html", context)


def _attached(named: str, account: Account, person: Person) -> tuple[models.Model | None, Attached | None]:
    """The row that an address names, and what is told of it. Raises Http404 where there is none for this person, or it is
    another account's: those who read the notes of this one may not see it."""
    if not named:
        return None, None
    about = row_named(named, person)
    if about is None:
        raise Http404
    try:
        return about, attachment_of(about, account, person)
    except ValidationError as error:
        raise Http404 from error


def _noted(
    form: ContactForm, account: Account, person: Person, today: datetime.date, about: models.Model | None
) -> bool:
    """Keep the note and what follows, or neither; what is refused stands beside its field."""
    given = form.cleaned_data
    try:
        with transaction.atomic():
            noted = {name: given[name] for name in NOTED}
            contact = Contact.note(account, **noted, by=person, today=today, about=about)
            if given["what"]:
                FollowUp.plan(contact, what=given["what"], due=given["due"], by=person, today=today)
    except ValidationError as error:
        put_errors(form, error)
        return False
    return True


@allow(*STAFF)
@of_account
def contact_page(request: HttpRequest, account: Account, contact_id: int) -> HttpResponse:
    """Correct one's own note, or add what follows from anybody's."""
    rows = Contact.objects.visible_to(request.user).filter(account=account, pk=contact_id)  # type: ignore[attr-defined]
    contact = rows.select_related("by", "account").first()
    if contact is None or not keeps_notes(account, request.user):
        raise Http404
    today, mine = timezone.localdate(), contact.by_id == request.user.pk
    held = {name: getattr(contact, name) for name in NOTED}
    sent = request.POST or None
    if sent and not mine:
        sent = request.POST.copy()
        sent.update({name: str(value) for name, value in held.items()})
    form = ContactForm(sent, initial=held)
    if request.method == "POST" and form.is_valid() and _changed(form, contact, request.user, today, mine):
        messages.success(request, "Saved.")
        return redirect(f"{request.account_base}/contacts/")  # type: ignore[attr-defined]
    return render(
        request, "inquiries/contact.html", {"contact": contact, "form": form, "mine": mine, "not_mine": not mine}
    )


def _changed(form: ContactForm, contact: Contact, person: Person, today: datetime.date, mine: bool) -> bool:
    given = form.cleaned_data
    try:
        with transaction.atomic():
            if mine:
                contact.change(**{name: given[name] for name in NOTED}, by=person, today=today)
            if given["what"]:
                FollowUp.plan(contact, what=given["what"], due=given["due"], by=person, today=today)
    except ValidationError as error:
        put_errors(form, error)
        return False
    return True


@require_POST
@allow(*STAFF)
@of_account
def finish(request: HttpRequest, account: Account, follow_up_id: int) -> HttpResponse:
    """It is done."""
    rows = FollowUp.objects.visible_to(request.user).filter(account=account, pk=follow_up_id)  # type: ignore[attr-defined]
    one = rows.select_related("account").first()
    if one is None:
        raise Http404
    try:
        done = one.finish(by=request.user, on=timezone.localdate())
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, "Done." if done else f"It was done already, on {long_day(one.done_on)}.")
    return redirect(f"{request.account_base}/contacts/")  # type: ignore[attr-defined]
