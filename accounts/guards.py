"""Deny by default: a view that declares no rule is refused, and what one may not see does not exist.

Not signed in, every path but the public ones gets the same redirect to the sign-in page, and below /api/ the
same 401, whether something is there or not. Signed in, a page that one may not see answers like a page that
does not exist.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.urls import Resolver404, resolve

from accounts.models import Person

API = "/api/"
View = TypeVar("View", bound=Callable[..., Any])
Rule = Callable[[Person], bool]
#: Who reads what concerns accounts: of one's own, of those in one's care, or of all.
READERS = (Person.Role.MEMBER, Person.Role.MANAGER, Person.Role.HEADQUARTERS)


def allow(*roles: str) -> Callable[[View], View]:
    """Declare who may open a view: these roles, or without any, everyone signed in."""

    def rule(person: Person) -> bool:
        return not roles or person.role in roles

    def mark(view: View) -> View:
        view.guard = rule  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Declare a view that needs nobody signed in; its path must be among settings.PUBLIC_PATHS."""
    view.guard = None  # type: ignore[attr-defined]
    return view


def is_public(path: str) -> bool:
    """Whether a path is open to those who have not signed in."""
    return any(path == known or (known.endswith("/") and path.startswith(known)) for known in settings.PUBLIC_PATHS)


def carries_token(request: HttpRequest) -> bool:
    """Whether a token comes with the request, good or not."""
    return request.headers.get("Authorization", "").lower().startswith("token")


#: Views of libraries, which cannot carry our mark: by URL namespace.
NAMESPACES: dict[str, Rule] = {"admin": lambda person: person.is_staff}


def may_open(person: Person, view: Callable[..., Any], namespaces: list[str], path: str) -> bool:
    """Whether a signed-in person may open this view at this path."""
    for namespace in namespaces:
        if namespace in NAMESPACES:
            return NAMESPACES[namespace](person)
    if is_public(path):
        return True
    rule: Rule | None = getattr(view, "guard", lambda person: False)
    return rule is None or rule(person)


class GuardMiddleware:
    """Sits after the scope middleware, so that who signed in is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or is_public(request.path):
            return self.get_response(request)
        if request.path.startswith(API):
            if carries_token(request):
                return self.get_response(request)  # every view there asks accounts/api/authentication.py first
            response = JsonResponse({"detail": "Sign in, or send an API token."}, status=401)
            response["WWW-Authenticate"] = "Token"
            return response
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        if not request.user.is_authenticated:
            return
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        if not may_open(request.user, view, namespaces, request.path):
            raise Http404


class SlashMiddleware(CommonMiddleware):
    """Adds a missing slash at the end, but only for who may open the page: else it would tell that there is one."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if not super().should_redirect_with_slash(request):
            return False
        path = f"{request.path_info}/"
        try:
            found = resolve(path)
        except Resolver404:
            return False
        person = getattr(request, "user", None)
        if person is None or not person.is_authenticated:
            return is_public(path)
        return may_open(person, found.func, found.namespaces, path)
