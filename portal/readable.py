"""What no page can read is dropped or refused with a line that says so: it is nobody's error inside."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

FORM = "application/x-www-form-urlencoded"
#: So psycopg refuses it, since PostgreSQL keeps no such text.
NUL = "NUL (0x00)"


class ReadableMiddleware:
    """Sits before all that reads cookies and forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A quoted cookie may hide a NUL, and PostgreSQL takes none as the key of a session.
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        # Django refuses such a form wherever it is read, in its own page for the refusal too.
        encoding = (request.content_params or {}).get("charset", "utf-8")
        if request.content_type == FORM and encoding.lower().replace("-", "") != "utf8":
            return _refused("Forms are read as UTF-8 only.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A NUL byte anywhere; in the admin also what no key can be, which Django's own lists and fields let through."""
        if isinstance(error, ValueError) and NUL in str(error):
            return _refused("What was sent has a NUL byte, which no text can have.")
        in_admin = request.resolver_match is not None and "admin" in request.resolver_match.namespaces
        if in_admin and isinstance(error, ValidationError):
            return _refused(" ".join(error.messages))
        return None


def _refused(why: str) -> HttpResponse:
    return HttpResponseBadRequest(why, content_type="text/plain; charset=utf-8")
