"""Signing in: no sign-up, and a name under which failed attempts are counted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.signals import password_reset
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.lapsing import lapse_of
from accounts.models import Person
from accounts.scope import acting_for


class PortalAdapter(DefaultAccountAdapter):
    """People are invited, never self-made."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Whose access lapsed gave the right password, and is led to a mail that opens it again; nobody else is told."""
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refused is not None:
            return refused
        with acting_for(user):
            lapse = lapse_of(user)
        if lapse is None:
            return None
        return render(request, "account/lapsed.html", {"lapse": lapse, "email": user.email}, status=403)


@receiver(password_reset, dispatch_uid="accounts.sign_in.renew")
def renew(sender: object, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Whoever set a new password from the mail has proved their mailbox: an access that lapsed is open again."""
    with acting_for(user):
        lapse = lapse_of(user)
        if lapse is not None:
            lapse.renew(by=user)


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whom an attempt named, lower-cased: without it strangers would lock out everyone at one address."""
    tried = (credentials or {}).get("email") or (credentials or {}).get("username")
    return str(tried or request.POST.get("login", "")).strip().lower()


def password_address(person: Person) -> str:
    """A one-time address at which this person sets a password: dead once used, or after PASSWORD_RESET_TIMEOUT.

    Whoever has it is that person. It goes to their own mailbox or to who asked on the command line, never into
    a row or a log.
    """
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
    return settings.PORTAL_ADDRESS + path
