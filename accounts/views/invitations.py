"""The address of an invitation: read without signing in by whoever has it, and accepted with a button. A mail scanner that
follows it changes nothing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.guards import public
from accounts.models import Invitation
from accounts.scope import acting_for
from accounts.sign_in import password_address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def invitation_page(request: HttpRequest, secret: str) -> HttpResponse:
    """What one is invited to; accepting leads to a first password, or to the sign-in page."""
    one = Invitation.of_secret(secret)
    if one is None:
        raise Http404
    now, wrong = timezone.localtime(), ""
    if request.method == "POST":
        try:
            with acting_for(one.person):
                one.accept(by=one.person, at=now)
        except ValidationError as error:
            wrong = error.messages[0]
        except PermissionDenied as error:
            raise Http404 from error
        else:
            return _on(request, one)
    state = one.state_on(now.date())
    if state == "open" and not one.can_be_accepted:
        state = "not for you"
    context = {"one": one, "state": state, "wrong": wrong}
    answer = render(request, "accounts/invitation.html", context)
    answer["X-Robots-Tag"] = "noindex"
    # The address is the secret, and leaves to no other site; told to none at all, browsers hide the origin of the form too.
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _on(request: HttpRequest, one: Invitation) -> HttpResponse:
    """Who has no password yet sets one: the address that was used has proved the mailbox."""
    if not one.person.has_usable_password():
        return redirect(password_address(one.person))
    messages.success(request, f"You belong to {one.account_name} now. Sign in with the password that you have.")
    return redirect("account_login")
