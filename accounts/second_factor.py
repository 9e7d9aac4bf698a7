"""People who work for the government sign in with a second factor, where the settings ask for it."""

from collections.abc import Callable

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from accounts.guards import is_public
from accounts.models import Person
from accounts.sealing import seal, unseal

MISSING = "Set up a second factor first."


def is_owed(person: Person) -> bool:
    """Whether this person may not go on without a second factor."""
    return settings.SECOND_FACTOR_FOR_STAFF and person.is_government


def is_missing(person: Person) -> bool:
    """Whether this person owes a second factor and has not set one up."""
    return is_owed(person) and not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def forget(person: Person) -> bool:
    """Remove a lost second factor, recovery codes and all. Returns whether there was one."""
    count, _ = Authenticator.objects.filter(user=person).delete()
    return bool(count)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are encrypted at rest, and whoever owes a second factor keeps it."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return authenticator.type != Authenticator.Type.TOTP or not is_owed(authenticator.user)


class SecondFactorMiddleware:
    """Sits after the guard: whoever owes a second factor sees nothing before it is set up.

    A person who has one was asked for it when signing in, by allauth.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if not person.is_authenticated or is_public(request.path) or not is_missing(person):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": MISSING}, status=403)
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
