"""A new inquiry, with the row that it is about."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from documents.uploading import takes_a_file
from inquiries.attached import attachment_of, row_named
from inquiries.forms import QuestionForm, WrittenDownForm
from inquiries.models import Inquiry, Target
from inquiries.promises.clock import due
from inquiries.promises.promising import LAST_RESORT, MINUTES, hours_in, zone_of
from inquiries.tasks import route_inquiries, tell_of_inquiries
from inquiries.verbs import WITHDRAWN
from look.forms import put_errors

#: What a question about such a row most often is; the asker may choose another.
CATEGORY_OF = {"examination": "hold", "bond": "bond"}


@takes_a_file
@allow(Person.Role.MEMBER)
@of_account
def new_inquiry(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask. The row stands in the address, as "about=examination:12"; one that the asker may not see is not there."""
    if account.pk not in request.reach.own:  # type: ignore[attr-defined]
        raise Http404
    named = request.GET.get("about", "")
    about = row_named(named, request.user) if named else None
    if named and about is None:
        raise Http404
    form = QuestionForm(request, initial={"category": CATEGORY_OF.get(named.partition(":")[0])})
    withdrawn = WITHDRAWN if account.state == Account.State.WITHDRAWN else ""
    if request.method == "POST" and form.is_valid():
        try:
            inquiry = Inquiry.objects.ask(account, by=request.user, about=about, **form.cleaned_data)  # type: ignore[attr-defined]
        except ValidationError as error:
            put_errors(form, error)
        except PermissionDenied as error:
            raise Http404 from error
        else:
            route_inquiries.delay_on_commit()
            tell_of_inquiries.delay_on_commit()
            return redirect(f"{request.account_base}/inquiries/{inquiry.pk}/")  # type: ignore[attr-defined]
    try:
        attached = attachment_of(about, account, request.user) if about is not None else None
        refused = ""
    except ValidationError as error:
        attached, refused = None, error.messages[0]
    context = {
        "form": form, "attached": attached, "refused": refused or withdrawn, "by_when": _by_when(account), "zone": zone_of(account),
    }  # fmt: skip
    return render(request, "inquiries/new.html", context, status=400 if form.errors else 200)


@takes_a_file
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account
def write_down(request: HttpRequest, account: Account) -> HttpResponse:
    """Put down in writing what somebody of the account asked by telephone, in person or by letter."""
    if not request.reach.sees_law_enforcement_data(account.pk):  # type: ignore[attr-defined]
        raise Http404
    form = WrittenDownForm(request, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            inquiry = Inquiry.objects.write_down(account, by=request.user, **form.cleaned_data)  # type: ignore[attr-defined]
        except ValidationError as error:
            put_errors(form, error)
        else:
            route_inquiries.delay_on_commit()
            tell_of_inquiries.delay_on_commit()
            messages.success(request, f"Written down. {inquiry.asked_by.name} is told, and can add to it.")
            return redirect(f"{request.account_base}/inquiries/{inquiry.pk}/")  # type: ignore[attr-defined]
    context = {
        "form": form,
        "account": account,
        "refused": WITHDRAWN if account.state == Account.State.WITHDRAWN else "",
        "by_when": _by_when(account),
        "zone": zone_of(account),
    }
    return render(request, "inquiries/write_down.html", context, status=400 if form.errors else 200)


def _by_when(account: Account) -> object:
    """By when a usual question of now is answered."""
    hours = Target.objects.filter(category=None, urgency="usual").values_list("hours", flat=True).first()
    zone = zone_of(account)
    return due(timezone.now(), (hours or LAST_RESORT) * MINUTES, (), hours_in(zone))
