"""Signing in: no sign-up, and a name under which failed attempts are counted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class PortalAdapter(DefaultAccountAdapter):
    """People are invited, never self-made."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whom an attempt named, lower-cased: without it strangers would lock out everyone at one address."""
    tried = (credentials or {}).get("email") or (credentials or {}).get("username")
    return str(tried or request.POST.get("login", "")).strip().lower()
