"""How one is told: by kind at once, in a digest or in the portal alone; and the address that turns a kind off."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import allow, public
from accounts.models import Person
from accounts.scope import acting_for
from notifications import kinds, unsubscribing
from notifications.forms import HowForm
from notifications.models import HowTold, Suppression


@require_http_methods(["GET", "HEAD", "POST"])
@allow()
def how(request: HttpRequest) -> HttpResponse:
    """The person's choices, one for each kind of message, and whose morning a digest comes in."""
    told = HowTold.of_person(request.user)
    form = HowForm(request.POST or None, told=told)
    if request.method == "POST" and form.is_valid():
        HowTold.choose(request.user, form.choices(), time_zone=form.cleaned_data["time_zone"], by=request.user)
        messages.success(request, "Kept. From now on you are told this way.")
        return redirect("how-told")
    held = Suppression.of_person(request.user)
    chosen = [told.of(name) for name in kinds.KINDS]
    context = {
        "form": form,
        "of_kinds": form.of_kinds(),
        "held": held,
        "at_once": chosen.count(kinds.AT_ONCE),
        "waiting": sum(how in (kinds.DAILY, kinds.WEEKLY) for how in chosen),
        "silent": chosen.count(kinds.PORTAL),
    }
    return render(request, "notifications/how.html", context)


@require_POST
@allow()
def lift_mine(request: HttpRequest) -> HttpResponse:
    """Have mail sent to one's own address again."""
    held = Suppression.of_person(request.user)
    if held is None:
        raise Http404
    _lift(request, held)
    return redirect("how-told")


@require_POST
@allow(Person.Role.HEADQUARTERS)
def lift(request: HttpRequest, suppression_id: int) -> HttpResponse:
    """Have mail sent to somebody's address again, after its mailbox was mended."""
    held = Suppression.objects.open().filter(pk=suppression_id).first() if suppression_id < 2**63 else None  # type: ignore[attr-defined]
    if held is None:
        raise Http404
    _lift(request, held)
    return redirect("mail")


def _lift(request: HttpRequest, held: Suppression) -> None:
    try:
        held.lift(by=request.user)
    except PermissionDenied:
        messages.error(request, "Who called a mail spam takes that back, and nobody else.")
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, f"Mail goes to {held.address} again, from the next message on.")


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """Turn mails of one kind off, without signing in. Looking changes nothing: mail programs and scanners look.

    A mail program sends the one field of RFC 8058, a person presses the button; both do the same.
    """
    found = unsubscribing.read(signed)
    person = Person.objects.filter(pk=found[0]).first() if found else None
    if found is None or person is None:
        raise Http404
    kind = kinds.KINDS.get(found[1])
    if request.method == "POST":
        with acting_for(person):
            unsubscribing.unsubscribe(person, found[1])
    context = {"kind": kind, "done": request.method == "POST"}
    answer = render(request, "notifications/unsubscribe.html", context)
    answer["Cache-Control"], answer["X-Robots-Tag"] = "private, no-store", "noindex"
    return answer
