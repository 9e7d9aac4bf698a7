"""The one answer for what does not exist and for what is not one's to see: the same to the last byte."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.api.answers import NOT_FOUND
from accounts.guards import API


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, with a frame that depends on the person alone and not on the address."""
    if request.path.startswith(API):
        return JsonResponse({"detail": NOT_FOUND}, status=404, json_dumps_params={"separators": (",", ":")})
    request.lost = True
    return render(request, "404.html", status=404)
