"""Who did what, in the history that triggers keep (django-pghistory)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pghistory
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from accounts.models.person import Person


def acting(by: "Person | None", verb: str) -> AbstractContextManager[Any]:
    """Changes inside carry the actor's id and the verb; without an actor the portal itself acted."""
    return pghistory.context(by=str(by.pk) if by else "portal", verb=verb)


class ActorMiddleware:
    """Changes made during a request carry who made them; only writing methods open a context."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        by = str(request.user.pk) if request.user.is_authenticated else "nobody"
        with pghistory.context(by=by, path=request.path):
            return self.get_response(request)
