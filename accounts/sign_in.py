"""Signing in: no sign-up, and a name under which failed attempts are counted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Person


class PortalAdapter(DefaultAccountAdapter):
    """People are invited, never self-made."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


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
