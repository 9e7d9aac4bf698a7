"""Pages that say what the portal is; open to everybody."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.guards import public


def page(template: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view that shows one page of words."""

    @public
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template)

    return view
